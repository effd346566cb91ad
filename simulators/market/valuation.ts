import { EMPTY_HOLDING, type Holding } from './booking.js';
import { countsInNetLiquidation } from './instrument.js';
import type { CurrencyLedger, LedgerBalances, LedgerPosition } from './ledger.js';
import type { Prices } from './prices.js';
import { cents, round } from './round.js';
import type { AccountState, Opening } from './state.js';

/** One line at the last price. */
export const valuePosition = (
  prices: Prices,
  conId: number,
  line: { readonly holding: Holding; readonly opening: Opening | undefined },
): LedgerPosition => {
  const { symbol, secType, currency, multiplier, strike, right, expiry } = prices.instrument(conId);
  const { quantity, averageCost, realizedPnl, paidToday } = line.holding;
  const marketPrice = prices.last(conId);
  const marketValue = cents(quantity * marketPrice * multiplier);
  const atTheClose = (line.opening?.holding.quantity ?? 0) * (line.opening?.price ?? 0) * multiplier;
  return {
    conId,
    symbol,
    secType,
    currency,
    multiplier,
    strike,
    right,
    expiry,
    quantity,
    averageCost: round(averageCost, 7),
    marketPrice,
    marketValue,
    unrealizedPnl: cents(marketValue - averageCost * quantity),
    realizedPnl,
    dailyPnl: cents(marketValue - atTheClose - paidToday),
  };
};

/** Every line of the account, closed ones included, and the balances that follow from them. */
export const valueAccount = (
  prices: Prices,
  state: AccountState,
): { readonly lines: readonly LedgerPosition[]; readonly balances: LedgerBalances } => {
  const lines = [...state.holdings].map(([conId, holding]) =>
    valuePosition(prices, conId, { holding, opening: state.openings.get(conId) }),
  );
  return {
    lines,
    balances: balancesOf(
      state,
      currencyLedgers(prices, state, lines),
      lines.map((line) => inBase(prices, state, line)),
    ),
  };
};

interface BaseLine {
  readonly secType: LedgerPosition['secType'];
  readonly quantity: number;
  readonly counts: boolean;
  readonly value: number;
}

const inBase = (prices: Prices, state: AccountState, line: LedgerPosition): BaseLine => ({
  secType: line.secType,
  quantity: line.quantity,
  counts: countsInNetLiquidation(prices.instrument(line.conId)),
  value: line.marketValue * prices.rate(line.currency, state.baseCurrency),
});

const sumOf = <T>(items: readonly T[], amount: (item: T) => number): number =>
  items.reduce((sum, item) => sum + amount(item), 0);

const currencyLedgers = (
  prices: Prices,
  state: AccountState,
  lines: readonly LedgerPosition[],
): readonly CurrencyLedger[] => {
  const currencies = new Set([...state.cash.keys(), ...lines.map(({ currency }) => currency)]);
  return [...currencies].toSorted().map((currency) => {
    const own = lines.filter((line) => line.currency === currency);
    const of = (secType: LedgerPosition['secType']): readonly LedgerPosition[] =>
      own.filter((line) => line.secType === secType);
    const futuresPnl = cents(sumOf(of('FUT'), ({ unrealizedPnl }) => unrealizedPnl));
    // A forex row only repeats what the cash of both currencies already shows.
    const earning = own.filter(({ secType }) => secType !== 'CASH');
    return {
      currency,
      cash: cents((state.cash.get(currency) ?? 0) + futuresPnl),
      exchangeRate: prices.rate(currency, state.baseCurrency),
      accruedInterest: state.accrued.get(currency) ?? 0,
      stockValue: cents(sumOf(of('STK'), ({ marketValue }) => marketValue)),
      optionValue: cents(sumOf(of('OPT'), ({ marketValue }) => marketValue)),
      futuresPnl,
      unrealizedPnl: cents(sumOf(earning, ({ unrealizedPnl }) => unrealizedPnl)),
      realizedPnl: cents(sumOf(earning, ({ realizedPnl }) => realizedPnl)),
    };
  });
};

// Margin figures are rules of thumb (Reg T style); only their relations to each other are meant to be right.
const balancesOf = (
  state: AccountState,
  ledger: readonly CurrencyLedger[],
  lines: readonly BaseLine[],
): LedgerBalances => {
  const inTotal = (amount: (entry: CurrencyLedger) => number): number =>
    cents(sumOf(ledger, (entry) => amount(entry) * entry.exchangeRate));
  const totalCash = inTotal(({ cash }) => cash);
  const accruedInterest = inTotal(({ accruedInterest: accrued }) => accrued);
  const counted = lines.filter(({ counts }) => counts);
  const netLiquidation = cents(totalCash + sumOf(counted, ({ value }) => value) + accruedInterest);
  const stocks = counted.filter(({ secType }) => secType === 'STK');
  const contracts = sumOf(
    lines.filter(({ secType }) => secType === 'FUT'),
    ({ quantity }) => Math.abs(quantity),
  );
  const stockRisk = sumOf(stocks, ({ value }) => Math.abs(value));
  const equityWithLoan = cents(totalCash + sumOf(stocks, ({ value }) => value));
  const initialMargin = cents(stockRisk * 0.5 + contracts * 15_000);
  const maintenanceMargin = cents(stockRisk * 0.25 + contracts * 13_500);
  const availableFunds = cents(equityWithLoan - initialMargin);
  const excessLiquidity = cents(equityWithLoan - maintenanceMargin);
  const grossPositionValue = cents(sumOf(counted, ({ value }) => Math.abs(value)));
  return {
    netLiquidation,
    totalCash,
    settledCash: state.reportsSettledCash ? totalCash : null,
    buyingPower: cents(Math.max(0, availableFunds) * 4),
    availableFunds,
    excessLiquidity,
    equityWithLoan,
    initialMargin,
    maintenanceMargin,
    lookAhead: lookAhead(state, { equityWithLoan, initialMargin, maintenanceMargin }),
    cushion: netLiquidation === 0 ? 0 : round(excessLiquidity / netLiquidation, 6),
    grossPositionValue,
    accruedInterest,
    unrealizedPnl: inTotal(({ unrealizedPnl }) => unrealizedPnl),
    realizedPnl: inTotal(({ realizedPnl }) => realizedPnl),
    dayPnl: cents(netLiquidation - state.previousNetLiquidation - state.transferredToday),
    dayTradesRemaining: state.dayTradesRemaining,
    leverage: netLiquidation === 0 ? 0 : cents(grossPositionValue / netLiquidation),
    ledger,
  };
};

const lookAhead = (
  { nextMargin }: AccountState,
  { equityWithLoan, ...now }: Pick<LedgerBalances, 'equityWithLoan' | 'initialMargin' | 'maintenanceMargin'>,
): LedgerBalances['lookAhead'] => {
  const factor = nextMargin?.factor ?? 1;
  const initialMargin = cents(now.initialMargin * factor);
  const maintenanceMargin = cents(now.maintenanceMargin * factor);
  return {
    initialMargin,
    maintenanceMargin,
    availableFunds: cents(equityWithLoan - initialMargin),
    excessLiquidity: cents(equityWithLoan - maintenanceMargin),
    at: nextMargin === null ? null : new Date(Math.floor(nextMargin.at / 1000) * 1000).toISOString(),
  };
};

export const lineOf = (state: AccountState, conId: number): Holding =>
  state.holdings.get(conId) ?? EMPTY_HOLDING;
