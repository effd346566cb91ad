import type { Balances } from '../domain/balances.js';
import type { AssetClass } from '../domain/instrument.js';
import type { Position } from '../domain/position.js';

/** Their market value is a notional or is cash already: no part of net liquidation. */
const OUTSIDE_NET_LIQUIDATION: ReadonlySet<AssetClass> = new Set([
  'future',
  'cfd',
  'forex',
  'cash_equivalent',
]);

/** Prices tick between the rows of one download, and so do exchange rates. */
const ABSOLUTE_TOLERANCE = 5;
const RELATIVE_TOLERANCE = 0.005;

/** Base-currency money by which net liquidation may differ from the sum of its parts. */
export function navTolerance(balances: Balances): number {
  return Math.max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * Math.abs(balances.netLiquidation ?? 0));
}

/** What a position adds to net liquidation, in base currency; null when its value is not known. */
export function navShare(position: Position): number | null {
  return OUTSIDE_NET_LIQUIDATION.has(position.instrument.assetClass) ? 0 : position.marketValueBase;
}

/** What a position adds to the value of all positions, in base currency; null when its value is not known. */
export function grossShare(position: Position): number | null {
  const share = navShare(position);
  return share === null ? null : Math.abs(share);
}

/**
 * Net liquidation − (cash + positions + accrued interest), base currency; null when a figure is missing. IBKR counts
 * accrued interest (recorded session, 1 040 992.61 = 1 038 472.36 + 2 520.25), Schwab does not (eight real accounts
 * that add up to the cent): the reading that fits better is the gap.
 */
export function navGap(balances: Balances, positions: Iterable<Position>): number | null {
  if (balances.netLiquidation === null || balances.totalCash === null) return null;
  let sum = balances.totalCash;
  for (const position of positions) {
    const share = navShare(position);
    if (share === null) return null;
    sum += share;
  }
  const gap = balances.netLiquidation - sum;
  const withInterest = gap - (balances.accruedInterest ?? 0);
  return Math.abs(withInterest) <= Math.abs(gap) ? withInterest : gap;
}

/** The broker's value of all positions, long and short alike − the sum of ours, base currency; null when a figure is missing. */
export function grossGap(balances: Balances, positions: Iterable<Position>): number | null {
  if (balances.grossPositionValue === null) return null;
  let sum = 0;
  for (const position of positions) {
    const share = grossShare(position);
    if (share === null) return null;
    sum += share;
  }
  return balances.grossPositionValue - sum;
}
