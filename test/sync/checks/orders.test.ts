import assert from 'node:assert/strict';
import type { Execution } from '../../../src/domain/execution.js';
import type { Order } from '../../../src/domain/order.js';
import { instrument, leg, order, ordersSnapshot } from '../../support/builders.js';
import { START, SECOND, MINUTE, Broker, stock, fill } from './asked-broker.js';

describe('an order', () => {
  const single = (given: Partial<Order> = {}): Order => order({ legs: [leg('265598')], ...given });
  const bought = (quantity: number) => ({
    positions: [stock({ quantity: 10 + quantity })],
    balances: { netLiquidation: 10_000, totalCash: 9_000 - 100 * quantity },
  });

  it('is told when filled and remaining are not its quantity', () => {
    const odd = single({ status: 'partially_filled', filledQuantity: 4, remainingQuantity: 5 });
    const broker = new Broker().look({ orders: [odd] });
    assert.deepEqual(broker.codes, []);
    assert.deepEqual(broker.again(1, 10 * SECOND).issues, [
      {
        code: 'ORDER_MISMATCH',
        severity: 'warning',
        message:
          'The AAPL order 1001 is for 10, yet 4 filled and 5 remaining make 9: look at the order at the broker before you act on it.',
      },
    ]);
    assert.deepEqual(broker.look({ orders: [single()] }).codes, []);
  });

  it('is told with the others of its kind, and not while it moves or is missing', () => {
    const odd = (filledQuantity: number, permId = '1001') =>
      single({ status: 'partially_filled', filledQuantity, remainingQuantity: 5, permId, key: permId });
    const two = new Broker().look({ orders: [odd(4), odd(4, '2')] }).again(1);
    assert.match(two.issues[0]?.message ?? '', /^The AAPL order 1001 is for 10, .*\(1 more like it\.\)$/);
    const moving = new Broker();
    for (const filled of [1, 2, 3, 4]) assert.deepEqual(moving.look({ orders: [odd(filled)] }).codes, []);
    const gone = new Broker().look({ orders: [odd(4)] });
    assert.deepEqual(gone.look({ orders: [] }).codes, []);
  });

  it('is called by the id that its broker shows', () => {
    const odd = { status: 'partially_filled', filledQuantity: 4, remainingQuantity: 5 } as const;
    const called = (given: Partial<Order>) =>
      new Broker().look({ orders: [single({ ...odd, ...given })] }).again(1).issues[0]?.message ?? '';
    assert.match(called({ permId: null, key: 'k' }), /^The AAPL order 5 is for 10/);
    assert.match(called({ permId: null, orderId: null, key: 'k' }), /^The AAPL order k is for 10/);
  });

  it('may say what it likes when it ended unfilled, is suspended, or has no quantity', () => {
    const odd = { filledQuantity: 0, remainingQuantity: 0 } as const;
    const orders = (['canceled', 'rejected', 'replaced', 'expired', 'suspended', 'unknown'] as const).map(
      (status, index) => single({ ...odd, status, permId: String(index), key: String(index) }),
    );
    const amounts = [null, 0].map((quantity, index) =>
      single({ quantity, key: `q${index}`, permId: `9${index}` }),
    );
    const vague = [
      { filledQuantity: null, remainingQuantity: 4 },
      { filledQuantity: 4, remainingQuantity: null },
    ].map((given, index) => single({ ...given, key: `v${index}`, permId: `8${index}` }));
    assert.deepEqual(new Broker().look({ orders: [...orders, ...amounts, ...vague] }).again(3).codes, []);
  });

  it('is told when its fills, all of which are known, make another figure than it says', () => {
    const partly = single({ status: 'partially_filled', filledQuantity: 6, remainingQuantity: 4 });
    const fills = { executions: [fill({ quantity: 4 })] };
    const broker = new Broker().look({ orders: [single()] });
    broker.look({ orders: [partly], ...fills, ...bought(4) }).again(1, 10 * SECOND);
    assert.deepEqual(broker.issues, [
      {
        code: 'ORDER_MISMATCH',
        severity: 'warning',
        message:
          'The AAPL order 1001 is filled by 6, yet its 1 fills make 4: look at the order at the broker before you act on it.',
      },
    ]);
  });

  it('is compared with its fills also when it was placed and filled in part between two looks', () => {
    const partly = { status: 'partially_filled', filledQuantity: 6, remainingQuantity: 4 } as const;
    const told = (createdAt: string | null, given: Partial<Order> = {}) =>
      new Broker()
        .look()
        .look({ orders: [single({ ...partly, createdAt, ...given })], ...bought(0) })
        .again(2)
        .issues.map(({ message }) => message.slice(0, 60));
    const justNow = new Date(START + MINUTE).toISOString();
    assert.deepEqual(told(justNow), ['The AAPL order 1001 is filled by 6, yet its 0 fills make 0: ']);
    assert.deepEqual(told(new Date(START + MINUTE - 1).toISOString()), []);
    assert.deepEqual(told(null), []);
  });

  it('is compared with the fills that carry its id, of the broker or of the client', () => {
    const partly = { status: 'partially_filled', filledQuantity: 6, remainingQuantity: 4 } as const;
    const told = (placed: Order, executions: readonly Execution[]) =>
      new Broker('schwab')
        .look({ orders: [{ ...placed, status: 'working' }] })
        .look({ orders: [{ ...placed, ...partly }], executions, balances: { netLiquidation: null } })
        .again(1)
        .issues.map(({ message }) => message.replace(/:.*/, ''));
    const ofSchwab = single({ permId: null, key: 's', orderId: '77' });
    const six = fill({ quantity: 6, permId: null, orderId: '77', side: 'unknown' });
    const other = fill({ executionId: 'o', quantity: 3, permId: null, orderId: '78', side: 'unknown' });
    const unnamed = { ...other, orderId: null };
    assert.deepEqual(told(ofSchwab, [six, other, unnamed]), []);
    assert.deepEqual(told(ofSchwab, [{ ...six, quantity: 5 }, other]), [
      'The AAPL order 77 is filled by 6, yet its 1 fills make 5',
    ]);
    assert.deepEqual(told({ ...ofSchwab, orderId: null }, [unnamed]), [
      'The AAPL order s is filled by 6, yet its 0 fills make 0',
    ]);
    // TWS uses order ids again; the permanent id decides.
    const ofTws = [fill({ quantity: 6, side: 'unknown' }), { ...other, orderId: '5', permId: '9' }];
    assert.deepEqual(told(single(), ofTws), []);
  });

  it('is not compared with the rows of a combination that carry its id, or without a quantity', () => {
    const partly = { status: 'partially_filled', filledQuantity: 6, remainingQuantity: 4 } as const;
    const codes = (given: Partial<Order>, executions: readonly Execution[]) =>
      new Broker()
        .look({ orders: [single()] })
        .look({ orders: [single({ ...partly, ...given })], executions, balances: { netLiquidation: null } })
        .again(2).codes;
    const own = fill({ quantity: 2, side: 'unknown' });
    const bag = fill({ executionId: 'b', side: 'unknown', instrument: instrument({ key: 'bag' }) });
    assert.deepEqual(codes({}, [own]), ['ORDER_MISMATCH']);
    assert.deepEqual(codes({}, [own, bag]), []);
    assert.deepEqual(codes({}, [bag]), []);
    assert.deepEqual(codes({ quantity: 0, remainingQuantity: 0 }, [own]), []);
    assert.deepEqual(codes({ legs: [] }, [own]), []);
    const amount = { quantity: null, remainingQuantity: null };
    const broker = new Broker().look({ orders: [single(amount)] });
    broker.look({ orders: [single({ ...partly, ...amount })], executions: [own] });
    assert.deepEqual(broker.look({ balances: { netLiquidation: null } }).again(2).codes, []);
  });

  it('is not compared with its fills when some of them may be of the days before, or when it has several legs', () => {
    const partly = { status: 'partially_filled', filledQuantity: 6, remainingQuantity: 4 } as const;
    assert.deepEqual(new Broker().look({ orders: [single(partly)] }).again(5).codes, []);
    const legs = [leg('a'), leg('b')];
    const combination = new Broker()
      .look({ orders: [order({ legs })] })
      .look({ orders: [order({ legs, ...partly })] });
    assert.deepEqual(combination.again(5).codes, []);
  });

  it('is told when it is filled and no fill of it came for a minute', () => {
    const done = single({ status: 'filled', filledQuantity: 10, remainingQuantity: 0 });
    const broker = new Broker().look({ orders: [single()] }).look({ orders: [done], ...bought(0) });
    assert.deepEqual(broker.look({}, 59 * SECOND).codes, []);
    assert.deepEqual(broker.look({}, SECOND).issues, [
      {
        code: 'FILL_MISSING',
        severity: 'warning',
        message:
          "The AAPL order 1001 is filled (10 of 10), yet the broker has told no fill of it: price and commission of that trade are missing here, look at the broker's list of trades.",
      },
    ]);
    assert.deepEqual(broker.look({ executions: [fill()], ...bought(10) }).again(2).codes, []);
  });

  it('is missed a fill also when it was placed and filled between two looks', () => {
    const told = (closedAt: string | null) =>
      new Broker('schwab')
        .look()
        .look({
          orders: [
            single({ status: 'filled', closedAt, quantity: null, filledQuantity: null, permId: null }),
          ],
        })
        .again(1)
        .issues.map(({ message }) => message.replace(/,.*/, ''));
    assert.deepEqual(told(new Date(START + MINUTE).toISOString()), ['The AAPL order 5 is filled (? of ?)']);
    assert.deepEqual(told(new Date(START + MINUTE - 1).toISOString()), []);
    assert.deepEqual(told(null), []);
  });

  it('is not judged before there was a list of fills', () => {
    const odd = { filledQuantity: 6, remainingQuantity: 4 };
    const broker = new Broker();
    for (let time = 0; time < 3; time++)
      broker.tell(
        ordersSnapshot([single({ status: 'filled' }), single({ ...odd, permId: '2', key: '2' })], {
          from: { receivedAt: (broker.at += MINUTE) },
        }),
      );
    assert.deepEqual(broker.issues, []);
  });

  it('is not missed a fill when it ended before anybody looked, or when a fund fills it', () => {
    const done = single({ status: 'filled', filledQuantity: 10, remainingQuantity: 0 });
    assert.deepEqual(new Broker().look({ orders: [done] }).again(5).codes, []);
    for (const assetClass of ['mutual_fund', 'cash_equivalent'] as const) {
      const ofFund = [leg('f', { instrument: instrument({ key: 'f', assetClass }) })];
      const funds = new Broker()
        .look({ orders: [single({ legs: ofFund })] })
        .look({ orders: [{ ...done, legs: ofFund }] });
      assert.deepEqual(funds.again(5).codes, [], assetClass);
    }
  });
});
