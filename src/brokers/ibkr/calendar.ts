import { loginEndedAt } from './maintenance.js';

const HOUR_MS = 60 * 60 * 1000;
/** The old login works until the gateway restarts, which it does within a day; by then it has been tried. */
const SURELY_TRIED_MS = 48 * HOUR_MS;
const RESTART_MINUTE = 23 * 60 + 45;
const RESTART_TAKES_MINUTES = 10;

const WEEKLY =
  'IBKR ends the login of TWS and Gateway once a week (Sunday 01:00 ET): log in again at the gateway.';
const DAILY =
  'TWS and Gateway restart once a day, at 23:45 unless another time was chosen: it may be back within minutes.';

/** What the calendar has to say of a connection that fails. Times in ms since the epoch. */
export interface Failing {
  readonly at: number;
  /** When its last session that brought figures began; null = none did in this process. */
  readonly goodSince: number | null;
  /** Where the gateway's clock stands, as an IANA name; null = not known. */
  readonly timeZone: string | null;
}

/** What may be the reason for a connection that fails, and what to do; null = the calendar knows of none. */
export function likelyReason({ at, goodSince, timeZone }: Failing): string | null {
  if (isDailyRestart(at, timeZone)) return DAILY;
  const endedAt = loginEndedAt(at);
  const isOldLogin = goodSince !== null && goodSince < endedAt;
  return isOldLogin || at - endedAt < SURELY_TRIED_MS ? WEEKLY : null;
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
