import assert from 'node:assert/strict';
import type { Order } from '../../src/domain/order.js';
import { needsSecondLook } from '../../src/sync/second-look.js';
import {
  after,
  execution,
  executionsSnapshot,
  instrument,
  leg,
  order,
  ordersOf,
  ordersSnapshot,
  ordersUpsert,
  stateOf,
  T0,
} from '../support/builders.js';

const DAY_MS = 24 * 60 * 60 * 1000;

function only(state: Parameters<typeof ordersOf>[0]): Order | undefined {
  assert.equal(ordersOf(state).length, 1);
  return ordersOf(state)[0];
}

describe('orders', () => {
  describe('an open order that is missing from a complete list', () => {
    const nobody = ordersSnapshot([]);
    const before = after([ordersSnapshot([order()])]);

    it('is filled when its executions are the whole of it', () => {
      const fills = executionsSnapshot([
        execution({ quantity: 4 }),
        execution({ executionId: '0001.02', quantity: 6 }),
        execution({ executionId: '0002.01', quantity: 99, permId: '2002' }),
      ]);
      assert.deepEqual(
        only(after([fills, nobody], before)),
        order({ status: 'filled', filledQuantity: 10, remainingQuantity: 0 }),
      );
    });

    it('is waited for, then unknown after three lists, and never canceled without a word of the broker', () => {
      const states = [1, 2, 3].map((times) => after(Array(times).fill(nobody), before));
      assert.deepEqual(
        states.map((state) => [only(state)?.status, only(state)?.isOpen, needsSecondLook(state)]),
        [
          ['working', true, true],
          ['working', true, true],
          ['unknown', false, false],
        ],
      );
    });

    it('is unknown when its fills are only a part of it', () => {
      const part = executionsSnapshot([execution({ quantity: 9 })]);
      assert.deepEqual(
        only(after([part, nobody, nobody, nobody], before)),
        order({ status: 'unknown', isOpen: false }),
      );
    });

    it('is not filled by the fills of another order of the same instrument', () => {
      const others = executionsSnapshot([
        execution({ quantity: 9 }),
        execution({ executionId: '0002.01', quantity: 99, permId: '2002' }),
      ]);
      assert.deepEqual(only(after([others, nobody], before)), order());
    });

    it('is what the broker says of it when it is back', () => {
      const seen = after([nobody, nobody, ordersUpsert([order()])], before);
      assert.equal(needsSecondLook(seen), false);
      const unknown = after([nobody, nobody, nobody], before);
      assert.deepEqual(only(after([ordersSnapshot([order()])], unknown)), order());
      const canceled = order({ status: 'canceled', closedAt: '2026-11-24T15:00:00Z' });
      assert.deepEqual(only(after([ordersSnapshot([canceled])], unknown)), canceled);
    });

    it('is not filled by nothing when it is for an amount of cash and has no quantity', () => {
      for (const quantity of [0, null]) {
        const cash = order({ quantity, remainingQuantity: quantity });
        assert.deepEqual(only(after([ordersSnapshot([cash]), nobody])), cash);
      }
    });

    it('is not filled by the sum of the legs of a combination that filled in part', () => {
      const spread = order({ legs: [leg('call'), leg('put', { side: 'sell' })] });
      const fills = (executionId: string, quantity: number) =>
        executionsSnapshot(
          ['bag', 'call', 'put'].map((key) =>
            execution({ executionId: `${key}.${executionId}`, quantity, instrument: instrument({ key }) }),
          ),
        );
      const open = after([ordersSnapshot([spread])]);
      assert.deepEqual(only(after([fills('1', 6), nobody], open)), spread);
      const oneLeg = executionsSnapshot([execution({ instrument: instrument({ key: 'call' }) })]);
      assert.deepEqual(only(after([oneLeg, nobody], open)), spread);
      assert.deepEqual(
        only(after([fills('1', 6), fills('2', 4), nobody], open)),
        order({ legs: spread.legs, status: 'filled', filledQuantity: 10, remainingQuantity: 0 }),
      );
    });

    it('is filled by its fills when its one leg says less than they do', () => {
      const single = order({ legs: [leg('265598', { quantity: null })] });
      const state = after([ordersSnapshot([single]), executionsSnapshot([execution()]), nobody]);
      assert.equal(only(state)?.status, 'filled');
    });

    it('is not filled by the fills of nobody knows which order', () => {
      const unnamed = order({ permId: null });
      const state = after([
        ordersSnapshot([unnamed]),
        executionsSnapshot([execution({ permId: null })]),
        nobody,
      ]);
      assert.deepEqual(only(state), unnamed);
    });

    it('counts a version when it is found filled, and when it is given up', () => {
      const version = (state: Parameters<typeof stateOf>[0]) =>
        stateOf(state).orders?.value.get('1001')?.version;
      assert.equal(version(after([executionsSnapshot([execution()]), nobody], before)), 2);
      assert.equal(version(after([nobody, nobody], before)), 1);
      assert.equal(version(after([nobody, nobody, nobody], before)), 2);
    });
  });

  describe('an order that has ended', () => {
    const canceled = order({ status: 'canceled', filledQuantity: 3, remainingQuantity: 7 });
    const before = after([ordersSnapshot([canceled])]);

    it('never opens again', () => {
      for (const status of ['working', 'pending_cancel', 'partially_filled', 'unknown'] as const) {
        const late = order({ status, filledQuantity: 3 });
        assert.deepEqual(only(after([ordersUpsert([late])], before)), canceled, status);
      }
      const vague = order({ status: 'unknown', isOpen: false, filledQuantity: null });
      assert.deepEqual(only(after([ordersUpsert([vague])], before)), canceled);
    });

    it('counts a fill that comes late', () => {
      const late = order({ status: 'partially_filled', filledQuantity: 5 });
      assert.deepEqual(only(after([ordersUpsert([late])], before)), { ...canceled, filledQuantity: 5 });
    });

    it('does not unlearn fills', () => {
      const list = order({ status: 'canceled', filledQuantity: 0, remainingQuantity: 7 });
      assert.equal(after([ordersUpsert([list])], before), before);
      const smaller = order({ status: 'canceled', quantity: 2, filledQuantity: 2, remainingQuantity: 7 });
      assert.equal(only(after([ordersUpsert([smaller])], before))?.filledQuantity, 3);
      const filled = order({ status: 'filled', filledQuantity: 10, remainingQuantity: 0 });
      const partly = { ...filled, filledQuantity: 4 };
      assert.deepEqual(only(after([ordersSnapshot([filled]), ordersUpsert([partly])])), filled);
    });

    it('becomes smaller when its fill is corrected, and its quantity with it', () => {
      const filled = order({ status: 'filled', quantity: 5, filledQuantity: 5, remainingQuantity: 0 });
      const corrected = { ...filled, quantity: 4, filledQuantity: 4 };
      assert.deepEqual(only(after([ordersSnapshot([filled]), ordersSnapshot([corrected])])), corrected);
    });

    it('stays in the list for a day after its end, and goes with a list that does not name it', () => {
      const ended = order({ status: 'filled', closedAt: new Date(T0).toISOString() });
      const state = after([ordersSnapshot([ended])]);
      const listAt = (receivedAt: number, orders: readonly Order[] = []) =>
        ordersOf(after([ordersSnapshot(orders, { from: { receivedAt } })], state));
      assert.deepEqual(listAt(T0 + DAY_MS), [ended]);
      assert.deepEqual(listAt(T0 + DAY_MS + 1), []);
      assert.deepEqual(listAt(T0 + DAY_MS + 1, [ended]), [ended]);
    });

    it('goes a day after it was first missed when the broker named no time of its end', () => {
      const listAt = (receivedAt: number) => ordersSnapshot([], { from: { receivedAt } });
      const missed = after([listAt(T0 + 60_000)], before);
      assert.deepEqual(ordersOf(after([listAt(T0 + 60_000 + DAY_MS)], missed)), [canceled]);
      assert.deepEqual(ordersOf(after([listAt(T0 + 60_001 + DAY_MS)], missed)), []);
    });

    it('goes a day after it became unknown', () => {
      const listAt = (receivedAt: number) => ordersSnapshot([], { from: { receivedAt } });
      const unknown = after([ordersSnapshot([order()]), listAt(T0), listAt(T0), listAt(T0), listAt(T0)]);
      assert.equal(only(unknown)?.status, 'unknown');
      assert.deepEqual(ordersOf(after([listAt(T0 + DAY_MS + 1)], unknown)), []);
    });
  });

  it('keeps the key that an order had before the broker gave it a permanent id', () => {
    const fresh = order({ permId: null, status: 'pending' });
    const known = order({ status: 'working' });
    const state = after([ordersSnapshot([fresh]), ordersUpsert([known])]);
    assert.deepEqual(ordersOf(state), [{ ...known, key: 'c17-5' }]);
    const listed = order({ key: '1001', orderId: null, clientOrderId: null, status: 'filled' });
    const ended = after([ordersSnapshot([listed])], state);
    assert.deepEqual(ordersOf(ended), [{ ...known, key: 'c17-5', status: 'filled', isOpen: false }]);
    assert.equal(stateOf(ended).orders?.value.get('c17-5')?.version, 3);
  });

  it('keeps orders apart that have neither an order id nor a permanent id', () => {
    const anonymous = order({ key: 'x', permId: null, orderId: null, clientOrderId: null });
    const other = order({ permId: '2002', orderId: null, clientOrderId: null });
    const third = { ...anonymous, key: 'y' };
    assert.deepEqual(ordersOf(after([ordersSnapshot([anonymous, other, third])])), [anonymous, other, third]);
  });

  it('keeps orders apart that share an order id, for those are used again, or only the client', () => {
    const apart = (known: Order, news: Order) =>
      assert.deepEqual(ordersOf(after([ordersSnapshot([known]), ordersUpsert([news])])), [known, news]);
    apart(order(), order({ permId: '2002' }));
    const fresh = order({ permId: null, status: 'pending' });
    apart(fresh, order({ clientOrderId: '18-5' }));
    apart({ ...fresh, clientOrderId: null }, order({ orderId: '6', clientOrderId: null }));
  });

  it('does not unlearn what the list of ended orders leaves out', () => {
    const known = order({
      parentOrderId: '4',
      filledQuantity: 4,
      remainingQuantity: 6,
      averageFillPrice: 94.5,
      createdAt: '2026-11-24T14:00:00Z',
      updatedAt: '2026-11-24T14:30:00Z',
      rejectReason: 'none yet',
    });
    const ended = order({
      status: 'canceled',
      orderId: null,
      clientOrderId: null,
      quantity: null,
      filledQuantity: null,
      remainingQuantity: null,
      closedAt: '2026-11-24T15:00:00Z',
    });
    assert.deepEqual(only(after([ordersSnapshot([known]), ordersSnapshot([ended])])), {
      ...known,
      status: 'canceled',
      isOpen: false,
      closedAt: '2026-11-24T15:00:00Z',
    });
  });

  it('counts a version for a change that an owner would call one', () => {
    const version = (news: Order) =>
      stateOf(after([ordersSnapshot([order()]), ordersUpsert([news])])).orders?.value.get('1001')?.version;
    assert.deepEqual(
      [
        order({ limitPrice: 96 }),
        order({ filledQuantity: 1 }),
        order({ status: 'filled' }),
        order({ updatedAt: '2026-11-24T15:00:00Z' }),
        order({ rawStatus: 'Submitted' }),
      ].map(version),
      [2, 2, 2, 1, 1],
    );
  });
});
