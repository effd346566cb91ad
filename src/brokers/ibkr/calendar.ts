import { loginEndedAt } from './maintenance.js';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const RESTART_MINUTE = 23 * 60 + 45;
const RESTART_TAKES_MINUTES = 10;

const WEEKLY =
  'IBKR ends the login of TWS and Gateway once a week (Sunday 01:00 ET): log in again at the gateway.';
const DAILY =
  'TWS and Gateway restart once a day, at 23:45 unless another time was chosen: it may be back within minutes.';

/** What the calendar has to say of a connection that fails. Times in ms since the epoch. */
export interface Failing {
  readonly at: number;
  /** When it was last live in this process; null = never. */
  readonly lastLiveAt: number | null;
  /** Where the gateway's clock stands, as an IANA name; null = not known. */
  readonly timeZone: string | null;
}

/** What may be the reason for a connection that fails, and what to do; null = the calendar knows of none. */
export function likelyReason({ at, lastLiveAt, timeZone }: Failing): string | null {
  const endedAt = loginEndedAt(at);
  // Of a connection that never was live nobody knows whether it ended with the login.
  if (lastLiveAt === null ? at - endedAt < DAY_MS : lastLiveAt < endedAt) return WEEKLY;
  return isDailyRestart(at, timeZone) ? DAILY : null;
}

/** The gateway restarts by its own clock: without its zone it may be that of any. */
function isDailyRestart(at: number, timeZone: string | null): boolean {
  if (timeZone === null) return false;
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    hour: 'numeric',
    minute: 'numeric',
  })
    .formatToParts(at)
    .filter(({ type }) => type === 'hour' || type === 'minute')
    .map(({ value }) => Number(value));
  const [hour = 0, minute = 0] = parts;
  const since = hour * 60 + minute - RESTART_MINUTE;
  return since >= 0 && since < RESTART_TAKES_MINUTES;
}
