import assert from 'node:assert/strict';
import { createMarket, type LedgerAccount, type Market } from '../../simulators/index.js';

const AAPL = 265598;
const ES = 649180695;
const EUR_USD = 12087792;

const accountOf = (market: Market, account = 'DU1000001'): LedgerAccount => {
  const found = market.ledger().ibkr.accounts.find((entry) => entry.account === account);
  assert.ok(found);
  return found;
};

const line = (market: Market, conId: number): LedgerAccount['positions'][number] | undefined =>
  accountOf(market).positions.find((position) => position.conId === conId);

const buy = (market: Market, conId: number, quantity: number): void =>
  market.fillOrder(
    market.placeOrder({ account: 'DU1000001', conId, side: 'BUY', quantity, orderType: 'MKT' }),
  );

const sell = (market: Market, conId: number, quantity: number): void =>
  market.fillOrder(
    market.placeOrder({ account: 'DU1000001', conId, side: 'SELL', quantity, orderType: 'MKT' }),
  );

const near = (actual: number | undefined, expected: number, what: string): void =>
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) < 0.011,
    `${what}: ${actual} is not ${expected}`,
  );

const assertAddsUp = ({ account, balances, positions }: LedgerAccount): void => {
  const rates = new Map(balances.ledger.map(({ currency, exchangeRate }) => [currency, exchangeRate]));
  const value = positions
    .filter(({ secType }) => secType !== 'FUT' && secType !== 'CASH')
    .reduce((sum, { marketValue, currency }) => sum + marketValue * (rates.get(currency) ?? NaN), 0);
  const expected = Number((balances.totalCash + value + balances.accruedInterest).toFixed(2));
  assert.equal(balances.netLiquidation, expected, `net liquidation of ${account}`);
};

describe('the market', () => {
  it('is the same for the same seed and another one for another seed', () => {
    const play = (seed: number): string => {
      const market = createMarket({ seed, now: () => 1_767_603_000_000 });
      for (let step = 0; step < 200; step += 1) {
        market.trade();
        market.tick();
      }
      return JSON.stringify(market.ledger());
    };
    assert.equal(play(7), play(7));
    assert.notEqual(play(7), play(8));
  });

  for (const seed of [1, 2, 3, 42, 1234]) {
    it(`keeps net liquidation = cash + values + accruals to the cent through 1000 trades (seed ${seed})`, () => {
      const market = createMarket({ seed, positions: 12 });
      for (let step = 0; step < 1000; step += 1) {
        market.trade();
        if (step % 5 === 0) market.tick();
        if (step % 50 === 0) market.ledger().ibkr.accounts.forEach(assertAddsUp);
      }
      market.ledger().ibkr.accounts.forEach(assertAddsUp);
    });
  }

  it('explains every change of a position by its fills', () => {
    const market = createMarket({ seed: 5 });
    const before = new Map(market.accounts.map((account) => [account, accountOf(market, account)]));
    for (let step = 0; step < 500; step += 1) market.trade();
    for (const account of market.accounts) {
      const after = accountOf(market, account);
      const conIds = new Set(
        [...(before.get(account)?.positions ?? []), ...after.positions].map(({ conId }) => conId),
      );
      for (const conId of conIds) {
        const had =
          before.get(account)?.positions.find((position) => position.conId === conId)?.quantity ?? 0;
        const has = after.positions.find((position) => position.conId === conId)?.quantity ?? 0;
        const traded = after.executions
          .filter((execution) => execution.conId === conId)
          .reduce((sum, { side, quantity }) => sum + (side === 'BUY' ? quantity : -quantity), 0);
        assert.equal(has, had + traded, `${account} ${conId}`);
      }
    }
  });

  it('never gives an execution or an order the same id twice', () => {
    const market = createMarket({ seed: 3 });
    for (let step = 0; step < 1000; step += 1) market.trade();
    const accounts = market.ledger().ibkr.accounts;
    const ids = accounts.flatMap(({ executions }) => executions.map(({ execId }) => execId));
    const orders = accounts.flatMap(({ orders: own }) => own.map(({ permId }) => permId));
    assert.ok(ids.length > 300);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(new Set(orders).size, orders.length);
  });

  it('shows every kind of line in the default accounts, and one account in euro', () => {
    const market = createMarket();
    const kinds = new Set(accountOf(market).positions.map(({ secType }) => secType));
    assert.deepEqual([...kinds].toSorted(), ['CASH', 'FUT', 'OPT', 'STK']);
    assert.ok(accountOf(market).positions.some(({ quantity }) => quantity < 0));
    assert.ok(
      accountOf(market).positions.some(({ currency, secType }) => currency === 'EUR' && secType === 'STK'),
    );
    assert.deepEqual(
      market.ledger().ibkr.accounts.map(({ baseCurrency }) => baseCurrency),
      ['USD', 'USD', 'EUR'],
    );
  });

  it('holds ten thousand positions in an account when asked', () => {
    const market = createMarket({ accounts: 1, positions: 10_000 });
    assert.equal(accountOf(market).positions.length, 10_000);
    assertAddsUp(accountOf(market));
  });
});

describe('a fill', () => {
  it('averages the cost with multiplier and commission when it adds', () => {
    const market = createMarket({ positions: 0 });
    market.setPrice(AAPL, 100);
    buy(market, AAPL, 10);
    market.setPrice(AAPL, 200);
    buy(market, AAPL, 10);
    assert.equal(line(market, AAPL)?.averageCost, 150.1);
  });

  it('keeps the average and realises profit when it reduces, less the commission', () => {
    const market = createMarket({ positions: 0 });
    market.setPrice(AAPL, 100);
    buy(market, AAPL, 10);
    market.setPrice(AAPL, 120);
    sell(market, AAPL, 4);
    assert.equal(line(market, AAPL)?.averageCost, 100.1);
    near(line(market, AAPL)?.realizedPnl, 4 * (120 - 100.1) - 1, 'realised');
  });

  it('starts anew when it flips the position', () => {
    const market = createMarket({ positions: 0 });
    market.setPrice(AAPL, 100);
    buy(market, AAPL, 10);
    market.setPrice(AAPL, 110);
    sell(market, AAPL, 30);
    assert.equal(line(market, AAPL)?.quantity, -20);
    near(line(market, AAPL)?.averageCost, 110 - 1 / 30, 'average cost of the short');
  });

  it('takes the line away when nothing is left, but keeps what it earned', () => {
    const market = createMarket({ positions: 0 });
    market.setPrice(AAPL, 100);
    buy(market, AAPL, 10);
    market.setPrice(AAPL, 110);
    market.closePosition('DU1000001', AAPL);
    assert.equal(line(market, AAPL), undefined);
    assert.equal(accountOf(market).balances.realizedPnl, 98);
    assert.equal(market.position('DU1000001', AAPL)?.quantity, 0);
  });

  it('moves no notional for a future, only its running profit', () => {
    const market = createMarket({ positions: 0 });
    const cash = accountOf(market).balances.totalCash;
    market.setPrice(ES, 6000);
    buy(market, ES, 1);
    near(accountOf(market).balances.totalCash, cash - 2.25, 'cash after the purchase');
    market.setPrice(ES, 6010);
    near(accountOf(market).balances.totalCash, cash - 2.25 + 500, 'cash after ten points');
    assertAddsUp(accountOf(market));
  });

  it('swaps two currencies for a forex pair', () => {
    const market = createMarket({ positions: 0 });
    const cashOf = (currency: string): number | undefined =>
      accountOf(market).balances.ledger.find((entry) => entry.currency === currency)?.cash;
    const [euro, dollar] = [cashOf('EUR') ?? 0, cashOf('USD') ?? 0];
    market.setPrice(EUR_USD, 1.1);
    buy(market, EUR_USD, 1000);
    near(cashOf('EUR'), euro + 1000, 'euro');
    near(cashOf('USD'), dollar - 1100 - 2, 'dollar');
  });

  it('may be partial, and the order counts what remains', () => {
    const market = createMarket({ positions: 0 });
    const permId = market.placeOrder({
      account: 'DU1000001',
      conId: AAPL,
      side: 'BUY',
      quantity: 10,
      orderType: 'LMT',
      limitPrice: 230,
    });
    market.fillOrder(permId, 3);
    const [order] = accountOf(market).orders;
    assert.deepEqual(
      [order?.status, order?.filled, order?.remaining, order?.averageFillPrice],
      ['Submitted', 3, 7, 230],
    );
    market.fillOrder(permId);
    assert.equal(accountOf(market).orders[0]?.status, 'Filled');
    assert.throws(() => market.fillOrder(permId), /no open order/);
  });
});

describe('a corrected execution', () => {
  it('raises the revision and takes position and cash with it', () => {
    const market = createMarket({ positions: 0 });
    const cash = accountOf(market).balances.totalCash;
    market.setPrice(AAPL, 100);
    buy(market, AAPL, 10);
    const first = accountOf(market).executions[0]?.execId ?? '';
    const second = market.correctExecution(first, { price: 101, quantity: 8 });
    assert.equal(second, first.replace(/01$/, '02'));
    const { executions, orders, balances } = accountOf(market);
    assert.deepEqual([executions.length, executions[0]?.execId, executions[0]?.revision], [1, second, 2]);
    assert.deepEqual([orders[0]?.filled, orders[0]?.remaining, orders[0]?.status], [8, 0, 'Filled']);
    assert.equal(line(market, AAPL)?.quantity, 8);
    near(balances.totalCash, cash - 808 - 1, 'cash');
    assertAddsUp(accountOf(market));
  });
});

describe('what is no trade', () => {
  it('a deposit raises net liquidation and is no profit of the day', () => {
    const market = createMarket();
    const before = accountOf(market).balances;
    market.depositCash('DU1000001', 1000);
    near(accountOf(market).balances.netLiquidation, before.netLiquidation + 1000, 'net liquidation');
    near(accountOf(market).balances.dayPnl, before.dayPnl, 'day P&L');
  });

  it('a transfer in kind brings a line without fill or cash', () => {
    const market = createMarket({ positions: 0 });
    const before = accountOf(market).balances;
    market.addPosition('DU1000001', { conId: AAPL, quantity: 5 });
    assert.equal(line(market, AAPL)?.quantity, 5);
    assert.deepEqual(accountOf(market).executions, []);
    near(accountOf(market).balances.totalCash, before.totalCash, 'cash');
    near(accountOf(market).balances.dayPnl, before.dayPnl, 'day P&L');
  });

  it('a new day starts with no executions, no ended orders and no profit yet', () => {
    const market = createMarket({ seed: 9 });
    for (let step = 0; step < 100; step += 1) market.trade();
    const held = accountOf(market).positions.map(({ conId, quantity }) => [conId, quantity]);
    market.startNewDay();
    const { orders, executions, balances, positions } = accountOf(market);
    assert.deepEqual([orders, executions, balances.realizedPnl], [[], [], 0]);
    near(balances.dayPnl, 0, 'day P&L');
    assert.deepEqual(
      positions.map(({ conId, quantity }) => [conId, quantity]),
      held,
    );
  });
});
