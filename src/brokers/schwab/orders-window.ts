import { DAY_MS, LONGEST_ORDERS_RANGE_MS, type TimeRange } from './time-range.js';
import { tradingDayStart } from './trading-day.js';

const HOUR_MS = 60 * 60 * 1000;

export interface OrdersSeen {
  /** When a list of orders was last complete, ms since the epoch; null = never. */
  readonly completeAt: number | null;
  /** When the oldest open order was entered; null = none is open, or its time is not known. */
  readonly oldestOpenAt: number | null;
}

/**
 * From when on orders must be asked for, so that every open one is in the list and everything that ended since the
 * last complete one: the first time as far back as Schwab allows, later only what can still have changed.
 */
export function ordersRange(now: number, { completeAt, oldestOpenAt }: OrdersSeen): TimeRange {
  const longest = now - LONGEST_ORDERS_RANGE_MS;
  if (completeAt === null) return { from: longest, to: now };
  const from = Math.min(newsSince(now, completeAt), now - DAY_MS, oldestOpenAt ?? now);
  return { from: Math.max(longest, from - HOUR_MS), to: now };
}

/**
 * Fills and ended orders before this are old news: those of today are told, and those of an outage. What comes
 * twice has the same id.
 */
export function newsSince(now: number, completeAt: number | null): number {
  return Math.min(tradingDayStart(now), completeAt === null ? now : completeAt - HOUR_MS);
}
