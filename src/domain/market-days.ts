/** A day of the calendar in New York; month 1–12. */
export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAY_MS = 86_400_000;
const MONDAY = 1;
const THURSDAY = 4;
const SATURDAY = 6;
const SUNDAY = 0;

/**
 * What US stock exchanges do on a day. The holidays follow from rules (NYSE Rule 7.2; checked against NYSE
 * Group's published calendars 2025–2028), so nothing has to be updated each year.
 */
export function marketDay({ year, month, day }: CalendarDay): 'open' | 'early-close' | 'closed' {
  const date = utc(year, month, day);
  if (isWeekend(date) || holidays(year).includes(date)) return 'closed';
  return earlyCloses(year).includes(date) ? 'early-close' : 'open';
}

/** Days are told apart by their midnight in UTC, whatever the zone: only the calendar matters here. */
function utc(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day);
}

function holidays(year: number): readonly number[] {
  return [
    ...newYear(year),
    nth(year, 1, { weekday: MONDAY, n: 3 }), // Martin Luther King, Jr. Day
    nth(year, 2, { weekday: MONDAY, n: 3 }), // Washington's Birthday
    easter(year) - 2 * DAY_MS, // Good Friday
    lastMonday(year, 5), // Memorial Day
    observed(utc(year, 6, 19)), // Juneteenth
    observed(utc(year, 7, 4)), // Independence Day
    nth(year, 9, { weekday: MONDAY, n: 1 }), // Labor Day
    thanksgiving(year),
    observed(utc(year, 12, 25)), // Christmas Day
  ];
}

function earlyCloses(year: number): readonly number[] {
  return [utc(year, 7, 3), thanksgiving(year) + DAY_MS, utc(year, 12, 24)];
}

/** A New Year's Day on a Saturday is not observed: the Friday before closes the books of the old year (Rule 7.2). */
function newYear(year: number): readonly number[] {
  const date = utc(year, 1, 1);
  return weekday(date) === SATURDAY ? [] : [observed(date)];
}

/** A holiday on a Saturday closes the Friday before it, one on a Sunday the Monday after. */
function observed(date: number): number {
  if (weekday(date) === SATURDAY) return date - DAY_MS;
  return weekday(date) === SUNDAY ? date + DAY_MS : date;
}

function thanksgiving(year: number): number {
  return nth(year, 11, { weekday: THURSDAY, n: 4 });
}

function nth(year: number, month: number, which: { readonly weekday: number; readonly n: number }): number {
  const first = utc(year, month, 1);
  const toFirst = (which.weekday - weekday(first) + 7) % 7;
  return first + (toFirst + 7 * (which.n - 1)) * DAY_MS;
}

function lastMonday(year: number, month: number): number {
  const last = utc(year, month + 1, 0);
  return last - ((weekday(last) - MONDAY + 7) % 7) * DAY_MS;
}

/** Easter Sunday of the Gregorian calendar ("Anonymous Gregorian algorithm", Meeus, Astronomical Algorithms, ch. 8). */
function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const leap = Math.floor(b / 4);
  const moon = (19 * a + b - leap - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const week = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - moon - (c % 4)) % 7;
  const shift = Math.floor((a + 11 * moon + 22 * week) / 451);
  const sum = moon + week - 7 * shift + 114;
  return utc(year, Math.floor(sum / 31), (sum % 31) + 1);
}

function weekday(date: number): number {
  return new Date(date).getUTCDay();
}

function isWeekend(date: number): boolean {
  return weekday(date) === SATURDAY || weekday(date) === SUNDAY;
}
