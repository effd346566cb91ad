import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { delta } from '../../src/sync/delta.js';
import { orderChanged, positionChanged } from '../../src/sync/material.js';
import { restored } from '../../src/sync/restore.js';
import { EMPTY_STATE, type AccountState } from '../../src/sync/state.js';
import {
  account,
  accounts,
  after,
  balancesSnapshot,
  digest,
  execution,
  executionsOf,
  executionsSnapshot,
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

const at = (minutes: number) => ({ from: { receivedAt: T0 + minutes * 60_000 } });
const held = (part: AccountState['positions'] | AccountState['orders']) =>
  Object.fromEntries([...(part?.value ?? [])].map(([key, { version }]) => [key, version]));
const versionsOf = ({ closedVersions, orders, positions }: AccountState) => ({
  held: held(positions),
  orders: held(orders),
  closed: Object.fromEntries(closedVersions),
});

describe('what is remembered from before a restart', () => {
  const remembered = stateOf(
    after([
      positionsSnapshot(
        [position({ key: 'a', quantity: 1 }), position({ key: 'b' }), position({ key: 'c' })],
        at(0),
      ),
      positionsUpsert([position({ key: 'a', quantity: 2 })]),
      positionsRemove(['c']),
    ]),
  );

  it('is all that is known where the broker has said nothing yet', () => {
    assert.equal(stateOf(restored(EMPTY_STATE, [remembered])), remembered);
    assert.equal(stateOf(restored(after([]), [remembered])), remembered);
  });

  it('gives way to what the broker has said since, but lends its versions', () => {
    const live = after([positionsSnapshot([position({ key: 'a', quantity: 5 })], at(10))]);
    const both = stateOf(restored(live, [remembered]));
    assert.equal(both.positions?.value.get('a')?.value.quantity, 5);
    const { a = 0, b = 0 } = versionsOf(remembered).held;
    assert.ok(a > 1);
    // A third quantity after the two that were told.
    assert.deepEqual(versionsOf(both), {
      held: { a: a + 1 },
      orders: {},
      closed: { b, ...versionsOf(remembered).closed },
    });
  });

  it('gives way to what came at the same moment', () => {
    const live = after([positionsSnapshot([position({ key: 'a', quantity: 5 })], at(0))]);
    assert.equal(stateOf(restored(live, [remembered])).positions?.value.get('a')?.value.quantity, 5);
  });

  it('lends a version even where each has seen the thing once, and in another way', () => {
    const [told, live] = [1, 5].map((quantity) => [
      positionsSnapshot([position({ quantity }), position({ key: 'same' })], at(quantity)),
      ordersSnapshot([order({ limitPrice: 90 + quantity })], at(quantity)),
    ]);
    const both = restored(after(live ?? []), [stateOf(after(told ?? []))]);
    assert.deepEqual(versionsOf(stateOf(both)), {
      held: { '265598': 2, same: 1 },
      orders: { '1001': 2 },
      closed: {},
    });
  });

  it('leaves a version alone that is beyond it, and what it has never seen', () => {
    const told = stateOf(after([positionsSnapshot([position({ key: 'a', quantity: 1 })], at(0))]));
    const live = after([
      positionsSnapshot([position({ key: 'a', quantity: 2 }), position({ key: 'new' })], at(1)),
      positionsUpsert([position({ key: 'a', quantity: 3 })]),
      positionsUpsert([position({ key: 'a', quantity: 4 })]),
    ]);
    assert.equal(restored(live, [told]), live);
  });

  it('lends the versions of orders, and nothing else changes with them', () => {
    const told = stateOf(
      after([
        ordersSnapshot([order(), order({ permId: '2', orderId: '6' })], at(0)),
        ordersUpsert([order({ limitPrice: 96 })]),
      ]),
    );
    const live = after([
      positionsSnapshot([position()], at(1)),
      ordersSnapshot([order({ limitPrice: 97 }), order({ permId: '2', orderId: '6' })], at(1)),
    ]);
    const [was, is] = [stateOf(live), stateOf(restored(live, [told]))];
    assert.deepEqual(versionsOf(is).orders, { '1001': 3, '2': 1 });
    assert.equal(is.orders?.value.get('2'), was.orders?.value.get('2'));
    assert.equal(is.orders?.from, was.orders?.from);
    assert.deepEqual({ ...is, orders: null }, { ...was, orders: null });
  });

  it('lends the version of what is not held any more, also before positions came anew', () => {
    const told = stateOf(after([positionsSnapshot([position({ key: 'a' }), position({ key: 'b' })], at(0))]));
    const only = stateOf(restored(after([balancesSnapshot({}, at(1))]), [told]));
    assert.deepEqual(versionsOf(only).closed, { a: 1, b: 1 });
    assert.equal(only.positions, null);
    const one = after([positionsSnapshot([position({ key: 'a' })], at(1))]);
    assert.deepEqual(versionsOf(stateOf(restored(one, [told]))).closed, { b: 1 });
    // What is known of one closed position does not stand in the way of another.
    const both = after([positionsSnapshot([position({ key: 'b' })], at(1)), positionsRemove(['b'])]);
    assert.deepEqual(versionsOf(stateOf(restored(both, [told]))).closed, { a: 1, b: 1 });
  });

  it('gives no id a second time to a position that was closed and is held again', () => {
    const [opened, grown] = [position({ quantity: 10 }), position({ quantity: 20 })];
    const told = [
      after([positionsSnapshot([opened], at(0))]),
      after([positionsSnapshot([opened], at(0)), positionsUpsert([grown])]),
      after([positionsSnapshot([opened], at(0)), positionsUpsert([grown]), positionsRemove(['265598'])]),
    ].map((state) => stateOf(state));
    const [, , closed] = told;
    assert.ok(closed);
    // Another way to the same broker, which saw the position only after it was opened again.
    const other = after([positionsSnapshot([opened], at(1))]);
    const lent = restored(other, [closed]);
    const now = [lent, after([positionsUpsert([grown])], lent)].map((state) => stateOf(state));
    const steps = [...told, ...now];
    const ids = steps
      .slice(1)
      .flatMap((state, index) => delta(steps[index] ?? null, state, digest).map(({ eventId }) => eventId));
    assert.equal(ids.length, 4);
    assert.equal(new Set(ids).size, 4);
    assert.equal(restored(lent, [closed]), lent);
  });

  it('does not forget a fill that was told', () => {
    const [first, second] = [execution(), execution({ executionId: '0002.01' })];
    const told = stateOf(after([executionsSnapshot([first], at(0))]));
    const live = after([executionsSnapshot([second], at(1))]);
    const both = restored(live, [told]);
    assert.deepEqual(executionsOf(both), [first, second]);
    assert.deepEqual(stateOf(both).executions?.from, stateOf(live).executions?.from);
    assert.equal(restored(both, [told]), both);
    const corrected = after([executionsSnapshot([{ ...first, revision: 2 }], at(1))]);
    assert.equal(restored(corrected, [told]), corrected);
    // Only an image makes fills known: until then the list of this way stays as unknown as it is.
    const silent = after([balancesSnapshot({}, at(1))]);
    assert.equal(restored(silent, [told]), silent);
    assert.equal(restored(live, [stateOf(after([balancesSnapshot({}, at(0))]))]), live);
  });

  it('is no news where it says nothing new', () => {
    const live = after([positionsSnapshot([position({ key: 'a', quantity: 5 })], at(10))]);
    const both = restored(live, [remembered]);
    assert.equal(restored(both, [remembered]), both);
    assert.equal(restored(live, []), live);
  });

  it('is about its own account only', () => {
    const live = after([
      accounts(account(), account({ key: 'b' })),
      positionsSnapshot([position({ quantity: 5 })], { account: 'b', ...at(1) }),
    ]);
    const both = restored(live, [remembered]);
    assert.deepEqual([...both.accounts.keys()], [...live.accounts.keys()]);
    assert.equal(stateOf(both, 'b'), stateOf(live, 'b'));
  });

  it('never lends a version that was told for another thing', () => {
    const moves = (minutes: number) =>
      fc
        .array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), size: fc.integer({ min: 0, max: 3 }) }), {
          maxLength: 12,
          size: 'max',
        })
        .map((steps) =>
          stateOf(
            after([
              positionsSnapshot([position({ key: 'a', quantity: 1 })], at(minutes)),
              ordersSnapshot([order()], at(minutes)),
              ...steps.flatMap(({ key, size }) => [
                positionsUpsert([position({ key, quantity: size })]),
                ordersUpsert([order({ limitPrice: 90 + size })]),
              ]),
            ]),
          ),
        );
    fc.assert(
      fc.property(moves(0), moves(1), (told, live) => {
        const now = stateOf(
          restored({ ...EMPTY_STATE, accounts: new Map([[live.account.key, live]]) }, [told]),
        );
        for (const [key, { value, version }] of told.positions?.value ?? []) {
          const is = now.positions?.value.get(key);
          const least = is === undefined ? now.closedVersions.get(key) : is.version;
          assert.ok((least ?? 0) >= version, key);
          if (is !== undefined && is.version === version) assert.ok(!positionChanged(value, is.value), key);
        }
        for (const [key, { value, version }] of told.orders?.value ?? []) {
          const is = now.orders?.value.get(key);
          assert.ok(is !== undefined && is.version >= version);
          if (is.version === version) assert.ok(!orderChanged(value, is.value));
        }
        for (const [key, version] of told.closedVersions) {
          const is = now.positions?.value.get(key);
          assert.ok((is === undefined ? (now.closedVersions.get(key) ?? 0) : is.version - 1) >= version, key);
        }
      }),
      { numRuns: 300 },
    );
  });
});
