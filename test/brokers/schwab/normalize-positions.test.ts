import assert from 'node:assert/strict';
import type { Position } from '../../../src/domain/position.js';
import { readAccounts } from '../../../src/brokers/schwab/normalize/accounts.js';
import {
  cashAccount,
  cashBalances,
  marginAccount,
  marginBalances,
  shortPutRow,
  stockRow,
  type Row,
} from '../../support/schwab-payloads.js';

function read(positions: unknown, current: Row = marginBalances()) {
  const [account] = readAccounts(marginAccount({ positions, currentBalances: current }), () => 0).accounts;
  assert.ok(account);
  return { positions: account.positions, codes: account.issues.map(({ code }) => code) };
}

function one(row: Row, current?: Row): Position {
  const [position, ...others] = read([row], current).positions ?? [];
  assert.ok(position);
  assert.equal(others.length, 0);
  return position;
}

const NOTHING_HELD = marginBalances({ longMarketValue: 0, shortOptionMarketValue: 0, liquidationValue: 0 });

const instrument = (given: Row): Row => stockRow({ instrument: { symbol: 'ABC', ...given } });
const put = (symbol: string, given: Row = {}): Row =>
  shortPutRow({ instrument: { assetType: 'OPTION', symbol, putCall: 'PUT', ...given } });

describe('positions of Schwab', () => {
  it('are what is held, what it cost and what it is worth', () => {
    assert.deepEqual(one(stockRow()), {
      key: 'equity-abc',
      instrument: {
        key: 'equity-abc',
        symbol: 'ABC',
        assetClass: 'stock',
        conId: null,
        cusip: '000000001',
        isin: null,
        figi: null,
        sedol: null,
        occSymbol: null,
        underlying: null,
        expiry: null,
        strike: null,
        right: null,
        multiplier: 1,
        exchange: null,
        currency: 'USD',
        description: null,
      },
      quantity: 10,
      averagePrice: 20,
      averageCost: 20,
      costBasis: 200,
      marketPrice: 21,
      marketValue: 210,
      marketValueBase: 210,
      unrealizedPnl: 10,
      realizedPnl: null,
      dayPnl: 5,
      currency: 'USD',
      // 210 of 1420
      portfolioPercent: 14.7887323944,
      cashEquivalent: false,
    });
  });

  it('that are short have negative quantity, value and cost, and prices above 0', () => {
    const { instrument: option, ...position } = one(shortPutRow());
    assert.deepEqual(
      [position.quantity, position.averagePrice, position.averageCost, position.costBasis],
      [-2, 1.5, 150, -300],
    );
    assert.deepEqual(
      [position.marketPrice, position.marketValue, position.unrealizedPnl, position.dayPnl],
      [1.25, -250, 50, 20],
    );
    assert.deepEqual(
      [option.key, option.assetClass, option.multiplier, option.occSymbol],
      ['abc___260619p00025000', 'option', 100, 'ABC   260619P00025000'],
    );
    assert.deepEqual(
      [option.underlying, option.expiry, option.strike, option.right],
      ['ABC', '2026-06-19', 25, 'put'],
    );
  });

  it('have their open result computed where Schwab leaves it out, as it does on some short options', () => {
    const bare = shortPutRow({ shortOpenProfitLoss: null, previousSessionShortQuantity: undefined });
    assert.equal(one(bare).unrealizedPnl, 50);
    assert.equal(one(stockRow({ longOpenProfitLoss: null })).unrealizedPnl, 10);
  });

  it('have their cost computed from the open result where the average price is missing', () => {
    const { averageCost, averagePrice, costBasis } = one(stockRow({ averagePrice: null }));
    assert.deepEqual([averagePrice, averageCost, costBasis], [null, null, 200]);
  });

  it('have no dust of an average price with many digits in their open result', () => {
    const row = stockRow({ longQuantity: 90, averagePrice: 98.7083333333, marketValue: 8410.5, longOpenProfitLoss: -473.249999997 }); // prettier-ignore
    assert.equal(one(row).unrealizedPnl, -473.25);
  });

  it('may be fractions, and texts that are numbers', () => {
    const { marketPrice, quantity } = one(stockRow({ longQuantity: '0.1234', marketValue: '2.5914' }));
    assert.deepEqual([quantity, marketPrice], [0.1234, 21]);
  });

  it('are absent when nothing is left of them', () => {
    assert.deepEqual(
      read([stockRow({ longQuantity: 0, marketValue: 0 }), shortPutRow()]).positions?.length,
      1,
    );
  });

  it('do not vanish because the quantity of one side is missing', () => {
    assert.equal(read([stockRow({ longQuantity: null }), shortPutRow()]).positions, null);
    assert.equal(read([stockRow({ longQuantity: 'many' }), shortPutRow()]).positions, null);
    assert.equal(read([shortPutRow({ shortQuantity: null })]).positions, null);
    assert.equal(one(stockRow({ shortQuantity: null })).quantity, 10);
    assert.equal(one(shortPutRow({ longQuantity: undefined })).quantity, -2);
  });

  it('do not change sides because a quantity has the wrong sign', () => {
    assert.equal(read([shortPutRow({ shortQuantity: -2 })]).positions, null);
    assert.equal(read([stockRow({ longQuantity: -10 })]).positions, null);
  });

  it('are all kept as they were when one of them cannot be read', () => {
    for (const row of [null, 'x', {}, stockRow({ instrument: null }), instrument({ symbol: '' })]) {
      const { codes, positions } = read([shortPutRow(), row]);
      assert.equal(positions, null);
      assert.ok(codes.includes('BAD_RESPONSE'));
    }
  });
});

describe('a list of positions that is not there', () => {
  const empty = { longMarketValue: 0, shortOptionMarketValue: 0, liquidationValue: 1460 };

  it('means none where nothing is valued either', () => {
    for (const rows of [undefined, null, []])
      assert.deepEqual(read(rows, marginBalances(empty)), { positions: [], codes: [] });
  });

  it('is not believed where something is valued, also when long and short cancel out', () => {
    assert.deepEqual(read(undefined), { positions: null, codes: ['SUSPECT_EMPTY'] });
    const even = marginBalances({ longMarketValue: 250, liquidationValue: 1460 });
    assert.deepEqual(read([], even), { positions: null, codes: ['SUSPECT_EMPTY'] });
  });

  it('is not believed because what is valued is little beside a large account', () => {
    const rich = cashBalances({ cashBalance: 1_000_000, longMarketValue: 400, liquidationValue: 1_000_400 });
    const [account] = readAccounts(cashAccount({ positions: [], currentBalances: rich }), () => 0).accounts;
    assert.equal(account?.positions, null);
  });

  it('is not believed where the values are missing too', () => {
    for (const missing of [{ longMarketValue: null }, { liquidationValue: null }])
      assert.deepEqual(read([], marginBalances({ ...empty, ...missing })).codes, ['SUSPECT_EMPTY']);
  });

  it('makes the account unreadable when it is no list', () => {
    assert.deepEqual(readAccounts(marginAccount({ positions: {} }), () => 0).accounts, []);
  });
});

describe("positions and Schwab's value of them", () => {
  it('are marked where they differ by more than a dollar', () => {
    assert.deepEqual(read([stockRow(), shortPutRow()]).codes, []);
    assert.deepEqual(read([stockRow()]).codes, ['NAV_MISMATCH']);
  });

  it('are compared without money funds, which count as cash', () => {
    const fund = stockRow({
      longQuantity: 1000,
      averagePrice: 1,
      marketValue: 1000,
      longOpenProfitLoss: 0,
      instrument: { assetType: 'CASH_EQUIVALENT', symbol: 'MMDA1', type: 'MONEY_MARKET_FUND' },
    });
    const { codes, positions } = read([stockRow(), shortPutRow(), fund]);
    assert.deepEqual(codes, []);
    assert.equal(positions?.find(({ cashEquivalent }) => cashEquivalent)?.instrument.symbol, 'MMDA1');
  });
});

describe('instruments of Schwab', () => {
  it('have a class for each of its asset types, and ETFs are not missed', () => {
    for (const [assetType, assetClass, multiplier] of [
      ['EQUITY', 'stock', 1],
      ['COLLECTIVE_INVESTMENT', 'etf', 1],
      ['MUTUAL_FUND', 'mutual_fund', 1],
      ['CASH_EQUIVALENT', 'cash_equivalent', 1],
      ['CURRENCY', 'cash_equivalent', 1],
      ['FIXED_INCOME', 'bond', null],
      ['INDEX', 'index', null],
      ['FUTURE', 'future', null],
      ['FOREX', 'forex', null],
      ['PRODUCT', 'other', null],
    ] as const) {
      // A money fund alone, beside securities that are worth something, would be half a portfolio.
      const current = assetClass === 'cash_equivalent' ? NOTHING_HELD : undefined;
      const told = one(instrument({ assetType }), current).instrument;
      assert.deepEqual([told.assetClass, told.multiplier], [assetClass, multiplier], assetType);
    }
    const etf = one(instrument({ assetType: 'EQUITY', type: 'EXCHANGE_TRADED_FUND' }));
    assert.equal(etf.instrument.assetClass, 'etf');
  });

  it('of an unknown type are other, which is said once with the raw word', () => {
    for (const assetType of ['GOLD', 'constructor', '__proto__', 'toString']) {
      const { codes, positions } = read([instrument({ assetType }), instrument({ assetType, symbol: 'D' })]);
      assert.equal(positions?.[0]?.instrument.assetClass, 'other');
      assert.equal(codes.filter((code) => code === 'UNKNOWN_ENUM').length, 1);
    }
  });

  it('have keys that are safe in a topic', () => {
    assert.equal(one(instrument({ assetType: 'EQUITY', symbol: 'BRK/B #+' })).key, 'equity-brk_b___');
  });

  it('are the same option however its symbol is padded', () => {
    assert.equal(one(put('ABC 260619P00025000')).key, one(shortPutRow()).key);
  });

  it('that a corporate action adjusted have no multiplier, and no price or cost by it, unless it is told', () => {
    const { codes, positions } = read([put('ABC1  260619P00025000'), stockRow()]);
    const [adjusted] = positions ?? [];
    assert.ok(codes.includes('ADJUSTED_OPTION'));
    assert.deepEqual(
      [adjusted?.instrument.multiplier, adjusted?.averageCost, adjusted?.marketPrice],
      [null, null, null],
    );
    assert.deepEqual([adjusted?.marketValue, adjusted?.unrealizedPnl, adjusted?.costBasis], [-250, 50, -300]);
    assert.equal(adjusted?.instrument.underlying, null);
    const told = one(put('ABC1  260619P00025000', { optionDeliverables: [{ deliverableUnits: 150 }] }));
    assert.equal(told.instrument.multiplier, 150);
    assert.equal(one(put('ABC1  260619P00025000', { optionMultiplier: 10 })).averageCost, 15);
    for (const said of [{ optionMultiplier: 0 }, { optionDeliverables: [{ deliverableUnits: 0 }] }])
      assert.equal(one(put('ABC1  260619P00025000', said)).instrument.multiplier, null);
    const parts = [{ deliverableUnits: 100 }, { deliverableUnits: 10 }];
    assert.equal(
      one(put('ABC1  260619P00025000', { optionDeliverables: parts })).instrument.multiplier,
      null,
    );
  });

  it('of bonds have no cost by price, since they are quoted in percent of par', () => {
    const bond = one(
      stockRow({
        instrument: { assetType: 'FIXED_INCOME', symbol: '64034KEE7', maturityDate: '2026-07-10' },
        longQuantity: 100,
        averagePrice: 100,
        marketValue: 100_000,
        longOpenProfitLoss: 0,
      }),
    );
    assert.deepEqual(
      [bond.averageCost, bond.costBasis, bond.marketPrice, bond.instrument.expiry],
      [null, 100_000, null, '2026-07-10'],
    );
  });
});

describe('the result of the day of a position', () => {
  // Figures of UPRO, ADI, LUNR and U: public answers of real accounts.
  const bought = (given: Row): number | null => one(stockRow(given)).dayPnl;
  const UPRO = {
    longQuantity: 588,
    previousSessionLongQuantity: 588,
    marketValue: 51_891,
    currentDayCost: 39_191.67,
    currentDayProfitLoss: -39_462.15,
  };

  it('is not the loss that Schwab shows when it subtracts a purchase twice', () => {
    assert.equal(bought(UPRO), -270.48);
  });

  it('follows the change of price where the cost is small beside the position', () => {
    const ADI = {
      longQuantity: 28,
      previousSessionLongQuantity: 28,
      marketValue: 6_000,
      currentDayCost: 1_120.73,
      currentDayProfitLoss: -954.69,
      instrument: { assetType: 'EQUITY', symbol: 'ADI', netChange: 5.93 },
    };
    assert.equal(bought(ADI), 166.04);
    // A gain of a round trip: Schwab's own figure is right, and the price says so.
    assert.equal(bought({ ...ADI, currentDayProfitLoss: 166, currentDayCost: -30 }), 166);
    assert.equal(bought({ ...ADI, instrument: { assetType: 'EQUITY', symbol: 'ADI' } }), null);
  });

  it("is Schwab's own where the position was opened or added to today", () => {
    const LUNR = { longQuantity: 325, previousSessionLongQuantity: 0, marketValue: 2_533.38 };
    assert.equal(bought({ ...LUNR, currentDayCost: 2_517.5, currentDayProfitLoss: 15.88 }), 15.88);
    const U = { longQuantity: 90, previousSessionLongQuantity: 40, currentDayCost: 1_000 };
    assert.equal(bought({ ...U, currentDayProfitLoss: 12.5 }), 12.5);
  });

  it('is mended for what was sold short as well', () => {
    const sold = { currentDayCost: -300, currentDayProfitLoss: 320 };
    assert.equal(one(shortPutRow(sold)).dayPnl, 20);
  });

  it('is not known when the cost of the day is missing, but of funds, which have none', () => {
    assert.equal(bought({ ...UPRO, currentDayCost: null }), null);
    const fund = { assetType: 'MUTUAL_FUND', symbol: 'NHFIX' };
    assert.equal(bought({ currentDayCost: undefined, instrument: fund }), 5);
    assert.equal(bought({ currentDayCost: null, previousSessionLongQuantity: 3 }), 5);
  });

  it('follows the change of price where the quantity of the last session is missing', () => {
    assert.equal(bought({ ...UPRO, previousSessionLongQuantity: null, instrument: { assetType: 'EQUITY', symbol: 'UPRO', netChange: -0.46 } }), -270.48); // prettier-ignore
    assert.equal(
      bought({ ...UPRO, previousSessionLongQuantity: null, instrument: { symbol: 'UPRO' } }),
      null,
    );
  });

  it("is never taken from Schwab's percentage", () => {
    assert.equal(bought({ currentDayProfitLoss: null, currentDayProfitLossPercentage: 12_400 }), null);
  });
});
