import { lastBusinessDay } from './dates.js';

const HOUR_MS = 60 * 60_000;
/** Nothing new is expected; but figures of a day are corrected now and then. */
const WITHOUT_REASON_MS = 6 * HOUR_MS;

export interface Kept {
  /** How long ago IBKR was last asked, ms. */
  readonly ageMs: number;
  /** The day of the figures, `20261124`; null when it could not be read. */
  readonly reportDate: string | null;
  /** Wall clock, ms UTC. */
  readonly at: number;
}

/** Whether a newer statement can be there: IBKR makes one for each business day, once the day is over. */
export function isDue({ ageMs, at, reportDate }: Kept): boolean {
  if (ageMs >= WITHOUT_REASON_MS) return true;
  return ageMs >= HOUR_MS && (reportDate === null || reportDate < lastBusinessDay(at));
}
