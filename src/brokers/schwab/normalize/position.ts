import { cleanExact, cleanMoney } from '../../../domain/clean-number.js';
import type { Position } from '../../../domain/position.js';
import type { SchwabPosition } from '../schema/account.js';
import { dayPnl } from './day-pnl.js';
import { normalizeInstrument } from './instrument.js';
import type { Issues } from './issues.js';

const ONE_CENT = 0.01;

/** One row as a position; quantity 0 when nothing is held. `netLiquidation` in dollars, for its share of it. */
export function normalizePosition(
  row: SchwabPosition,
  netLiquidation: number | null,
  issues: Issues,
): Position | null {
  const quantity = quantityOf(row);
  if (quantity === null) return null;
  const instrument = normalizeInstrument(row.instrument, issues);
  const { multiplier } = instrument;
  const averagePrice = cleanExact(row.averagePrice);
  const averageCost = times(averagePrice, multiplier, cleanExact);
  const marketValue = cleanMoney(row.marketValue);
  const reported = cleanMoney(quantity < 0 ? row.shortOpenProfitLoss : row.longOpenProfitLoss);
  const costBasis = times(averageCost, quantity, cleanMoney) ?? difference(marketValue, reported);
  return {
    key: instrument.key,
    instrument,
    quantity,
    averagePrice,
    averageCost,
    costBasis,
    marketPrice: over(marketValue, times(quantity, multiplier, cleanExact)),
    marketValue,
    marketValueBase: marketValue,
    unrealizedPnl: unrealized(reported, difference(marketValue, costBasis)),
    realizedPnl: null,
    dayPnl: dayPnl(row, { quantity, multiplier }),
    currency: 'USD',
    portfolioPercent: percentOf(marketValue, netLiquidation),
    cashEquivalent: instrument.assetClass === 'cash_equivalent',
  };
}

/** One side that is missing, or below 0, is none only where the other holds something: else a position would vanish. */
function quantityOf({ longQuantity: long, shortQuantity: short }: SchwabPosition): number | null {
  if (long === null) return short === null || short === 0 ? null : cleanExact(-short);
  if (short === null) return long === 0 ? null : cleanExact(long);
  return cleanExact(long - short);
}

/** Schwab's figure carries the dust of its average price (−473.249999997); where ours says the same, it is ours. */
function unrealized(reported: number | null, computed: number | null): number | null {
  if (reported === null || computed === null) return reported ?? computed;
  return Math.abs(reported - computed) < ONE_CENT ? computed : reported;
}

function times(a: number | null, b: number | null, clean: (value: unknown) => number | null): number | null {
  return a === null || b === null ? null : clean(a * b);
}

function over(value: number | null, divisor: number | null): number | null {
  return value === null || divisor === null || divisor === 0 ? null : cleanMoney(value / divisor);
}

function difference(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : cleanMoney(a - b);
}

function percentOf(value: number | null, whole: number | null): number | null {
  return value === null || whole === null || whole === 0 ? null : cleanMoney((value / whole) * 100);
}
