import { localTime } from './local-time.js';
import type { QuietHours } from './schema/quiet-hours.js';

/** Whether it is night for the owner at `at`, by the clock on his wall; `from` = `to` is never. */
export function isQuiet(quietHours: QuietHours | null, at: number): boolean {
  if (quietHours === null) return false;
  const { from, timeZone, to } = quietHours;
  const { minute } = localTime(at, timeZone);
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}
