import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { balanceIssues, balancesOf, baseCurrencyOf } from '../../../src/brokers/ibkr/normalize/balances.js';
import { executionOf, splitExecutionId } from '../../../src/brokers/ibkr/normalize/execution.js';
import { instrumentOf } from '../../../src/brokers/ibkr/normalize/instrument.js';
import { completedOrderOf, openOrderOf, statusOf } from '../../../src/brokers/ibkr/normalize/order.js';
import { positionOf } from '../../../src/brokers/ibkr/normalize/position.js';
import type { CompletedOrderRow, OpenOrderRow } from '../../../src/brokers/ibkr/order-wire.js';
import { decode } from '../../../src/brokers/ibkr/wire.js';

const STOCK = {
  conId: '265598', symbol: 'AAPL', secType: 'STK', expiry: null, strike: 0, right: '?', multiplier: null,
  exchange: 'NASDAQ', currency: 'USD', localSymbol: 'AAPL', tradingClass: 'NMS',
} as const; // prettier-ignore

const OPEN: OpenOrderRow = {
  ...STOCK, orderId: '7', clientId: '3', permId: '99', parentId: null, action: 'BUY', totalQuantity: 10,
  orderType: 'LMT', limitPrice: 5, auxPrice: 0, timeInForce: 'DAY', ocaGroup: null, account: 'DU1', orderRef: null,
  trailStopPrice: null, legs: [], status: 'Submitted',
}; // prettier-ignore

const COMPLETED: CompletedOrderRow = {
  ...OPEN, totalQuantity: 0, status: 'Filled', filledQuantity: 10,
  completedTime: '20230306 12:28:30 America/Los_Angeles', completedStatus: 'Filled Size: 10',
}; // prettier-ignore

const values = (rows: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries({ 'NetLiquidation|USD': '1000.00', ...rows }));

describe('instruments of IBKR', () => {
  it('have the multiplier 1 when TWS sends none, or 0', () => {
    for (const multiplier of [null, 0, -1])
      assert.equal(instrumentOf({ ...STOCK, multiplier }).multiplier, 1);
    assert.equal(instrumentOf({ ...STOCK, multiplier: 50 }).multiplier, 50);
  });

  it('have no strike and no right when they are no options', () => {
    for (const right of ['?', '0', null]) {
      const { strike, right: told } = instrumentOf({ ...STOCK, right, strike: 0 });
      assert.deepEqual([strike, told], [null, null]);
    }
  });

  it('have strike and right when they are options', () => {
    for (const [right, word] of [
      ['C', 'call'],
      ['CALL', 'call'],
      ['P', 'put'],
      ['PUT', 'put'],
      ['?', null],
    ] as const)
      assert.equal(instrumentOf({ ...STOCK, secType: 'OPT', strike: 150, right }).right, word);
  });

  it('have an expiry in the forms of a day and of a month', () => {
    for (const [text, expiry] of [
      ['20261218', '2026-12-18'],
      ['202612', '2026-12'],
      ['20261218 16:00:00 EST', '2026-12-18'],
      ['', null],
      ['soon', null],
    ] as const)
      assert.equal(instrumentOf({ ...STOCK, secType: 'FUT', expiry: text }).expiry, expiry);
  });

  it('have keys that are safe in a topic whatever they are called', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (symbol, secType) => {
        const { key } = instrumentOf({ ...STOCK, conId: null, symbol: `x${symbol}`, secType });
        assert.match(key, /^[a-z0-9_-]+$/);
      }),
    );
  });
});

describe('positions of IBKR', () => {
  const context = { key: 'k', instrument: instrumentOf(STOCK), exchangeRate: 1, netLiquidation: 1_000_000 };
  const position = (quantity: number, averageCost: number | null, multiplier: number | null) =>
    positionOf(
      { portfolio: null, pnl: null, position: { quantity, averageCost, multiplier, currency: 'USD' } },
      context,
    );

  it('have an average price per unit though the cost of a future contains the multiplier', () => {
    const future = position(1, 315_114.75, 50);
    assert.equal(future?.averagePrice, 6302.295);
    assert.equal(future.costBasis, 315_114.75);
  });

  it('have a negative quantity and cost when they are short, and a positive price', () => {
    const short = position(-110, 20.5, null);
    assert.deepEqual([short?.quantity, short?.averagePrice, short?.costBasis], [-110, 20.5, -2255]);
  });

  it('are none when the quantity is 0', () => {
    assert.equal(position(0, 1, null), null);
  });

  it('have no cost rather than 0 when TWS does not know it', () => {
    const unknown = position(3, null, null);
    assert.deepEqual([unknown?.averagePrice, unknown?.averageCost, unknown?.costBasis], [null, null, null]);
  });
});

describe('balances of IBKR', () => {
  it('take the BASE row before that of the base currency', () => {
    const rows = values({
      'UnrealizedPnL|USD': '1.00',
      'UnrealizedPnL|BASE': '7.00',
      'RealizedPnL|BASE': '3.00',
    });
    assert.equal(balancesOf(rows, null).unrealizedPnl, 7);
    assert.equal(balancesOf(rows, null).realizedPnl, 3);
  });

  it('leave the segments out of the total', () => {
    const rows = values({
      'NetLiquidation-S|USD': '600.00',
      'NetLiquidation-C|USD': '400.00',
      'TotalCashValue-S|USD': '5.00',
    });
    assert.equal(balancesOf(rows, null).netLiquidation, 1000);
    assert.equal(balancesOf(rows, null).totalCash, null);
  });

  it('are in the currency of the net liquidation', () => {
    assert.equal(
      baseCurrencyOf(
        new Map([
          ['NetLiquidation|BASE', '1'],
          ['NetLiquidation|CHF', '1'],
        ]),
      ),
      'CHF',
    );
    assert.equal(baseCurrencyOf(new Map([['NetLiquidationByCurrency|EUR', '1']])), null);
  });

  it('have no limit of day trades when TWS sends −1', () => {
    assert.equal(balancesOf(values({ 'DayTradesRemaining|': '-1' }), null).dayTradesRemaining, null);
    assert.equal(balancesOf(values({ 'DayTradesRemaining|': '0' }), null).dayTradesRemaining, 0);
  });

  it('are marked while IBKR resets the account', () => {
    const codes = (ready: string) =>
      balanceIssues(values({ 'AccountReady|': ready })).map(({ code }) => code);
    assert.deepEqual(codes('false'), ['ACCOUNT_RESETTING']);
    assert.deepEqual(codes('true'), []);
  });

  it('name the figures that were no numbers', () => {
    const rows = values({ 'BuyingPower|USD': 'abc' });
    assert.equal(balancesOf(rows, null).buyingPower, null);
    assert.deepEqual(
      balanceIssues(rows).map(({ code }) => code),
      ['BAD_NUMBER'],
    );
  });

  it('have a ledger with one line for each currency', () => {
    const rows = values({
      'CashBalance|USD': '1.00',
      'CashBalance|EUR': '-2.00',
      'ExchangeRate|EUR': '1.1',
      'CashBalance|BASE': '9.00',
    });
    assert.deepEqual(
      balancesOf(rows, null).ledger.map(({ currency, cash, exchangeRate }) => [currency, cash, exchangeRate]),
      [
        ['EUR', -2, 1.1],
        ['USD', 1, null],
      ],
    );
  });

  it('never hold a number that is none, whatever the rows say', () => {
    const keys = [
      'NetLiquidation',
      'TotalCashValue',
      'Cushion',
      'LookAheadNextChange',
      'LookAheadInitMarginReq',
      'GrossPositionValue',
      'EquityWithLoanValue',
      'MaintMarginReq',
      'DayTradesRemaining',
    ];
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('0', '-0', '1e308', '9e15', '1e-300', 'Infinity', '2147483647', '8000000000000000'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...keys), text)), (rows) => {
        const told = balancesOf(
          values(Object.fromEntries(rows.map(([key, value]) => [`${key}|USD`, value]))),
          null,
        );
        for (const value of Object.values(told))
          if (typeof value === 'number') assert.ok(Number.isFinite(value));
      }),
    );
  });
});

describe('orders of IBKR', () => {
  for (const [word, type] of [
    ['MKT', 'market'],
    ['STP LMT', 'stop_limit'],
    ['TRAIL', 'trailing_stop'],
    ['PEG MID', 'peg_mid'],
    ['', null],
  ] as const)
    it(`have the type ${type} for ${JSON.stringify(word)}`, () =>
      assert.equal(openOrderOf({ ...OPEN, orderType: word }, null)?.orderType, type));

  for (const [action, side] of [
    ['BUY', 'buy'],
    ['SELL', 'sell'],
    ['SSHORT', 'sell_short'],
    ['HOLD', 'unknown'],
  ] as const)
    it(`have the side ${side} for ${action}`, () =>
      assert.equal(openOrderOf({ ...OPEN, action }, null)?.side, side));

  it('have no limit price when they are at the market', () => {
    const order = openOrderOf({ ...OPEN, orderType: 'MKT', limitPrice: 0, auxPrice: 0 }, null);
    assert.deepEqual([order?.limitPrice, order?.stopPrice], [null, null]);
  });

  it('keep a status that we do not know in its own word', () => {
    const order = openOrderOf({ ...OPEN, status: 'Pondering' }, null);
    assert.deepEqual([order?.status, order?.rawStatus, order?.isOpen], ['unknown', 'Pondering', true]);
  });

  it('are partially filled between nothing and all', () => {
    assert.equal(statusOf('Submitted', 0, 10), 'working');
    assert.equal(statusOf('Submitted', 4, 10), 'partially_filled');
    assert.equal(statusOf('Filled', 10, 10), 'filled');
  });

  it('have the filled quantity for a total that reads 0 once they are filled', () => {
    const order = completedOrderOf(COMPLETED, { kind: 'unknown' });
    assert.deepEqual([order?.quantity, order?.filledQuantity, order?.remainingQuantity], [10, 10, 0]);
    assert.equal(order?.closedAt, '2023-03-06T20:28:30.000Z');
  });

  it('have no quantity rather than 0 when they were cancelled and the total reads 0', () => {
    const order = completedOrderOf(
      { ...COMPLETED, status: 'Cancelled', completedStatus: '', filledQuantity: 0 },
      { kind: 'unknown' },
    );
    assert.deepEqual([order?.status, order?.quantity, order?.remainingQuantity], ['canceled', null, null]);
  });
});

describe('executions of IBKR', () => {
  it('have an id and a revision', () => {
    assert.deepEqual(splitExecutionId('0001.01.02'), { executionId: '0001.01', revision: 2 });
    assert.deepEqual(splitExecutionId('0001.01.00'), { executionId: '0001.01', revision: 1 });
    assert.deepEqual(splitExecutionId('odd'), { executionId: 'odd', revision: 1 });
  });

  const fill = (side: string, id: string, quantity: string, orderId = '0') => {
    const message = decode([
      '11',
      '-1',
      orderId,
      '265598',
      'AAPL',
      'STK',
      '',
      '0.0',
      '',
      '',
      'ISLAND',
      'USD',
      'AAPL',
      'NMS',
      id,
      '20250225-15:15:00',
      'DU1',
      'ISLAND',
      side,
      quantity,
      '5.5',
      '99',
      '0',
      '0',
      '10',
      '5.5',
      '',
      '',
      '',
      '',
      '2',
      '0',
    ]);
    assert.equal(message?.kind, 'execution');
    return executionOf(message.row, null, { kind: 'unknown' });
  };

  it('name the revision that they correct', () => {
    assert.equal(fill('BOT', '0001.01.02', '10')?.correctionOf, '0001.01.01');
    assert.equal(fill('BOT', '0001.01.01', '10')?.correctionOf, null);
  });

  it('have no commission before TWS has told it', () => {
    const told = fill('SLD', '0001.01.01', '10');
    assert.deepEqual(
      [told?.side, told?.commission, told?.realizedPnl, told?.liquidity],
      ['sell', null, null, 'removed'],
    );
  });

  it('name the order of an API client, and none where a hand has placed it: 0 is no id', () => {
    const orderIds = ['7', '0', ''].map((orderId) => fill('BOT', 'a.01', '10', orderId)?.orderId);
    assert.deepEqual(orderIds, ['7', null, null]);
  });

  it('are none without a quantity', () => {
    for (const quantity of ['', '0', 'abc', '2147483647']) assert.equal(fill('BOT', 'a.01', quantity), null);
  });
});
