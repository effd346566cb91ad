import { cleanExact, cleanMoney, cleanSum } from '../../../domain/clean-number.js';
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
  const isBoth = (row.longQuantity ?? 0) > 0 && (row.shortQuantity ?? 0) > 0;
  // One price for what is long and what is short is the price of neither.
  const averagePrice = isBoth ? null : cleanExact(row.averagePrice);
  const averageCost = times(averagePrice, multiplier, cleanExact);
  const marketValue = cleanMoney(row.marketValue);
  const reported = isBoth
    ? sumOf(row.longOpenProfitLoss, row.shortOpenProfitLoss)
    : cleanMoney(quantity < 0 ? row.shortOpenProfitLoss : row.longOpenProfitLoss);
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

/** Each side ≥ 0. One that is missing is none only where the other holds something: else a position would vanish. */
function quantityOf({ longQuantity: long, shortQuantity: short }: SchwabPosition): number | null {
  if ((long ?? 0) < 0 || (short ?? 0) < 0) return null;
  if (long === null) return short === null || short === 0 ? null : cleanExact(-short);
  if (short === null) return long === 0 ? null : cleanExact(long);
  return cleanExact(long - short);
}

/** One of the two may carry the dust of an average price (−473.249999997): where both say the same, the other is told. */
function unrealized(reported: number | null, computed: number | null): number | null {
  if (reported === null || computed === null) return reported ?? computed;
  const agree = Math.abs(reported - computed) < ONE_CENT;
  return agree && String(computed).length < String(reported).length ? computed : reported;
}

function times(a: number | null, b: number | null, clean: (value: unknown) => number | null): number | null {
  return a === null || b === null ? null : clean(a * b);
}

function over(value: number | null, divisor: number | null): number | null {
  return value === null || divisor === null || divisor === 0 ? null : cleanMoney(value / divisor);
}

function sumOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : cleanSum([a, b]);
}

function difference(a: number | null, b: number | null): number | null {
  return b === null ? null : sumOf(a, -b);
}

function percentOf(value: number | null, whole: number | null): number | null {
  return value === null || whole === null || whole === 0 ? null : cleanMoney((value / whole) * 100);
}

/** What is long and what is short of one thing are two rows at Schwab, and one position here. */
export function mergeOpposites(positions: readonly Position[]): readonly Position[] {
  const merged = new Map<string, Position>();
  const others: Position[] = [];
  for (const position of positions) {
    const before = merged.get(position.key);
    if (before === undefined) merged.set(position.key, position);
    else if (Math.sign(before.quantity) === Math.sign(position.quantity)) others.push(position);
    else merged.set(position.key, together(before, position));
  }
  return [...merged.values(), ...others];
}

function together(a: Position, b: Position): Position {
  const quantity = cleanExact(a.quantity + b.quantity) ?? 0;
  const marketValue = sumOf(a.marketValue, b.marketValue);
  return {
    ...a,
    quantity,
    averagePrice: null,
    averageCost: null,
    costBasis: sumOf(a.costBasis, b.costBasis),
    marketPrice: a.marketPrice ?? b.marketPrice,
    marketValue,
    marketValueBase: marketValue,
    unrealizedPnl: sumOf(a.unrealizedPnl, b.unrealizedPnl),
    dayPnl: sumOf(a.dayPnl, b.dayPnl),
    portfolioPercent: sumOf(a.portfolioPercent, b.portfolioPercent),
  };
}
