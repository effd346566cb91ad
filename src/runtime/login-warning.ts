const HOUR_MS = 60 * 60 * 1000;
/** How long before its end a login is warned of, in hours, the earliest first. */
const WARN_AT_HOURS = [48, 24, 6, 1] as const;

export interface LoginWarning {
  /** 48, 24, 6 or 1: the last of these moments that has passed. */
  readonly hours: number;
  /** For people, in the time zone of the host. */
  readonly sentence: string;
}

/** What is to be said of a login that ends soon; null while it does not. Times in ms since the epoch. */
export function loginWarning(expiresAt: number, at: number): LoginWarning | null {
  const hours = WARN_AT_HOURS.findLast((hour) => expiresAt - at <= hour * HOUR_MS);
  if (hours === undefined) return null;
  const ends = `The login ends on ${dayAndTime(expiresAt)}, in less than ${hours === 1 ? 'an hour' : `${hours} hours`}`;
  return { hours, sentence: `${ends}: open the connection and log in again.` };
}

/** When the next warning is due; null when all have been given. */
export function nextWarningAt(expiresAt: number, at: number): number | null {
  const next = WARN_AT_HOURS.map((hours) => expiresAt - hours * HOUR_MS).find((due) => due > at);
  return next ?? null;
}

/** `Fri 4 Dec, 18:02` by the host's clock. */
export function dayAndTime(at: number): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((candidate) => candidate.type === type)?.value ?? '';
  return `${part('weekday')} ${part('day')} ${part('month')}, ${part('hour')}:${part('minute')}`;
}
