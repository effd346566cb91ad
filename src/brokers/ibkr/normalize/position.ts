import { cleanExact, cleanMoney } from '../../../domain/clean-number.js';
import type { Instrument } from '../../../domain/instrument.js';
import type { Position } from '../../../domain/position.js';
import type { PnlSingleRow, PortfolioRow, PositionRow } from '../wire.js';
import { multiplierOf } from './instrument.js';

/** What a position is made of; all but the multiplier and the quantity may be unknown. */
export type ValuedRow = Pick<
  PortfolioRow,
  | 'quantity'
  | 'multiplier'
  | 'currency'
  | 'averageCost'
  | 'marketPrice'
  | 'marketValue'
  | 'unrealizedPnl'
  | 'realizedPnl'
>;

/** What is known of one position; each of the three messages may be missing. */
export interface PositionRows {
  /** `updatePortfolio`: has prices and values, of the one account that is subscribed. */
  readonly portfolio: ValuedRow | null;
  /** `position`: quantity and cost of all accounts, at once. */
  readonly position: Pick<PositionRow, 'quantity' | 'averageCost' | 'multiplier' | 'currency'> | null;
  /** Its `value` is in a currency that no page names, so only the day's P&L is taken from it. */
  readonly pnl: PnlSingleRow | null;
}

export interface PositionContext {
  readonly key: string;
  readonly instrument: Instrument;
  /** Base currency for one unit of the position's currency. */
  readonly exchangeRate: number | null;
  readonly netLiquidation: number | null;
}

/**
 * One position; null when no message names a quantity other than 0.
 *
 * TWS's average cost contains multiplier and commission (GC filled at 1477.3 shows 147 732.37). Where the
 * quantity of `position` is newer than the portfolio row, the row's value belongs to another quantity and is
 * not shown; its price is.
 */
export function positionOf(rows: PositionRows, context: PositionContext): Position | null {
  const source = rows.position ?? rows.portfolio;
  const quantity = source?.quantity ?? null;
  if (source === null || quantity === null || quantity === 0) return null;
  const multiplier = multiplierOf(source);
  const { averageCost, currency } = source;
  const valued = rows.portfolio !== null && rows.portfolio.quantity === quantity ? rows.portfolio : null;
  const dayPnl = rows.pnl !== null && rows.pnl.quantity === quantity ? rows.pnl : null;
  const marketValue = valued?.marketValue ?? null;
  const marketValueBase = times(marketValue, context.exchangeRate);
  return {
    key: context.key,
    instrument: context.instrument,
    quantity,
    averagePrice: averageCost === null ? null : cleanExact(averageCost / multiplier),
    averageCost,
    costBasis: times(averageCost, quantity),
    marketPrice: rows.portfolio?.marketPrice ?? null,
    marketValue,
    marketValueBase,
    unrealizedPnl: valued?.unrealizedPnl ?? null,
    realizedPnl: valued?.realizedPnl ?? null,
    dayPnl: dayPnl?.dayPnl ?? null,
    currency,
    portfolioPercent: percent(marketValueBase, context.netLiquidation),
    cashEquivalent: context.instrument.assetClass === 'cash_equivalent',
  };
}

function times(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : cleanMoney(a * b);
}

function percent(value: number | null, whole: number | null): number | null {
  return value === null || whole === null || whole === 0 ? null : cleanMoney((100 * value) / whole);
}
