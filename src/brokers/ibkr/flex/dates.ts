import { marketDay, type CalendarDay } from '../../../domain/market-days.js';
import { isoTime, type GatewayZone } from '../time.js';

export const NEW_YORK: GatewayZone = { kind: 'zone', timeZone: 'America/New_York' };
/** US stocks close then, and IBKR's figures of a day are those of its close. */
const CLOSE = '16:00:00';

const DATE = /^(\d{4})(-?)(\d{2})\2(\d{2})(?!\d)/;
/** The separator of date and time is a setting of the query, and so are the ones inside them. */
const TIME = /^[;, T]+(\d{2}):?(\d{2}):?(\d{2})(?: +(.+))?$/;
const CALENDAR = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** `20261124` or `2026-11-24`, whatever time follows, as the first of these; other settings of a query cannot be told apart. */
export function flexDate(text: string | null): string | null {
  const match = DATE.exec(text ?? '');
  if (match === null) return null;
  const [, year = '', , month = '', day = ''] = match;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // There is no 30 February, which Date takes for the 2nd of March.
  const isDay = date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day);
  return isDay && Number(year) >= 1900 ? `${year}${month}${day}` : null;
}

/** The close of a day in New York, ms since the epoch; null when the text is no date. */
export function closeOf(date: string | null): number | null {
  const day = flexDate(date);
  const close = day === null ? null : isoTime(`${day} ${CLOSE}`, NEW_YORK);
  return close === null ? null : Date.parse(close);
}

/** A date and time of a trade in the form that TWS writes, in New York unless it names a zone; null when it is none. */
export function wireTime(text: string | null): string | null {
  const date = flexDate(text);
  const match = date === null ? null : TIME.exec((text ?? '').replace(DATE, ''));
  if (match === null) return null;
  const [, hour = '', minute = '', second = '', zone] = match;
  return `${date} ${hour}:${minute}:${second}${zone === undefined ? '' : ` ${zone}`}`;
}

/** The last day before today, in New York, on which US stocks were traded, as `20261124`: the day of the newest statement. */
export function lastBusinessDay(at: number): string {
  const [year = 0, month = 1, day = 1] = CALENDAR.format(at).split('-').map(Number);
  for (let back = 1; ; back += 1) {
    const date = new Date(Date.UTC(year, month - 1, day - back));
    if (marketDay(calendarDay(date)) !== 'closed') return date.toISOString().slice(0, 10).replaceAll('-', '');
  }
}

function calendarDay(date: Date): CalendarDay {
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
