import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Change } from '../../src/domain/change.js';
import type { Execution } from '../../src/domain/execution.js';
import type { Order } from '../../src/domain/order.js';
import type { Position } from '../../src/domain/position.js';
import type { BrokerUpdate } from '../../src/domain/update.js';
import { delta } from '../../src/sync/delta.js';
import { reconcile } from '../../src/sync/reconcile.js';
import { EMPTY_STATE, type AccountState, type SyncState } from '../../src/sync/state.js';
import {
  account,
  accounts,
  after,
  balancesSnapshot,
  balancesUpsert,
  digest,
  execution,
  executionsSnapshot,
  executionsUpsert,
  KEY,
  order,
  ordersSnapshot,
  ordersUpsert,
  position,
  positionsRemove,
  positionsSnapshot,
  positionsUpsert,
  stateOf,
  T0,
} from '../support/builders.js';

const KEYS = ['k1', 'k2', 'k3', 'k4', 'k5'] as const;
const STATUSES = [
  'pending',
  'working',
  'partially_filled',
  'pending_cancel',
  'filled',
  'canceled',
  'unknown',
] as const;
const key = fc.constantFrom(...KEYS);
const accountKey = fc.constantFrom(KEY, 'b', 'stranger');

const aPosition = fc
  .record({ key, quantity: fc.integer({ min: -3, max: 3 }), price: fc.constantFrom(1, 100, null) })
  .map(({ price, ...given }) =>
    position({ ...given, marketValueBase: price === null ? null : price * given.quantity }),
  );
const anOrder = fc
  .record({
    permId: fc.constantFrom('1', '2', null),
    orderId: fc.constantFrom('5', '6'),
    status: fc.constantFrom(...STATUSES),
    quantity: fc.constantFrom(0, 10, null),
    filledQuantity: fc.constantFrom(0, 5, 10, null),
  })
  .map(({ orderId, permId, ...given }) =>
    order({ ...given, permId, orderId, clientOrderId: `17-${orderId}`, key: permId ?? `c17-${orderId}` }),
  );
/** Two rows of one revision differ in no more than the commission that one of them lacks. */
const anExecution = fc
  .record({
    executionId: fc.constantFrom('e1', 'e2', 'e3', 'e4'),
    revision: fc.integer({ min: 1, max: 3 }),
    commission: fc.constantFrom(null, 1),
  })
  .map((given) =>
    execution({ ...given, permId: given.executionId < 'e3' ? '1' : '2', quantity: 5 * given.revision }),
  );

const manyPositions = fc.array(aPosition, { maxLength: 6, size: 'max' });
const distinctPositions = fc.uniqueArray(aPosition, {
  selector: (row) => row.key,
  maxLength: 5,
  size: 'max',
});
const manyOrders = fc.array(anOrder, { maxLength: 4, size: 'max' });
const manyExecutions = fc.array(anExecution, { maxLength: 4, size: 'max' });
const figures = fc.record({
  netLiquidation: fc.constantFrom(null, 0, 100, 300),
  totalCash: fc.constantFrom(null, 0, 100),
});
const image = fc
  .record({ account: accountKey, partial: fc.boolean(), later: fc.integer({ min: 0, max: 2 }) })
  .map((given) => ({
    account: given.account,
    from: { partial: given.partial, receivedAt: T0 + given.later * 86_400_001 },
  }));
const arrival = fc.record({ account: accountKey });
const keys = fc.array(key, { maxLength: 3, size: 'max' });
const anAccount = fc.constantFrom(account(), account({ key: 'b' }), account({ currency: null }));

interface Rows {
  readonly positions: fc.Arbitrary<Position[]>;
  readonly orders: fc.Arbitrary<Order[]>;
  readonly executions: fc.Arbitrary<Execution[]>;
}

const updateOf = ({ positions, orders, executions }: Rows): fc.Arbitrary<BrokerUpdate> =>
  fc.oneof(
    fc.tuple(figures, image).map(([given, when]) => balancesSnapshot(given, when)),
    fc
      .tuple(fc.oneof(positions, distinctPositions), image)
      .map(([rows, when]) => positionsSnapshot(rows, when)),
    fc.tuple(orders, image).map(([rows, when]) => ordersSnapshot(rows, when)),
    fc.tuple(executions, image).map(([rows, when]) => executionsSnapshot(rows, when)),
    fc.tuple(figures, arrival).map(([given, when]) => balancesUpsert(given, when)),
    fc.tuple(positions, arrival).map(([rows, when]) => positionsUpsert(rows, when)),
    fc.tuple(orders, arrival).map(([rows, when]) => ordersUpsert(rows, when)),
    fc.tuple(executions, arrival).map(([rows, when]) => executionsUpsert(rows, when)),
    fc.tuple(keys, arrival).map(([gone, when]) => positionsRemove(gone, when)),
    fc.array(anAccount, { maxLength: 2, size: 'max' }).map((named) => accounts(...named)),
    fc
      .constantFrom('up' as const, 'limited' as const, 'lost' as const)
      .map((state) => ({ kind: 'link' as const, state, reason: null })),
    fc.record({
      kind: fc.constant('notice' as const),
      of: fc.constantFrom('orders' as const, 'positions' as const, null),
      account: fc.constantFrom(KEY, null),
      issue: fc.constant({ code: 'BAD_RESPONSE', severity: 'warning', message: 'x' } as const),
    }),
  );
/** Anything, also what contradicts itself. */
const update = updateOf({
  positions: fc.oneof(manyPositions, distinctPositions),
  orders: manyOrders,
  executions: manyExecutions,
});
/** Names each thing once. */
const soundUpdate = updateOf({
  positions: distinctPositions,
  orders: fc.uniqueArray(
    anOrder.map((row) =>
      row.permId === null ? row : { ...row, permId: row.orderId, key: String(row.orderId) },
    ),
    { selector: (row) => row.orderId, maxLength: 2, size: 'max' },
  ),
  executions: fc.uniqueArray(anExecution, { selector: (row) => row.executionId, maxLength: 4, size: 'max' }),
});
const history = fc.array(update, { maxLength: 40, size: 'max' });

const start = reconcile(EMPTY_STATE, accounts(account(), account({ key: 'b' })));

/** What was there with every change of one kind made to it. */
function changed<T extends Position | Order>(
  before: ReadonlyMap<string, T>,
  changes: readonly { readonly before: T | null; readonly after: T | null }[],
): ReadonlyMap<string, T> {
  const now = new Map(before);
  for (const change of changes) {
    if (change.after === null) now.delete(change.before?.key ?? '');
    else now.set(change.after.key, change.after);
  }
  return now;
}

function held<T>(
  part: { readonly value: ReadonlyMap<string, { readonly value: T }> } | null,
): Map<string, T> {
  return new Map([...(part?.value ?? [])].map(([name, { value }]) => [name, value]));
}

/** What of a position its owner is told the changes of. */
function substance(rows: ReadonlyMap<string, Position>) {
  return Object.fromEntries(
    [...rows].map(([name, { quantity, averageCost }]) => [name, { quantity, averageCost }]),
  );
}

function ofPositions(changes: readonly Change[]) {
  return changes.flatMap((change) => (change.of === 'positions' ? [change] : []));
}

/** The same news, so early that no ended order is forgotten and told again under the id that it had. */
function withinADay(news: BrokerUpdate): BrokerUpdate {
  return news.kind === 'snapshot' ? { ...news, from: { ...news.from, receivedAt: T0 } } : news;
}

function eachAccount(state: SyncState, look: (account: AccountState) => void): void {
  for (const one of state.accounts.values()) look(one);
}

describe('any sequence of updates', () => {
  it('never makes reconcile or delta throw, and never leaves a position of quantity 0 or under a wrong key', () => {
    fc.assert(
      fc.property(history, (updates) => {
        let state = EMPTY_STATE;
        for (const news of updates) {
          const before = state;
          state = reconcile(state, news);
          for (const [name, now] of state.accounts) delta(before.accounts.get(name) ?? null, now, digest);
        }
        eachAccount(state, ({ positions: part }) => {
          for (const [name, { value }] of part?.value ?? []) {
            assert.notEqual(value.quantity, 0);
            assert.equal(value.key, name);
          }
        });
      }),
      { numRuns: 1_000 },
    );
  });

  it('changes nothing the second time, unless something is missing from it', () => {
    fc.assert(
      fc.property(fc.array(soundUpdate, { maxLength: 40, size: 'max' }), soundUpdate, (updates, news) => {
        const once = reconcile(updates.reduce(reconcile, start), news);
        const twice = reconcile(once, news);
        for (const [name, now] of twice.accounts) {
          const was = once.accounts.get(name) ?? now;
          for (const kind of ['balances', 'executions'] as const)
            assert.equal(now[kind]?.value, was[kind]?.value, kind);
          for (const kind of ['positions', 'orders'] as const) {
            const doubtful = [...(was[kind]?.value.values() ?? [])].some(({ missing }) => missing > 0);
            if (!doubtful)
              assert.deepEqual(held<Position | Order>(now[kind]), held<Position | Order>(was[kind]), kind);
          }
          assert.equal(now.present, was.present);
        }
        if (news.kind !== 'snapshot') assert.deepEqual(twice, once);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is told so that the changes, made to the positions before, give the positions after', () => {
    fc.assert(
      fc.property(history, history, (first, then) => {
        const before = first.reduce(reconcile, start);
        const now = then.reduce(reconcile, before);
        for (const [name, is] of now.accounts) {
          const was = before.accounts.get(name);
          if (was?.positions == null) continue;
          const changes = ofPositions(delta(was, is, digest));
          assert.deepEqual(substance(changed(held(was.positions), changes)), substance(held(is.positions)));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives every change of one delta an id of its own, and the same one each time', () => {
    fc.assert(
      fc.property(history, history, (first, then) => {
        const before = first.reduce(reconcile, start);
        const now = then.reduce(reconcile, before);
        for (const [name, is] of now.accounts) {
          const was = before.accounts.get(name) ?? null;
          const ids = delta(was, is, digest).map(({ eventId }) => eventId);
          assert.equal(new Set(ids).size, ids.length);
          assert.deepEqual(
            delta(was, is, digest).map(({ eventId }) => eventId),
            ids,
          );
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives no position and no order of a history the same id for two changes', () => {
    fc.assert(
      fc.property(history, (updates) => {
        const seen = new Set<string>();
        let state = start;
        for (const news of updates.map(withinADay)) {
          const before = state;
          state = reconcile(state, news);
          for (const [name, now] of state.accounts) {
            for (const { eventId, of } of delta(before.accounts.get(name) ?? null, now, digest)) {
              assert.ok(!seen.has(eventId), `${of} twice`);
              seen.add(eventId);
            }
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('loses no execution that it was told of after the first complete list', () => {
    fc.assert(
      fc.property(history, (updates) => {
        const state = [executionsSnapshot([]), ...updates].reduce(reconcile, start);
        const told = updates.flatMap((news) =>
          'of' in news && news.of === 'executions' && 'executions' in news && news.account === KEY
            ? news.executions
            : [],
        );
        const known = stateOf(state).executions?.value;
        for (const { executionId, revision } of told)
          assert.ok((known?.get(executionId)?.revision ?? 0) >= revision);
        assert.equal(known?.size, new Set(told.map(({ executionId }) => executionId)).size);
      }),
      { numRuns: 500 },
    );
  });

  it('never opens an order again that has ended with a word of the broker', () => {
    fc.assert(
      fc.property(history, history, (first, then) => {
        // Two days may pass in a history: what was forgotten may come anew.
        const before = first.reduce(reconcile, start);
        let state = before;
        for (const news of then) {
          const was = held(stateOf(state).orders);
          state = reconcile(state, news);
          for (const [name, { isOpen }] of held(stateOf(state).orders)) {
            const ended = was.get(name);
            if (ended !== undefined && !ended.isOpen && ended.status !== 'unknown')
              assert.equal(isOpen, false, `${name} opened again`);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('holds what a complete image names when nothing was held before', () => {
    fc.assert(
      fc.property(distinctPositions, (rows) => {
        const named = rows.filter(({ quantity }) => quantity !== 0);
        const state = after([positionsSnapshot(rows)]);
        assert.deepEqual([...held(stateOf(state).positions).values()], named);
      }),
      { numRuns: 500 },
    );
  });
});
