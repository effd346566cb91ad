import { cents } from '../../market/round.js';
import type { SchwabInstrument } from './instruments.js';
import type { AccountState, LineState, Terms } from './state.js';

/** One line at a price; money in USD. */
export interface ValuedLine extends LineState {
  readonly instrument: SchwabInstrument;
  readonly marketPrice: number;
  readonly marketValue: number;
  /** marketValue − previous quantity × previous close − currentDayCost, with the dust of binary fractions. */
  readonly rawDayPnl: number;
  /** The same with the cost that belongs to today only. */
  readonly dayPnl: number;
  /** As longOpenProfitLoss, to the cent. */
  readonly unrealizedPnl: number;
  readonly currentDayCost: number;
}

export const valueLine = (instrument: SchwabInstrument, line: LineState, marketPrice: number): ValuedLine => {
  const { multiplier } = instrument;
  const marketValue = cents(line.quantity * marketPrice * multiplier);
  const atTheClose = line.previousQuantity * line.previousClose * multiplier;
  const currentDayCost = cents(line.paidToday + line.keptCost);
  return {
    ...line,
    instrument,
    marketPrice,
    marketValue,
    rawDayPnl: marketValue - atTheClose - currentDayCost,
    dayPnl: cents(marketValue - atTheClose - line.paidToday),
    unrealizedPnl: cents(marketValue - line.averagePrice * line.quantity * multiplier),
    currentDayCost,
  };
};

interface Valued {
  readonly instrument: SchwabInstrument;
  readonly marketValue: number;
}

const sumWhere = (lines: readonly Valued[], belongs: (line: Valued) => boolean): number =>
  cents(lines.filter(belongs).reduce((sum, { marketValue }) => sum + marketValue, 0));

const isOption = ({ instrument }: Valued): boolean => instrument.assetType === 'OPTION';
const isMoney = ({ instrument }: Valued): boolean => instrument.assetType === 'CASH_EQUIVALENT';
const isSecurity = (line: Valued): boolean => !isOption(line) && !isMoney(line);

/** A margin account that has borrowed shows its debt as marginBalance and no cash at all. */
export const termsOf = (
  { type, cash }: Pick<AccountState, 'type' | 'cash'>,
  lines: readonly Valued[],
): Terms => {
  const borrows = type === 'MARGIN' && cash < 0;
  const terms = {
    cashBalance: borrows ? 0 : cash,
    moneyMarketFund: sumWhere(lines, isMoney),
    marginBalance: borrows ? cash : 0,
    longMarketValue: sumWhere(lines, (line) => isSecurity(line) && line.marketValue > 0),
    longOptionMarketValue: sumWhere(lines, (line) => isOption(line) && line.marketValue > 0),
    shortMarketValue: sumWhere(lines, (line) => isSecurity(line) && line.marketValue < 0),
    shortOptionMarketValue: sumWhere(lines, (line) => isOption(line) && line.marketValue < 0),
  };
  return { ...terms, liquidationValue: cents(Object.values(terms).reduce((sum, term) => sum + term, 0)) };
};

/** The terms as they stood at the last close: yesterday's lines at yesterday's prices. */
export const termsAtClose = (
  account: Pick<AccountState, 'type' | 'cash'>,
  lines: readonly { readonly instrument: SchwabInstrument; readonly line: LineState }[],
): Terms =>
  termsOf(
    account,
    lines.map(({ instrument, line }) => ({
      instrument,
      marketValue: cents(line.previousQuantity * line.previousClose * instrument.multiplier),
    })),
  );
