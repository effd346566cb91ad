import type { Execution } from '../../domain/execution.js';
import type { AssetClass, Instrument } from '../../domain/instrument.js';
import type { Baseline, Fills, Held } from './memory.js';

/** What changed of one instrument, and what its fills make of it; units or contracts, bought > 0. */
export interface Residual {
  readonly instrument: Instrument;
  readonly before: number;
  readonly after: number;
  /** Sum of the fills since the baseline. */
  readonly filled: number;
  /** after − before − filled, without what is settled. */
  readonly amount: number;
}

const EPSILON = 1e-9;
/**
 * What changes hands by fills alone. Sweeps, funds and currency balances move without one, bonds are counted otherwise
 * than they are traded, and a combination (`other`) is filled without ever being held.
 */
const TRADED: ReadonlySet<AssetClass> = new Set([
  'stock',
  'etf',
  'option',
  'future',
  'future_option',
  'warrant',
  'cfd',
]);

/** What of the positions the fills since the baseline do not explain; empty = all is explained. */
export function residuals(
  { fills, positions, settled }: Baseline,
  now: { readonly positions: Held; readonly fills: Fills },
): readonly Residual[] {
  const sums = new Map<string, { readonly instrument: Instrument; readonly filled: number }>();
  for (const [id, fill] of now.fills) {
    const { instrument } = fill;
    const filled = (sums.get(instrument.key)?.filled ?? 0) + signed(fill) - signedOrNone(fills.get(id));
    sums.set(instrument.key, { instrument, filled });
  }
  const keys = new Set([...positions.keys(), ...now.positions.keys(), ...sums.keys()]);
  return [...keys].flatMap((key) => {
    const sum = sums.get(key);
    const instrument =
      now.positions.get(key)?.value.instrument ?? positions.get(key)?.value.instrument ?? sum?.instrument;
    if (instrument === undefined || !TRADED.has(instrument.assetClass)) return [];
    const before = positions.get(key)?.value.quantity ?? 0;
    const after = now.positions.get(key)?.value.quantity ?? 0;
    const filled = sum?.filled ?? 0;
    const amount = after - before - filled - (settled.get(key) ?? 0);
    // A fill whose side is not known explains everything and nothing.
    if (Number.isNaN(amount) || Math.abs(amount) <= tolerance(before, after, filled)) return [];
    return [{ instrument, before, after, filled, amount }];
  });
}

/** Sums of many fractions carry the dust of binary numbers, which grows with them. */
function tolerance(...parts: readonly number[]): number {
  return EPSILON * Math.max(1, ...parts.map(Math.abs));
}

function signedOrNone(fill: Execution | undefined): number {
  return fill === undefined ? 0 : signed(fill);
}

function signed({ quantity, side }: Execution): number {
  switch (side) {
    case 'buy':
    case 'buy_to_cover':
      return quantity;
    case 'sell':
    case 'sell_short':
      return -quantity;
    case 'mixed':
    case 'unknown':
      return Number.NaN;
  }
}
