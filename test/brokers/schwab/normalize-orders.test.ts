import assert from 'node:assert/strict';
import type { Execution } from '../../../src/domain/execution.js';
import type { Order } from '../../../src/domain/order.js';
import { readOrders, type ReadOrders } from '../../../src/brokers/schwab/normalize/orders.js';
import {
  ACCOUNT_NUMBER,
  fillActivity,
  filledOrderRow,
  orderRow,
  putLeg,
  stockLeg,
  type Row,
} from '../../support/schwab-payloads.js';

const codesOf = ({ issues }: ReadOrders): readonly string[] => issues.map(({ code }) => code);

const ordersOf = (read: ReadOrders): readonly Order[] =>
  [...read.byAccount.values()].flatMap(({ orders }) => orders);

const fillsOf = (read: ReadOrders): readonly Execution[] =>
  [...read.byAccount.values()].flatMap(({ executions }) => executions);

function one(
  row: Row,
  complete = true,
): { readonly order: Order; readonly executions: readonly Execution[] } {
  const read = readOrders([row]);
  const [order, ...others] = ordersOf(read);
  assert.ok(order);
  assert.deepEqual([others.length, read.complete], [0, complete]);
  return { order, executions: fillsOf(read) };
}

/** A vertical of puts: the one of 25 sold, the one of 20 bought. */
const vertical = (given: Row = {}): Row =>
  orderRow({
    orderType: 'NET_CREDIT',
    complexOrderStrategyType: 'VERTICAL',
    quantity: 2,
    filledQuantity: 2,
    remainingQuantity: 0,
    price: 1.1,
    status: 'FILLED',
    orderLegCollection: [
      putLeg(1, 25, { instruction: 'SELL_TO_OPEN', quantity: 2 }),
      putLeg(2, 20, { instruction: 'BUY_TO_OPEN', quantity: 2 }),
    ],
    orderActivityCollection: [
      fillActivity([
        { legId: 2, quantity: 2, price: 0.86 },
        { legId: 1, quantity: 2, price: 2.06 },
      ]),
    ],
    ...given,
  });

describe('orders of Schwab', () => {
  it('are what was ordered and how far it got', () => {
    const { executions, order } = one(orderRow());
    const { legs, ...rest } = order;
    assert.deepEqual(rest, {
      key: '1000000000001',
      orderId: '1000000000001',
      permId: null,
      clientOrderId: null,
      parentOrderId: null,
      groupId: null,
      status: 'working',
      rawStatus: 'WORKING',
      isOpen: true,
      side: 'buy',
      orderType: 'limit',
      timeInForce: 'day',
      quantity: 10,
      filledQuantity: 0,
      remainingQuantity: 10,
      limitPrice: 20.5,
      stopPrice: null,
      averageFillPrice: null,
      createdAt: '2026-06-01T14:00:00.000Z',
      updatedAt: '2026-06-01T14:00:00.000Z',
      closedAt: null,
      rejectReason: null,
      tag: 'API_TOS:TRADE_ALL',
    });
    const [leg] = legs;
    assert.deepEqual(
      [leg?.instrument.key, leg?.side, leg?.positionEffect, leg?.ratio, leg?.quantity],
      ['equity-abc', 'buy', 'open', 1, 10],
    );
    assert.deepEqual([leg?.filledQuantity, leg?.averageFillPrice], [0, null]);
    assert.deepEqual(executions, []);
  });

  it('have a status for each of the 21 words, and what can still fill is open', () => {
    for (const [raw, status, isOpen] of [
      ['NEW', 'pending', true],
      ['PENDING_ACKNOWLEDGEMENT', 'pending', true],
      ['AWAITING_MANUAL_REVIEW', 'pending', true],
      ['ACCEPTED', 'accepted', true],
      ['QUEUED', 'accepted', true],
      ['PENDING_ACTIVATION', 'accepted', true],
      ['AWAITING_PARENT_ORDER', 'accepted', true],
      ['AWAITING_CONDITION', 'accepted', true],
      ['AWAITING_STOP_CONDITION', 'accepted', true],
      ['AWAITING_RELEASE_TIME', 'accepted', true],
      ['WORKING', 'working', true],
      ['PENDING_CANCEL', 'pending_cancel', true],
      ['AWAITING_UR_OUT', 'pending_cancel', true],
      ['PENDING_RECALL', 'pending_cancel', true],
      ['PENDING_REPLACE', 'pending_replace', true],
      ['FILLED', 'filled', false],
      ['CANCELED', 'canceled', false],
      ['REPLACED', 'replaced', false],
      ['REJECTED', 'rejected', false],
      ['EXPIRED', 'expired', false],
      ['UNKNOWN', 'unknown', true],
    ] as const) {
      const { order } = one(orderRow({ status: raw }));
      assert.deepEqual([order.status, order.rawStatus, order.isOpen], [status, raw, isOpen], raw);
    }
  });

  it('of an unknown status keep the word, and are over when Schwab says when they closed', () => {
    for (const status of ['HALTED', 'constructor', '__proto__']) {
      const read = readOrders([orderRow({ status })]);
      const [order] = ordersOf(read);
      assert.deepEqual([order?.status, order?.rawStatus, order?.isOpen], ['unknown', status, true]);
      assert.deepEqual(codesOf(read), ['UNKNOWN_ENUM']);
    }
    const closed = one(orderRow({ status: null, closeTime: '2026-06-01T15:00:00+0000' })).order;
    assert.deepEqual([closed.status, closed.rawStatus, closed.isOpen], ['unknown', null, false]);
  });

  it('are partly filled when their quantities say so, for which Schwab has no word', () => {
    const partly = { filledQuantity: 4, remainingQuantity: 6 };
    assert.equal(one(orderRow(partly)).order.status, 'partially_filled');
    assert.equal(one(orderRow({ ...partly, status: 'QUEUED' })).order.status, 'partially_filled');
    assert.equal(one(orderRow({ ...partly, status: 'PENDING_CANCEL' })).order.status, 'pending_cancel');
    assert.equal(one(orderRow({ ...partly, status: 'CANCELED' })).order.status, 'canceled');
  });

  it('have a side and an effect for each of the ten instructions', () => {
    for (const [instruction, side, effect] of [
      ['BUY', 'buy', null],
      ['SELL', 'sell', null],
      ['BUY_TO_COVER', 'buy_to_cover', 'close'],
      ['SELL_SHORT', 'sell_short', 'open'],
      ['SELL_SHORT_EXEMPT', 'sell_short', 'open'],
      ['BUY_TO_OPEN', 'buy', 'open'],
      ['BUY_TO_CLOSE', 'buy', 'close'],
      ['SELL_TO_OPEN', 'sell', 'open'],
      ['SELL_TO_CLOSE', 'sell', 'close'],
      ['EXCHANGE', 'unknown', null],
    ] as const) {
      const leg = stockLeg({ instruction, positionEffect: null });
      const { order } = one(orderRow({ orderLegCollection: [leg] }));
      assert.deepEqual(
        [order.side, order.legs[0]?.side, order.legs[0]?.positionEffect],
        [side, side, effect],
        instruction,
      );
    }
  });

  it('have the effect that is named, and none where Schwab decides or the word is not known', () => {
    const effect = (positionEffect: string): unknown =>
      one(orderRow({ orderLegCollection: [stockLeg({ positionEffect })] })).order.legs[0]?.positionEffect;
    assert.deepEqual(['CLOSING', 'AUTOMATIC', 'constructor'].map(effect), ['close', null, null]);
  });

  it('with an unknown instruction have an unknown side, also where every object has such a word', () => {
    for (const instruction of ['SWAP', 'constructor', '__proto__']) {
      const read = readOrders([orderRow({ orderLegCollection: [stockLeg({ instruction })] })]);
      assert.equal(ordersOf(read)[0]?.side, 'unknown');
      assert.deepEqual(codesOf(read), ['UNKNOWN_ENUM']);
    }
  });

  it('say why they were rejected, without numbers of accounts', () => {
    const statusDescription = 'Account 91234567 is not approved for this level of options trading.';
    const rejected = one(orderRow({ status: 'REJECTED', statusDescription, tag: 'X 91234567' })).order;
    assert.equal(rejected.rejectReason, 'Account …4567 is not approved for this level of options trading.');
    assert.equal(rejected.tag, 'X …4567');
    assert.equal(one(orderRow({ statusDescription })).order.rejectReason, null);
  });

  it('that were cancelled after a part of them have no quantity left, and changed when they were cancelled', () => {
    const { order } = one(
      filledOrderRow({
        status: 'CANCELED',
        filledQuantity: 4,
        closeTime: '2026-06-01T19:00:00+0000',
        orderActivityCollection: [
          fillActivity([{ quantity: 6, price: 0, time: '2026-06-01T19:00:00+0000' }], {
            executionType: 'CANCELED',
            activityId: 80000000002,
          }),
          fillActivity([{ quantity: 4, price: 20.25 }]),
        ],
      }),
    );
    assert.deepEqual(
      [order.status, order.filledQuantity, order.remainingQuantity, order.averageFillPrice],
      ['canceled', 4, 0, 20.25],
    );
    assert.equal(order.updatedAt, '2026-06-01T19:00:00.000Z');
  });
});

describe('fills of Schwab', () => {
  it('are told for each leg, with what it was, at the price of a unit', () => {
    const [fill, ...others] = one(filledOrderRow()).executions;
    assert.equal(others.length, 0);
    assert.deepEqual(
      { ...fill, instrument: fill?.instrument.key },
      {
        executionId: '80000000001-1',
        revision: 1,
        correctionOf: null,
        orderId: '1000000000001',
        permId: null,
        legId: '1',
        instrument: 'equity-abc',
        side: 'buy',
        quantity: 10,
        price: 20,
        commission: null,
        commissionCurrency: null,
        realizedPnl: null,
        liquidity: null,
        executedAt: '2026-06-01T14:30:00.000Z',
      },
    );
  });

  it('make an average by quantity', () => {
    const { order } = one(
      filledOrderRow({
        orderActivityCollection: [
          fillActivity([{ quantity: 3, price: 20 }], { activityId: 1 }),
          fillActivity([{ quantity: 7, price: 20.1 }], { activityId: 2 }),
        ],
      }),
    );
    // (60 + 140.70) / 10
    assert.equal(order.averageFillPrice, 20.07);
  });

  it('make no average when one of them is missing or cannot be read', () => {
    for (const { other, complete } of [
      { other: fillActivity([{ quantity: null, price: 30 }], { activityId: 2 }), complete: false },
      { other: fillActivity([{ quantity: 7, price: null }], { activityId: 2 }), complete: true },
      { other: fillActivity([], { activityId: 2, quantity: 7 }), complete: false },
      { other: null, complete: true },
    ]) {
      const first = fillActivity([{ quantity: 3, price: 20 }], { activityId: 1 });
      const { order } = one(
        filledOrderRow({ orderActivityCollection: other === null ? [first] : [first, other] }),
        complete,
      );
      assert.deepEqual([order.averageFillPrice, order.filledQuantity], [null, 10]);
      assert.equal(order.legs[0]?.filledQuantity, 10);
    }
  });

  it('make no average of those that can be read, also where the order does not say how much is filled', () => {
    const fills = [
      { quantity: 3, price: 20 },
      { quantity: null, price: 30 },
    ];
    const orderActivityCollection = [fillActivity(fills)];
    const { order } = one(filledOrderRow({ filledQuantity: null, orderActivityCollection }), false);
    assert.deepEqual([order.averageFillPrice, order.legs[0]?.filledQuantity], [null, null]);
    const empty = [fillActivity([{ quantity: 3, price: 20 }]), fillActivity([], { activityId: 2 })];
    const other = one(filledOrderRow({ filledQuantity: null, orderActivityCollection: empty }), false).order;
    assert.deepEqual([other.averageFillPrice, other.legs[0]?.filledQuantity], [null, null]);
  });

  it('of a spread make a net price for each unit of it, whatever order the legs are in', () => {
    const { order } = one(vertical());
    assert.deepEqual([order.side, order.averageFillPrice], ['mixed', 1.2]);
    assert.deepEqual(
      order.legs.map(({ averageFillPrice, filledQuantity }) => [averageFillPrice, filledQuantity]),
      [
        [2.06, 2],
        [0.86, 2],
      ],
    );
  });

  it('of a spread that cost what it should have brought make a net price below 0', () => {
    // 2.06 − 0.86, sold and bought; the other way round for who wanted to pay.
    assert.equal(one(vertical({ orderType: 'NET_DEBIT' })).order.averageFillPrice, -1.2);
    assert.equal(one(vertical({ orderType: 'NET_CREDIT' })).order.averageFillPrice, 1.2);
    assert.equal(one(vertical({ orderType: 'MARKET' })).order.averageFillPrice, 1.2);
  });

  it('of a ratio spread count each leg as often as it is in the order', () => {
    const { order } = one(
      vertical({
        orderType: 'NET_DEBIT',
        orderLegCollection: [
          putLeg(1, 25, { instruction: 'BUY_TO_OPEN', quantity: 2 }),
          putLeg(2, 20, { instruction: 'SELL_TO_OPEN', quantity: 4 }),
        ],
        orderActivityCollection: [
          fillActivity([
            { legId: 1, quantity: 2, price: 3 },
            { legId: 2, quantity: 4, price: 1.25 },
          ]),
        ],
      }),
    );
    // 3 − 2 × 1.25
    assert.equal(order.averageFillPrice, 0.5);
    assert.deepEqual(
      order.legs.map(({ ratio }) => ratio),
      [1, 2],
    );
  });

  it('of stock with an option on it make a net price for a share', () => {
    const covered = vertical({
      orderType: 'NET_DEBIT',
      quantity: 1,
      filledQuantity: 1,
      orderLegCollection: [
        stockLeg({ legId: 1, quantity: 100 }),
        putLeg(2, 20, { instruction: 'SELL_TO_OPEN', quantity: 1 }),
      ],
      orderActivityCollection: [
        fillActivity([
          { legId: 1, quantity: 100, price: 50 },
          { legId: 2, quantity: 1, price: 2 },
        ]),
      ],
    });
    assert.equal(one(covered).order.averageFillPrice, 48);
  });

  it('of a spread make no net price while a leg has no side, no fill or less than its share', () => {
    const sold = putLeg(1, 25, { instruction: 'SELL_TO_OPEN', quantity: 2 });
    for (const given of [
      { orderLegCollection: [sold, putLeg(2, 20, { instruction: 'EXCHANGE', quantity: 2 })] },
      { orderActivityCollection: [fillActivity([{ legId: 1, quantity: 2, price: 2.06 }])] },
      {
        orderActivityCollection: [
          fillActivity([
            { legId: 1, quantity: 1, price: 2.06 },
            { legId: 2, quantity: 2, price: 0.86 },
          ]),
        ],
      },
    ])
      assert.equal(one(vertical(given)).order.averageFillPrice, null);
  });

  it('of a leg that is not told are left out, and the list does not look whole for that', () => {
    for (const legId of [3, null]) {
      const activity = fillActivity([{ legId, quantity: 2, price: 0.86 }]);
      const { executions, order } = one(vertical({ orderActivityCollection: [activity] }), false);
      assert.deepEqual(executions, []);
      assert.deepEqual(
        order.legs.map(({ averageFillPrice }) => averageFillPrice),
        [null, null],
      );
    }
  });

  it('of legs that share a number, or have none, are of neither of them', () => {
    for (const legId of [1, null]) {
      const legs = [putLeg(1, 25, { legId }), putLeg(1, 20, { legId, instruction: 'SELL_TO_OPEN' })];
      const activity = fillActivity([{ legId, quantity: 2, price: 0.86 }]);
      const given = { orderLegCollection: legs, orderActivityCollection: [activity], filledQuantity: null };
      const { order } = one(vertical(given), false);
      assert.deepEqual(
        order.legs.map(({ filledQuantity }) => filledQuantity),
        [null, null],
      );
    }
  });

  it('without a leg are not of a leg without a number', () => {
    const legs = [putLeg(1, 25), putLeg(1, 20, { legId: null })];
    const orderActivityCollection = [fillActivity([{ legId: null, quantity: 2 }])];
    const { executions } = one(vertical({ orderLegCollection: legs, orderActivityCollection }), false);
    assert.deepEqual(executions, []);
  });

  it('are sorted by time, then by what was left to fill, and keep their ids in any order', () => {
    const activities = [
      fillActivity([{ quantity: 2 }], { activityId: null, orderRemainingQuantity: 8 }),
      fillActivity([{ quantity: 5 }], { activityId: null, orderRemainingQuantity: 3 }),
      fillActivity([{ quantity: 3 }], { activityId: null, orderRemainingQuantity: 0 }),
    ];
    for (const rows of [activities, activities.toReversed()]) {
      const { executions } = one(filledOrderRow({ orderActivityCollection: rows }));
      assert.deepEqual(
        executions.map(({ quantity }) => quantity),
        [2, 5, 3],
      );
      assert.equal(new Set(executions.map(({ executionId }) => executionId)).size, 3);
    }
  });

  it('of one activity that filled a leg twice have two ids, the same ones in any order', () => {
    const fills = [
      { quantity: 4, price: 20 },
      { quantity: 6, price: 20.1 },
    ];
    for (const legs of [fills, fills.toReversed()]) {
      const { executions } = one(filledOrderRow({ orderActivityCollection: [fillActivity(legs)] }));
      assert.deepEqual(
        executions.map(({ executionId, quantity }) => [executionId, quantity]),
        [
          ['80000000001-1', 4],
          ['80000000001-1-2', 6],
        ],
      );
    }
  });
});

describe('trees of orders at Schwab', () => {
  const child = (orderId: number, given: Row = {}): Row =>
    orderRow({ orderId, accountNumber: null, ...given });
  const oco = (orderId: number, children: readonly unknown[]): Row => ({
    orderStrategyType: 'OCO',
    orderId,
    accountNumber: Number(ACCOUNT_NUMBER),
    childOrderStrategies: children,
  });

  it('become single orders that know what comes before them and what holds them together', () => {
    const tree = orderRow({
      orderId: 1,
      orderStrategyType: 'TRIGGER',
      childOrderStrategies: [oco(2, [child(3), child(4)])],
    });
    const read = readOrders([tree]);
    assert.deepEqual(
      ordersOf(read).map(({ groupId, key, parentOrderId }) => [key, parentOrderId, groupId]),
      [
        ['1', null, null],
        ['3', '1', '2'],
        ['4', '1', '2'],
      ],
    );
    assert.deepEqual([...read.byAccount.keys()], [ACCOUNT_NUMBER]);
    assert.equal(read.complete, true);
  });

  it('may give an order and its child the same id, and none of them is lost', () => {
    assert.deepEqual(
      ordersOf(readOrders([oco(3, [child(3), child(4)])])).map(({ key }) => key),
      ['3', '4'],
    );
    const same = readOrders([orderRow({ orderId: 3, childOrderStrategies: [child(3), child(3)] })]);
    assert.deepEqual(
      ordersOf(same).map(({ key }) => key),
      ['3', '3-0', '3-1'],
    );
  });

  it('that come in two lists are told once, whichever comes first, and so is a child that also comes alone', () => {
    const tree = oco(2, [child(3), child(4)]);
    const alone = orderRow({ orderId: 3 });
    for (const rows of [
      [tree, tree],
      [tree, alone],
      [alone, tree],
      [alone, tree, alone],
    ])
      assert.deepEqual(
        ordersOf(readOrders(rows)).map(({ groupId, key }) => [key, groupId]),
        [
          ['3', '2'],
          ['4', '2'],
        ],
      );
  });

  it('do not tell an order again that another tree has', () => {
    const read = readOrders([oco(2, [child(3), child(4)]), oco(9, [child(3), child(5)])]);
    assert.deepEqual(
      ordersOf(read).map(({ key }) => key),
      ['3', '4', '5'],
    );
  });

  it('with a child that cannot be read are incomplete, and the other children are told', () => {
    const read = readOrders([oco(2, [child(3), { orderId: null }, child(4)])]);
    assert.deepEqual(
      ordersOf(read).map(({ key }) => key),
      ['3', '4'],
    );
    assert.deepEqual([read.complete, codesOf(read)], [false, ['BAD_RESPONSE']]);
  });
});

describe('a list of orders', () => {
  it('that cannot be read in full is not complete', () => {
    for (const row of [
      null,
      'x',
      orderRow({ orderId: null }),
      orderRow({ accountNumber: null }),
      orderRow({ orderId: Number.MAX_SAFE_INTEGER + 2 }),
      orderRow({ orderLegCollection: [stockLeg({ instrument: null })] }),
      orderRow({ orderLegCollection: null }),
      orderRow({ orderLegCollection: [], childOrderStrategies: [orderRow({ orderId: 2 })] }),
    ]) {
      const read = readOrders([orderRow({ orderId: 5 }), row]);
      assert.equal(read.complete, false);
      assert.ok(ordersOf(read).some(({ key }) => key === '5'));
    }
  });

  it('that is empty is complete; one that is no list is not', () => {
    assert.equal(readOrders([]).complete, true);
    for (const answer of [null, {}, 'x', 7]) assert.equal(readOrders(answer).complete, false);
  });

  it('finds the account by its number without leading zeros, as text or number, also in its old name', () => {
    for (const given of [
      { accountNumber: '00123' },
      { accountNumber: 123 },
      { accountNumber: null, accountId: 123 },
    ])
      assert.deepEqual([...readOrders([orderRow(given)]).byAccount.keys()], ['123']);
  });
});
