import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createMarket, type Market, type SchwabLedgerAccount } from '../../../simulators/index.js';
import { bookTrade, EMPTY_LINE } from '../../../simulators/schwab/book/booking.js';
import { osiSymbol } from '../../../simulators/schwab/book/instruments.js';

const NOW = Date.parse('2026-11-24T15:00:00Z');
const MARGIN = '01234567';
const CASH = '52810394';
const SAVINGS = '90417263';

const cents = (value: number): number => Number(value.toFixed(2));

const accountOf = (market: Market, account: string): SchwabLedgerAccount => {
  const found = market.ledger().schwab.accounts.find(({ accountNumber }) => accountNumber === account);
  assert.ok(found);
  return found;
};

const assertAddsUp = (market: Market): void => {
  for (const { cash, marginBalance, moneyMarket, netLiquidation, positions } of market.ledger().schwab
    .accounts) {
    const value = positions
      .filter(({ assetType }) => assetType !== 'CASH_EQUIVALENT')
      .reduce((sum, { marketValue }) => sum + marketValue, 0);
    assert.equal(netLiquidation, cents(cash + moneyMarket + marginBalance + value));
  }
};

/** Trades and nothing else explain how many of each symbol there are. */
const assertOrdersExplainExecutions = ({ orders, executions }: SchwabLedgerAccount): void => {
  for (const order of orders) {
    for (const { filled, legId } of order.legs) {
      const own = executions.filter((one) => one.orderId === order.orderId && one.legId === legId);
      assert.equal(cents(own.reduce((sum, { quantity }) => sum + quantity, 0)), cents(filled));
    }
    if (order.status === 'FILLED') assert.equal(order.filled, order.quantity);
    if (order.status === 'REJECTED') assert.ok(order.filled === 0 && order.statusDescription !== null);
  }
};

describe('the Schwab book', () => {
  let market: Market;
  beforeEach(() => {
    market = createMarket({ seed: 1, now: () => NOW });
  });

  it('adds up to the cent through any history', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_294_967_295 }),
        fc.array(fc.constantFrom('trade', 'tick', 'day', 'deposit', 'dividend', 'transfer'), {
          maxLength: 80,
        }),
        (seed, steps) => {
          const played = createMarket({ seed, accounts: 0, schwabAccounts: 5, now: () => NOW });
          const { schwab } = played;
          for (const step of steps) {
            if (step === 'trade') schwab.trade();
            if (step === 'tick') played.tick();
            if (step === 'day') schwab.startNewDay({ keepsDayCost: seed % 2 === 0 });
            if (step === 'deposit') schwab.depositCash(MARGIN, 12.34);
            if (step === 'dividend') schwab.dividend(CASH, 'AAPL', 0.25);
            if (step === 'transfer') schwab.transferIn(CASH, { symbol: 'MSFT', quantity: 0.3333 });
            assertAddsUp(played);
          }
          played.ledger().schwab.accounts.forEach(assertOrdersExplainExecutions);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is the same for the same seed, and leaves the side of TWS as it was', () => {
    const play = (schwabAccounts: number): Market => {
      const played = createMarket({ seed: 7, schwabAccounts, now: () => NOW });
      for (let step = 0; step < 100; step += 1) {
        played.trade();
        played.tick();
      }
      return played;
    };
    assert.deepEqual(play(3).ledger(), play(3).ledger());
    assert.deepEqual(play(0).ledger().ibkr, play(3).ledger().ibkr);
  });

  it('opens with a debt on margin, a covered call in cash, and an account without any position', () => {
    const [margin, cash, savings] = market.ledger().schwab.accounts;
    assert.ok(margin && cash && savings);
    assert.deepEqual(
      [margin.type, cash.type, margin.cash, savings.positions.length],
      ['MARGIN', 'CASH', 0, 0],
    );
    assert.ok(margin.marginBalance < 0 && cash.moneyMarket > 0);
    const held = new Map(cash.positions.map(({ symbol, quantity }) => [symbol, quantity]));
    assert.equal(held.get('AAPL  270115C00250000'), -1);
    assert.ok((held.get('AAPL') ?? 0) >= 100);
    assert.ok(!Number.isInteger(held.get('QQQ')), 'fractions');
    assert.deepEqual(
      new Set(cash.positions.map(({ assetType }) => assetType)),
      new Set(['EQUITY', 'OPTION', 'COLLECTIVE_INVESTMENT', 'MUTUAL_FUND', 'CASH_EQUIVALENT']),
    );
  });

  it('opens with every kind of order that there is', () => {
    const { orders } = accountOf(market, MARGIN);
    assert.deepEqual(
      new Set(orders.map(({ status }) => status)),
      new Set(
        'WORKING FILLED REPLACED CANCELED REJECTED PENDING_ACTIVATION AWAITING_PARENT_ORDER'.split(' '),
      ),
    );
    const sixtyDaysAgo = new Date(NOW - 60 * 86_400_000).toISOString();
    assert.ok(
      orders.some(
        ({ status, duration, enteredTime }) =>
          status === 'WORKING' && duration === 'GOOD_TILL_CANCEL' && enteredTime < sixtyDaysAgo,
      ),
    );
  });

  it('keeps hash values, 64 upper-case hex digits, whatever the seed', () => {
    const hashes = (seed: number): readonly string[] =>
      createMarket({ seed })
        .ledger()
        .schwab.accounts.map(({ hashValue }) => hashValue);
    assert.deepEqual(hashes(1), hashes(2));
    for (const hash of hashes(1)) assert.match(hash, /^[0-9A-F]{64}$/);
  });

  it('moves with the prices of the market', () => {
    const before = accountOf(market, MARGIN);
    const aapl = before.positions.find(({ symbol }) => symbol === 'AAPL');
    assert.ok(aapl);
    market.setPrice(265598, aapl.marketPrice + 1);
    const after = accountOf(market, MARGIN);
    assert.equal(cents(after.netLiquidation - before.netLiquidation), cents(aapl.quantity));
    assert.equal(cents(after.dayPnl - before.dayPnl), cents(aapl.quantity));
  });

  it('counts neither a deposit nor a transfer as a profit of the day, but a dividend', () => {
    const before = accountOf(market, SAVINGS);
    market.schwab.depositCash(SAVINGS, 1000);
    market.schwab.transferIn(SAVINGS, { symbol: 'MSFT', quantity: 3 });
    const after = accountOf(market, SAVINGS);
    assert.equal(after.dayPnl, before.dayPnl);
    assert.equal(after.positions[0]?.dayPnl, 0);
    market.schwab.dividend(SAVINGS, 'MSFT', 7.5);
    assert.equal(accountOf(market, SAVINGS).dayPnl, cents(before.dayPnl + 7.5));
    market.schwab.withdraw(SAVINGS, 500);
    assert.equal(accountOf(market, SAVINGS).dayPnl, cents(before.dayPnl + 7.5));
  });

  it('fills in parts, and cancels what remains', () => {
    const { schwab } = market;
    const legs = [{ symbol: 'AMD', instruction: 'BUY', quantity: 10 }] as const;
    const orderId = schwab.placeOrder({ account: MARGIN, legs, orderType: 'LIMIT', price: 100 });
    schwab.fillOrder(orderId, 4);
    schwab.cancelOrder(orderId);
    const order = accountOf(market, MARGIN).orders.find((one) => one.orderId === orderId);
    assert.deepEqual([order?.status, order?.filled, order?.legs[0]?.averageFillPrice], ['CANCELED', 4, 100]);
    assert.throws(() => schwab.fillOrder(orderId), RangeError);
  });

  it('wakes the children of a filled order, and cancels the other when one of them fills', () => {
    const { schwab } = market;
    const trigger = accountOf(market, MARGIN).orders.find(({ legs }) => legs[0]?.symbol === 'IBM');
    assert.ok(trigger);
    schwab.fillOrder(trigger.orderId);
    const children = (): readonly string[] =>
      accountOf(market, MARGIN)
        .orders.filter(({ legs, orderId }) => legs[0]?.symbol === 'IBM' && orderId !== trigger.orderId)
        .map(({ status }) => status);
    assert.deepEqual(children(), ['WORKING', 'WORKING']);
    const [, first] = accountOf(market, MARGIN).orders.filter(({ legs }) => legs[0]?.symbol === 'IBM');
    schwab.fillOrder(first?.orderId ?? '');
    assert.deepEqual(children(), ['FILLED', 'CANCELED']);
  });

  it('cancels what waits for an order with the order', () => {
    const trigger = accountOf(market, CASH).orders.find(({ legs }) => legs[0]?.symbol === 'IBM');
    market.schwab.cancelOrder(trigger?.orderId ?? '');
    assert.deepEqual(
      accountOf(market, CASH)
        .orders.filter(({ legs }) => legs[0]?.symbol === 'IBM')
        .map(({ status }) => status),
      ['CANCELED', 'CANCELED', 'CANCELED'],
    );
  });

  it('keeps the cost of the day over night when it is told to, and forgets it with the next fill', () => {
    const { schwab } = market;
    const lineOf = () => {
      const found = schwab.lines(MARGIN).find(({ instrument }) => instrument.symbol === 'NVDA');
      assert.ok(found);
      return found;
    };
    const cost = lineOf().currentDayCost;
    schwab.startNewDay({ keepsDayCost: true });
    assert.equal(lineOf().previousQuantity, lineOf().quantity);
    assert.equal(lineOf().currentDayCost, cost);
    assert.equal(cents(lineOf().rawDayPnl + cost), 0);
    assert.equal(lineOf().dayPnl, 0);
    const legs = [{ symbol: 'NVDA', instruction: 'BUY', quantity: 1 }] as const;
    schwab.fillOrder(schwab.placeOrder({ account: MARGIN, legs }));
    assert.equal(lineOf().currentDayCost, lineOf().marketPrice);
  });

  it('lets day orders expire over night, and those good till cancelled live', () => {
    market.schwab.startNewDay();
    const { orders } = accountOf(market, CASH);
    assert.ok(orders.some(({ status }) => status === 'EXPIRED'));
    assert.deepEqual(
      orders.filter(({ status }) => status === 'WORKING').map(({ duration }) => duration),
      ['GOOD_TILL_CANCEL'],
    );
  });
});

describe('booking a trade at Schwab', () => {
  it('leaves nothing behind when all that was bought is sold, in whatever pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 99_999 }), { minLength: 1, maxLength: 8 }), (parts) => {
        const pieces = parts.map((part) => part / 10_000);
        const trades = [...pieces, ...pieces.toReversed().map((piece) => -piece)];
        const line = trades.reduce(
          (now, signed) => bookTrade(now, { signed, price: 10, multiplier: 1, fees: 0 }),
          EMPTY_LINE,
        );
        assert.deepEqual([line.quantity, line.averagePrice], [0, 0]);
      }),
    );
  });

  it('puts the fees into the average of a purchase, and takes them off that of a short sale', () => {
    const price = 2.78;
    const trade = { price, multiplier: 100, fees: 0.67 };
    assert.equal(bookTrade(EMPTY_LINE, { ...trade, signed: 1 }).averagePrice, 2.7867);
    const short = bookTrade(EMPTY_LINE, { ...trade, signed: -1 });
    assert.deepEqual([short.averagePrice, short.sidePrice], [2.7733, 2.78]);
  });

  it('writes option symbols in 21 characters', () => {
    const terms = { putCall: 'PUT', underlyingSymbol: 'META', strike: 510, expiry: '2025-01-31' } as const;
    assert.equal(osiSymbol(terms), 'META  250131P00510000');
  });
});
