/** What calendar and clock on the wall show somewhere. */
export interface LocalTime {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** Minutes since midnight as the clock shows them: on the days of a change some are missing and some come twice. */
  readonly minute: number;
}

const NEW_YORK = 'America/New_York';

/** time zone → format; making one takes a thousand times as long as using it */
const formats = new Map<string, Intl.DateTimeFormat>();

/** Local time at `at`, ms since the epoch. @throws RangeError when there is no such time zone */
export function localTime(at: number, timeZone: string): LocalTime {
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '0';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  };
}

/** Local time of the US markets. */
export function newYorkTime(at: number): LocalTime {
  return localTime(at, NEW_YORK);
}

export function isTimeZone(name: string): boolean {
  try {
    formatFor(name);
    return true;
  } catch {
    return false;
  }
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  formats.set(timeZone, format);
  return format;
}

/** Whole days of the calendar from one `YYYY-MM-DD` to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
