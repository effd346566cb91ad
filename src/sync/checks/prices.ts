import type { AssetClass } from '../../domain/instrument.js';
import type { Position } from '../../domain/position.js';
import type { AccountState } from '../state.js';
import type { Observation } from './suspicions.js';

const RELATIVE_TOLERANCE = 0.01;
/** Values are rounded to cents, prices of fractions of a share are not. */
const ABSOLUTE_TOLERANCE = 0.05;
/** Prices of bonds are percent of a face value that no figure names; those of combinations are nobody's. */
const NOT_PER_UNIT: ReadonlySet<AssetClass> = new Set(['bond', 'forex', 'index', 'other']);
/** Some exchanges quote in hundredths (London in pence; IBKR's `priceMagnifier`): no contradiction. */
const SCALES = [1, 100, 0.01] as const;

/** Positions whose price is not their value divided by quantity and multiplier. */
export function priceMismatches({ positions }: AccountState): readonly Observation[] {
  const adjusted = positions?.from.issues.some(({ code }) => code === 'ADJUSTED_OPTION') === true;
  return [...(positions?.value.values() ?? [])].flatMap(({ value }) =>
    // The multiplier of an adjusted option is in doubt, and has an issue of its own.
    adjusted && value.instrument.assetClass === 'option' ? [] : (mismatch(value) ?? []),
  );
}

function mismatch({ instrument, key, marketPrice, marketValue, quantity }: Position): Observation | null {
  const { assetClass, multiplier, symbol } = instrument;
  if (marketPrice === null || marketPrice === 0 || marketValue === null || marketValue === 0) return null;
  if (multiplier === null || NOT_PER_UNIT.has(assetClass)) return null;
  const computed = Math.abs(marketPrice * quantity * multiplier);
  const told = Math.abs(marketValue);
  const agrees = (scale: number): boolean =>
    Math.abs(told - computed * scale) <= Math.max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * told);
  if (SCALES.some(agrees)) return null;
  const message = `The broker values ${quantity} ${symbol} at ${marketValue}, yet its price of ${marketPrice} makes ${(marketPrice * quantity * multiplier).toFixed(2)}: compare this position with the broker's own page.`;
  return { about: key, issue: { code: 'PRICE_MISMATCH', severity: 'warning', message } };
}
