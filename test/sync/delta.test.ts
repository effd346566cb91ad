import assert from 'node:assert/strict';
import type { BrokerUpdate } from '../../src/domain/update.js';
import type { Change } from '../../src/domain/change.js';
import { delta } from '../../src/sync/delta.js';
import type { SyncState } from '../../src/sync/state.js';
import {
  after,
  digest,
  execution,
  executionsSnapshot,
  executionsUpsert,
  order,
  ordersSnapshot,
  ordersUpsert,
  position,
  positionsRemove,
  positionsSnapshot,
  positionsUpsert,
  stateOf,
} from '../support/builders.js';

/** What a reader is told who is told after each of these updates. */
function told(updates: readonly BrokerUpdate[], from: SyncState): readonly Change[] {
  const changes: Change[] = [];
  let state = from;
  for (const update of updates) {
    const before = state;
    state = after([update], state);
    changes.push(...delta(stateOf(before), stateOf(state), digest));
  }
  return changes;
}

const ids = (changes: readonly Change[]) => changes.map(({ eventId }) => eventId);
const told10 = after([positionsSnapshot([position({ quantity: 10 })])]);
const become = (quantity: number) => positionsUpsert([position({ quantity })]);

/** Changes without their ids. */
const plain = (changes: readonly Change[]) => changes.map(({ eventId: _id, ...change }) => change);

describe('delta', () => {
  it('tells positions that were opened, changed and closed, with what they were before', () => {
    const kept = position({ key: 'kept' });
    const grown = position({ key: 'grown', quantity: 5 });
    const gone = position({ key: 'gone' });
    const before = after([positionsSnapshot([kept, grown, gone])]);
    const bigger = { ...grown, quantity: 6 };
    const fresh = position({ key: 'fresh', quantity: -1 });
    const state = after(
      [positionsUpsert([bigger, fresh, { ...kept, marketPrice: 1 }]), positionsRemove(['gone'])],
      before,
    );
    assert.deepEqual(plain(delta(stateOf(before), stateOf(state), digest)), [
      { of: 'positions', change: 'changed', before: grown, after: bigger },
      { of: 'positions', change: 'opened', before: null, after: fresh },
      { of: 'positions', change: 'closed', before: gone, after: null },
    ]);
  });

  it('tells orders that were opened, changed and closed', () => {
    const before = after([ordersSnapshot([order()])]);
    const moved = order({ limitPrice: 96 });
    const fresh = order({ permId: '2002', orderId: '6' });
    const done = order({ permId: '2002', orderId: '6', status: 'filled' });
    assert.deepEqual(
      plain(told([ordersUpsert([moved]), ordersUpsert([fresh]), ordersUpsert([done])], before)),
      [
        { of: 'orders', change: 'changed', before: order(), after: moved },
        { of: 'orders', change: 'opened', before: null, after: fresh },
        { of: 'orders', change: 'closed', before: fresh, after: done },
      ],
    );
  });

  it('tells an order that had ended when it was first seen as closed', () => {
    const done = order({ status: 'filled' });
    assert.deepEqual(plain(told([ordersUpsert([done])], after([ordersSnapshot([])]))), [
      { of: 'orders', change: 'closed', before: null, after: done },
    ]);
  });

  it('tells a fill that comes after the end of an order, and an order that is found again, as changed', () => {
    const canceled = order({ status: 'canceled' });
    const late = order({ status: 'canceled', filledQuantity: 2 });
    assert.deepEqual(plain(told([ordersUpsert([late])], after([ordersSnapshot([canceled])]))), [
      { of: 'orders', change: 'changed', before: canceled, after: late },
    ]);
    const none = ordersSnapshot([]);
    const unknown = order({ status: 'unknown', isOpen: false });
    const lost = after([ordersSnapshot([order()])]);
    assert.deepEqual(plain(told([none, none, none, ordersUpsert([order()])], lost)), [
      { of: 'orders', change: 'closed', before: order(), after: unknown },
      { of: 'orders', change: 'changed', before: unknown, after: order() },
    ]);
  });

  it('tells nothing of an order that the broker only tells in other words, or of an older time', () => {
    const retold = order({ updatedAt: '2026-11-24T15:00:00Z', rawStatus: 'Submitted', tag: 'mine' });
    assert.deepEqual(told([ordersUpsert([retold])], after([ordersSnapshot([order()])])), []);
  });

  it('tells nothing as closed of which nothing is known any more', () => {
    const known = after([
      positionsSnapshot([position()]),
      ordersSnapshot([order()]),
      executionsSnapshot([execution()]),
    ]);
    assert.deepEqual(delta(stateOf(known), stateOf(after([])), digest), []);
  });

  it('tells nothing of an ended order that leaves the list', () => {
    const old = order({ status: 'filled', closedAt: '2026-11-20T15:00:00Z' });
    assert.deepEqual(told([ordersSnapshot([])], after([ordersSnapshot([old])])), []);
  });

  it('tells each fill once, its commission once, and its correction once', () => {
    const paid = execution({ commission: 1.25, commissionCurrency: 'USD' });
    const corrected = execution({ revision: 2, quantity: 8 });
    const changes = told(
      [
        executionsUpsert([execution()]),
        executionsUpsert([execution()]),
        executionsUpsert([paid]),
        executionsSnapshot([paid]),
        executionsUpsert([corrected]),
        executionsUpsert([execution()]),
      ],
      after([executionsSnapshot([])]),
    );
    assert.deepEqual(plain(changes), [
      { of: 'executions', change: 'reported', before: null, after: execution() },
      { of: 'executions', change: 'reported', before: execution(), after: paid },
      { of: 'executions', change: 'reported', before: paid, after: corrected },
    ]);
    assert.equal(new Set(ids(changes)).size, 3);
  });

  it('tells no fill anew because more is known of where and when it was made', () => {
    const vague = after([executionsSnapshot([execution({ executedAt: null, liquidity: null })])]);
    assert.deepEqual(told([executionsUpsert([execution({ liquidity: 'added' })])], vague), []);
  });

  it('takes the first state as it is: nothing was opened, but every fill is reported', () => {
    const state = after([
      positionsSnapshot([position()]),
      ordersSnapshot([order()]),
      executionsSnapshot([execution()]),
    ]);
    const reported = [{ of: 'executions', change: 'reported', before: null, after: execution() }];
    assert.deepEqual(plain(delta(null, stateOf(state), digest)), reported);
    assert.deepEqual(plain(delta(stateOf(after([])), stateOf(state), digest)), reported);
  });

  it('gives a correction one id, whether its reader knew the fill before or not', () => {
    const corrected = executionsUpsert([execution({ revision: 2 })]);
    const known = told([corrected], after([executionsSnapshot([execution()])]));
    const unknown = told([corrected], after([executionsSnapshot([])]));
    assert.deepEqual(ids(known), ids(unknown));
    assert.equal(known.length, 1);
  });

  it('makes its ids of the same parts in every version, for those who have written ids down', () => {
    const spelt = (first: readonly BrokerUpdate[], then: readonly BrokerUpdate[]) => {
      const before = after(first);
      return ids(delta(stateOf(before), stateOf(after(then, before)), (text) => text));
    };
    const held = [positionsSnapshot([position(), position({ key: 'gone' })])];
    const moves = [positionsUpsert([position({ quantity: 20 }), position({ key: 'new', quantity: -1 })])];
    assert.deepEqual(spelt(held, [...moves, positionsRemove(['gone'])]), [
      '["a1b2c3d4e5f6","position","265598",1,["changed",20,90]]',
      '["a1b2c3d4e5f6","position","new",0,["opened",-1,90]]',
      '["a1b2c3d4e5f6","position","gone",1,["closed"]]',
    ]);
    const done = order({ status: 'filled', filledQuantity: 10, averageFillPrice: 95.5 });
    assert.deepEqual(
      spelt([ordersSnapshot([order()])], [ordersUpsert([done, order({ permId: '2', orderId: '6' })])]),
      [
        '["a1b2c3d4e5f6","order","1001",1,["filled",false,"buy","limit","day",10,10,95,null,95.5]]',
        '["a1b2c3d4e5f6","order","2",0,["working",true,"buy","limit","day",10,0,95,null,null]]',
      ],
    );
    const fills = [execution({ executionId: 'x' }), execution({ executionId: 'y' })];
    const [x, y] = [
      execution({ executionId: 'x', commission: 1.25, commissionCurrency: 'USD' }),
      execution({ executionId: 'y', revision: 2, price: 96 }),
    ];
    assert.deepEqual(
      spelt([executionsSnapshot(fills)], [executionsUpsert([x, y, execution({ executionId: 'z' })])]),
      [
        '["a1b2c3d4e5f6","execution","x",1,[1,"buy",10,95,1.25,"USD",null]]',
        '["a1b2c3d4e5f6","execution","y",2]',
        '["a1b2c3d4e5f6","execution","z",1]',
      ],
    );
  });

  it('gives 10 → 20 → 10 → 20 three different ids', () => {
    const changes = told([become(20), become(10), become(20)], told10);
    assert.deepEqual(
      changes.map(({ change, after: now }) => [change, now !== null && 'quantity' in now && now.quantity]),
      [
        ['changed', 20],
        ['changed', 10],
        ['changed', 20],
      ],
    );
    assert.equal(new Set(ids(changes)).size, 3);
  });

  it('gives the same change the same id when it is told again', () => {
    const updates = [become(20), positionsRemove(['265598']), become(5)];
    assert.deepEqual(ids(told(updates, told10)), ids(told(updates, told10)));
    // Between two readers one of whom was told less often, what both were told of has one id.
    const state = after([become(20)], told10);
    const ticked = after([positionsUpsert([position({ quantity: 20, marketPrice: 1 })])], state);
    assert.deepEqual(
      ids(delta(stateOf(told10), stateOf(ticked), digest)),
      ids(delta(stateOf(told10), stateOf(state), digest)),
    );
  });

  it('gives a position that is opened again, and closed again, new ids', () => {
    const close = positionsRemove(['265598']);
    const changes = told([close, become(10), close, become(10), close], told10);
    assert.deepEqual(
      changes.map(({ change }) => change),
      ['closed', 'opened', 'closed', 'opened', 'closed'],
    );
    assert.equal(new Set(ids(changes)).size, 5);
  });

  it('gives an order that is moved to and fro different ids', () => {
    const move = (limitPrice: number) => ordersUpsert([order({ limitPrice })]);
    const changes = told([move(96), move(95), move(96)], after([ordersSnapshot([order()])]));
    assert.equal(new Set(ids(changes)).size, 3);
  });

  it('gives the same change in two accounts two ids', () => {
    const state = stateOf(after([become(20)], told10));
    const other = (from: typeof state) => ({ ...from, account: { ...from.account, key: 'b' } });
    assert.notDeepEqual(
      ids(delta(other(stateOf(told10)), other(state), digest)),
      ids(delta(stateOf(told10), state, digest)),
    );
  });

  it('tells nothing of a position that went and came back between two tellings', () => {
    const back = after([become(20), become(10), positionsRemove(['265598']), become(10)], told10);
    assert.deepEqual(delta(stateOf(told10), stateOf(back), digest), []);
  });
});
