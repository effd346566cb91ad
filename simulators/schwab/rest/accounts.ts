import { cents } from '../../market/round.js';
import type { SchwabBook } from '../book/book.js';
import type { AccountState, Terms } from '../book/state.js';
import type { ValuedLine } from '../book/valuation.js';
import { accountInstrument } from './instruments.js';

/** One element of `GET /accounts`, or all of `GET /accounts/{hash}`. */
export const accountJson = (book: SchwabBook, state: AccountState, withPositions: boolean): object => {
  const lines = book.lines(state.accountNumber);
  const terms = book.terms(state.accountNumber);
  // Without a position the key is missing, as if it had not been asked for.
  const positions =
    withPositions && lines.length > 0 ? { positions: lines.map((line) => positionJson(line, state)) } : {};
  const balances = state.type === 'MARGIN' ? marginBalances(terms, state) : cashBalances(terms, state);
  const account = {
    securitiesAccount: {
      type: state.type,
      accountNumber: state.accountNumber,
      roundTrips: 0,
      isDayTrader: false,
      isClosingOnlyRestricted: false,
      pfcbFlag: false,
      ...positions,
      ...balances,
    },
  };
  if (state.aggregateGap === null) return account;
  const liquidationValue = cents(terms.liquidationValue + state.aggregateGap);
  return {
    ...account,
    aggregatedBalance: { currentLiquidationValue: liquidationValue, liquidationValue },
  };
};

const positionJson = (line: ValuedLine, { shortWithoutAverage }: AccountState): object => {
  const { instrument, quantity, previousQuantity, marketValue } = line;
  const isShort = quantity < 0;
  const held = Math.abs(quantity);
  const before = Math.max(0, isShort ? -previousQuantity : previousQuantity);
  const side = isShort ? 'Short' : 'Long';
  const other = isShort ? 'Long' : 'Short';
  const own = {
    [`average${side}Price`]: line.sidePrice,
    [`taxLotAverage${side}Price`]: line.averagePrice,
    [`${side.toLowerCase()}OpenProfitLoss`]: line.unrealizedPnl,
    [`previousSession${side}Quantity`]: before,
    // Turned round today: without this the day's profit would not add up.
    ...(previousQuantity !== 0 && before === 0
      ? { [`previousSession${other}Quantity`]: Math.abs(previousQuantity) }
      : {}),
  };
  return {
    shortQuantity: isShort ? held : 0,
    averagePrice: line.averagePrice,
    currentDayProfitLoss: line.rawDayPnl,
    currentDayProfitLossPercentage: percentage(line),
    longQuantity: isShort ? 0 : held,
    settledLongQuantity: isShort ? 0 : before,
    settledShortQuantity: isShort ? -before : 0,
    instrument: accountInstrument(line),
    marketValue,
    maintenanceRequirement: requirement(line),
    ...(isShort && shortWithoutAverage.has(instrument.symbol) ? {} : own),
    ...(instrument.assetType === 'MUTUAL_FUND'
      ? { agedQuantity: held }
      : { currentDayCost: line.currentDayCost }),
  };
};

const percentage = ({ marketValue, rawDayPnl }: ValuedLine): number | null => {
  const base = Math.abs(marketValue - rawDayPnl);
  return base === 0 ? null : cents((rawDayPnl / base) * 100);
};

// A third of what stocks are worth, all of what options written could cost: only its relations are meant to be right.
const requirement = ({ instrument, marketValue }: ValuedLine): number => {
  if (instrument.assetType === 'OPTION') return marketValue < 0 ? cents(-marketValue * 2) : 0;
  return instrument.assetType === 'CASH_EQUIVALENT' ? 0 : cents(Math.abs(marketValue) * 0.3);
};

const common = (terms: Terms): object => ({
  accruedInterest: 0,
  cashBalance: terms.cashBalance,
  cashReceipts: 0,
  longOptionMarketValue: terms.longOptionMarketValue,
  liquidationValue: terms.liquidationValue,
  longMarketValue: terms.longMarketValue,
  moneyMarketFund: terms.moneyMarketFund,
  savings: 0,
  shortMarketValue: terms.shortMarketValue,
  pendingDeposits: 0,
  mutualFundValue: 0,
  bondValue: 0,
  shortOptionMarketValue: terms.shortOptionMarketValue,
});

const marginBalances = (terms: Terms, { initial, isInCall }: AccountState): object => {
  const { availableFunds, buyingPower, equity, maintenanceRequirement } = marginOf(terms);
  return {
    initialBalances: initialMargin(initial),
    currentBalances: {
      ...common(terms),
      availableFunds,
      availableFundsNonMarginableTrade: availableFunds,
      buyingPower,
      buyingPowerNonMarginableTrade: Math.max(0, availableFunds),
      dayTradingBuyingPower: 0,
      equity,
      equityPercentage: equityPercentage(terms, equity),
      longMarginValue: terms.longMarketValue,
      maintenanceCall: 0,
      maintenanceRequirement,
      marginBalance: terms.marginBalance,
      regTCall: 0,
      shortBalance: 0,
      shortMarginValue: 0,
      sma: availableFunds,
    },
    projectedBalances: {
      availableFunds,
      availableFundsNonMarginableTrade: availableFunds,
      buyingPower,
      dayTradingBuyingPower: 0,
      dayTradingBuyingPowerCall: 0,
      maintenanceCall: 0,
      regTCall: 0,
      isInCall,
      stockBuyingPower: buyingPower,
    },
  };
};

/** Rules of thumb, but for one: equity is the liquidation value without options. */
const marginOf = (terms: Terms) => {
  const equity = cents(terms.liquidationValue - terms.longOptionMarketValue - terms.shortOptionMarketValue);
  const maintenanceRequirement = cents(terms.longMarketValue * 0.3 - terms.shortOptionMarketValue * 2);
  const availableFunds = cents(equity - maintenanceRequirement);
  return {
    equity,
    maintenanceRequirement,
    availableFunds,
    buyingPower: cents(Math.max(0, availableFunds) * 2),
  };
};

const equityPercentage = ({ longMarketValue }: Terms, equity: number): number =>
  longMarketValue === 0 ? 0 : cents((equity / longMarketValue) * 100);

const openingOf = (initial: Terms): object => ({
  accruedInterest: 0,
  cashBalance: initial.cashBalance,
  cashReceipts: 0,
  liquidationValue: initial.liquidationValue,
  longOptionMarketValue: initial.longOptionMarketValue,
  longStockValue: initial.longMarketValue,
  moneyMarketFund: initial.moneyMarketFund,
  shortOptionMarketValue: initial.shortOptionMarketValue,
  // Garbage: short options, in every real answer.
  shortStockValue: initial.shortOptionMarketValue,
  isInCall: false,
  pendingDeposits: 0,
  accountValue: initial.liquidationValue,
});

const initialMargin = (initial: Terms): object => {
  const { availableFunds, buyingPower, equity, maintenanceRequirement } = marginOf(initial);
  const free = Math.max(0, availableFunds);
  return {
    ...openingOf(initial),
    availableFundsNonMarginableTrade: Math.trunc(free),
    // Garbage in every real answer: the opening's free money in whole dollars, and four times the exact sum.
    mutualFundValue: Math.trunc(free),
    bondValue: cents(free * 4),
    buyingPower,
    cashAvailableForTrading: 0,
    dayTradingBuyingPower: buyingPower,
    dayTradingBuyingPowerCall: 0,
    dayTradingEquityCall: 0,
    equity,
    equityPercentage: equityPercentage(initial, equity),
    longMarginValue: initial.longMarketValue,
    maintenanceCall: 0,
    maintenanceRequirement: Math.trunc(maintenanceRequirement),
    margin: cents(initial.cashBalance + initial.marginBalance),
    marginEquity: equity,
    regTCall: 0,
    shortMarginValue: initial.shortMarketValue,
    totalCash: 0,
    marginBalance: initial.marginBalance,
    shortBalance: 0,
  };
};

const cashBalances = (terms: Terms, { initial }: AccountState): object => ({
  initialBalances: {
    ...openingOf(initial),
    cashAvailableForTrading: initial.cashBalance,
    cashAvailableForWithdrawal: initial.cashBalance,
    // Garbage in every real answer: the opening's cash.
    mutualFundValue: initial.cashBalance,
    bondValue: 0,
    unsettledCash: 0,
    cashDebitCallValue: 0,
  },
  currentBalances: {
    ...common(terms),
    cashAvailableForTrading: terms.cashBalance,
    cashAvailableForWithdrawal: terms.cashBalance,
    cashCall: 0,
    longNonMarginableMarketValue: terms.cashBalance,
    totalCash: terms.cashBalance,
    cashDebitCallValue: 0,
    unsettledCash: 0,
  },
  projectedBalances: {
    cashAvailableForTrading: terms.cashBalance,
    cashAvailableForWithdrawal: terms.cashBalance,
  },
});
