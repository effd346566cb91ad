import { EMPTY_HOLDING } from './booking.js';
import type { Instrument } from './instrument.js';
import type { Prices } from './prices.js';
import type { Random } from './random.js';
import { cents, round } from './round.js';
import type { AccountState } from './state.js';
import { valueAccount } from './valuation.js';

export interface OpeningBell {
  readonly prices: Prices;
  readonly random: Random;
  readonly accounts: number;
  readonly positions: number;
}

/** The accounts as they stand before the first trade. */
export const openAccounts = ({
  prices,
  random,
  accounts,
  positions,
}: OpeningBell): readonly AccountState[] => {
  const held = [...prices.instruments.values()].slice(0, positions);
  return Array.from({ length: accounts }, (_, index) => {
    const state = emptyAccount(index, random);
    for (const instrument of held) giveLine(state, instrument, { prices, random });
    return markPreviousClose(prices, state);
  });
};

const emptyAccount = (index: number, random: Random): AccountState => {
  const baseCurrency = index % 3 === 2 ? 'EUR' : 'USD';
  return {
    account: `DU${1_000_001 + index}`,
    baseCurrency,
    reportsSettledCash: index % 3 === 1,
    dayTradesRemaining: index % 3 === 1 ? 3 : -1,
    cash: new Map([
      ['USD', cents(200_000 + random.next() * 100_000)],
      ['EUR', cents(20_000 + random.next() * 10_000)],
    ]),
    accrued: new Map([[baseCurrency, cents(5 + random.next() * 50)]]),
    holdings: new Map(),
    openings: new Map(),
    orders: new Map(),
    executions: [],
    transferredToday: 0,
    previousNetLiquidation: 0,
    nextMargin: null,
    ready: true,
  };
};

const giveLine = (
  state: AccountState,
  instrument: Instrument,
  { prices, random }: { readonly prices: Prices; readonly random: Random },
): void => {
  const price = prices.last(instrument.conId);
  const holding = {
    ...EMPTY_HOLDING,
    quantity: startQuantity(instrument, random),
    averageCost: round(price * instrument.multiplier * (0.85 + random.next() * 0.25), 7),
  };
  state.holdings.set(instrument.conId, holding);
  state.openings.set(instrument.conId, {
    holding,
    price: round(price * (0.99 + random.next() * 0.02), instrument.priceDigits),
  });
};

// TSLA is the one that is always short.
const startQuantity = ({ secType, symbol }: Instrument, random: Random): number => {
  switch (secType) {
    case 'STK':
      return random.integer(20, 120) * (symbol === 'TSLA' ? -1 : 1);
    case 'OPT':
      return random.integer(1, 5);
    case 'FUT':
      return random.integer(1, 2);
    case 'CASH':
      return random.integer(5, 20) * 1000;
  }
};

/** Yesterday's net liquidation is today's without what the lines have earned since their closing prices. */
export const markPreviousClose = (prices: Prices, state: AccountState): AccountState => {
  const { lines, balances } = valueAccount(prices, state);
  const earned = lines
    .filter(({ secType }) => secType !== 'CASH')
    .reduce((sum, { dailyPnl, currency }) => sum + dailyPnl * prices.rate(currency, state.baseCurrency), 0);
  state.previousNetLiquidation = cents(balances.netLiquidation - earned);
  return state;
};
