import { createHash } from 'node:crypto';
import type { Random } from '../../market/random.js';
import { cents, round } from '../../market/round.js';
import type { TradingDesk } from './desk.js';
import { EMPTY_LINE } from './booking.js';
import { playHistory, playToday } from './history.js';
import { MONEY_FUND, MUTUAL_FUND } from './instruments.js';
import type { AccountState, Terms } from './state.js';

const NO_TERMS: Terms = {
  cashBalance: 0,
  moneyMarketFund: 0,
  marginBalance: 0,
  longMarketValue: 0,
  longOptionMarketValue: 0,
  shortMarketValue: 0,
  shortOptionMarketValue: 0,
  liquidationValue: 0,
};

// A leading zero is lost where the number travels as an integer (orders).
const NUMBERS = ['01234567', '52810394', '90417263'];

const NICK_NAMES = ['Trading', 'Retirement', 'Savings'];

/** Accounts without anything in them: a margin account, a cash account, one that only saves, and again. */
export const emptyAccounts = (count: number, random: Random): readonly AccountState[] =>
  Array.from({ length: count }, (_, index) => {
    const accountNumber = NUMBERS[index] ?? String(60_000_000 + index * 10_007);
    const suffix = index < 3 ? '' : ` ${Math.floor(index / 3) + 1}`;
    return {
      accountNumber,
      hashValue: createHash('sha256').update(`schwab ${accountNumber}`).digest('hex').toUpperCase(),
      type: index % 3 === 1 ? 'CASH' : 'MARGIN',
      nickName: `${NICK_NAMES[index % 3]}${suffix}`,
      trades: index % 3 !== 2,
      // Eight of nine real answers carry aggregatedBalance, and one of them differs (51434.86 against 50946.39).
      aggregateGap: index % 3 === 2 ? null : index % 3 === 0 ? cents(100 + random.next() * 500) : 0,
      shortWithoutAverage: new Set(index % 3 === 0 ? [CALL_FAR] : []),
      cash: 0,
      lines: new Map(),
      orders: [],
      transactions: [],
      unbooked: [],
      isInCall: false,
      transferredToday: 0,
      initial: NO_TERMS,
    };
  });

const CALL = 'AAPL  270115C00250000';
const CALL_FAR = 'AAPL  270115C00270000';
const PUT = 'AAPL  270115P00200000';
const PUT_FAR = 'AAPL  270115P00180000';

/** Fills the accounts as they stand after some months and before the first trade of the game. */
export const openingBell = (book: TradingDesk, states: readonly AccountState[], random: Random): void => {
  for (const [index, state] of states.entries()) {
    if (index % 3 === 0) openMargin(book, state, random);
    if (index % 3 === 1) openCash(book, state, random);
    if (index % 3 === 2) state.cash = cents(5_000 + random.next() * 20_000);
    book.roll(state, {
      closing: (instrument) =>
        instrument.symbol === MONEY_FUND
          ? 1
          : Math.max(0.01, round(book.price(instrument) * (0.99 + random.next() * 0.02), 2)),
    });
    if (state.trades) playToday(book, state);
  }
};

const openMargin = (book: TradingDesk, state: AccountState, random: Random): void => {
  const give = giver(book, state, random);
  give('AAPL', random.integer(20, 120));
  give('TSLA', random.integer(20, 60));
  give('SPY', random.integer(5, 40));
  give(PUT_FAR, random.integer(1, 4));
  give(PUT, -random.integer(1, 3));
  give(CALL_FAR, -random.integer(1, 2));
  playHistory(book, state);
  // Borrowed: the debt stands in marginBalance, and cashBalance reads 0.
  state.cash = -cents(1_000 + random.next() * 4_000);
};

const openCash = (book: TradingDesk, state: AccountState, random: Random): void => {
  const give = giver(book, state, random);
  give('AAPL', 100 + random.integer(1, 66));
  // Covered: one contract for at least 100 shares.
  give(CALL, -1);
  give('QQQ', round(5 + random.next() * 20, 4));
  give('MSFT', round(1 + random.next() * 9, 4));
  give(MUTUAL_FUND, round(50 + random.next() * 100, 3));
  give(MONEY_FUND, cents(4_000 + random.next() * 4_000));
  // Enough for what it bought; what is left is set below.
  state.cash = 50_000;
  playHistory(book, state);
  state.cash = cents(9_000 + random.next() * 9_000);
};

/** A line from long ago, bought or sold at another price. */
const giver =
  (book: TradingDesk, state: AccountState, random: Random) =>
  (symbol: string, quantity: number): void => {
    const instrument = book.instrument(symbol);
    const price = book.price(instrument);
    const isMoney = symbol === MONEY_FUND;
    const sidePrice = isMoney ? 1 : round(price * (0.8 + random.next() * 0.3), 4);
    const fees = instrument.assetType === 'OPTION' ? 0.0066 : 0;
    state.lines.set(symbol, {
      ...EMPTY_LINE,
      quantity,
      sidePrice,
      averagePrice: round(sidePrice + Math.sign(quantity) * fees, 10),
      previousQuantity: quantity,
      previousClose: price,
    });
  };
