const DAY_MS = 86_400_000;

const NEW_YORK = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

const parts = (at: number): { readonly date: string; readonly time: string } => {
  const found = new Map(NEW_YORK.formatToParts(at).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): string => found.get(type) ?? '';
  return {
    date: `${of('year')}${of('month')}${of('day')}`,
    time: `${of('hour')}${of('minute')}${of('second')}`,
  };
};

/** `20261124;101530`, a time in New York. */
export const flexTime = (at: number): string => {
  const { date, time } = parts(at);
  return `${date};${time}`;
};

const midnight = (date: string): number =>
  Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8)));

const weekdayFrom = (date: string, step: 1 | -1): string => {
  for (let at = midnight(date) + step * DAY_MS; ; at += step * DAY_MS) {
    const day = new Date(at);
    if (day.getUTCDay() !== 0 && day.getUTCDay() !== 6)
      return day.toISOString().slice(0, 10).replaceAll('-', '');
  }
};

export const nextWeekday = (date: string): string => weekdayFrom(date, 1);

/** The weekday before that of an instant. */
export const weekdayBefore = (at: number): string => weekdayFrom(parts(at).date, -1);
