import { z } from 'zod';
import type { Balances } from '../domain/balances.js';
import { newYorkTime } from './local-time.js';

/** The highest net liquidation of an account, moved by what was paid in and out. Money in its base currency. */
export const Peak = z.object({
  peak: z.number(),
  /** The day in New York that the next two are of. */
  day: z.string(),
  /** Net liquidation without the day's result, when the day was first seen; null = the result is not known. */
  base: z.number().nullable(),
  /** Transfers of the day that `peak` holds already. */
  applied: z.number(),
  /** Net liquidation when it was last seen. */
  last: z.number(),
});
export type Peak = Readonly<z.infer<typeof Peak>>;

type Figures = Pick<Balances, 'dayPnl' | 'netLiquidation'>;

/** Net liquidation and the day's result come by different feeds, seconds apart: less than this is no transfer. */
const WITHIN_DAY = 0.02;
const OVERNIGHT = 0.05;

/**
 * What moves net liquidation and is no result of the day was paid in or out: neither broker's balances name transfers,
 * and without this every withdrawal would be a loss. Within a day it is measured from the day's beginning, so that a
 * lag between the two figures takes itself back.
 */
export function withPeak(known: Peak | null, figures: Figures, at: number): Peak | null {
  const { dayPnl, netLiquidation: now } = figures;
  if (now === null || !Number.isFinite(now)) return known;
  const day = newYorkTime(at).date;
  const base = dayPnl === null ? null : now - dayPnl;
  if (known === null) return { peak: now, day, base, applied: 0, last: now };
  if (known.day !== day) {
    const overnight = base === null ? 0 : base - known.last;
    const transferred = Math.abs(overnight) > OVERNIGHT * Math.abs(known.last) ? overnight : 0;
    return { peak: Math.max(known.peak + transferred, now), day, base, applied: 0, last: now };
  }
  if (base === null || known.base === null)
    return { ...known, peak: Math.max(known.peak, now), base: known.base ?? base, last: now };
  const moved = base - known.base;
  const applied = Math.abs(moved) > WITHIN_DAY * Math.abs(known.base) ? moved : 0;
  return { ...known, peak: Math.max(known.peak + applied - known.applied, now), applied, last: now };
}
