import { marketDay } from './market-days.js';

/** What US equities trade in at an instant. */
export type MarketSession = 'regular' | 'extended' | 'closed';

const PRE_MARKET_FROM = 4 * 60;
const REGULAR_FROM = 9 * 60 + 30;
const REGULAR_UNTIL = 16 * 60;
const AFTER_HOURS_UNTIL = 20 * 60;
/** On early-close days the late session ends at 17:00 too (NYSE Group's holiday calendar, its footnotes). */
const EARLY_REGULAR_UNTIL = 13 * 60;
const EARLY_AFTER_HOURS_UNTIL = 17 * 60;

const EASTERN = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
});

/**
 * Where the US market stands at `at` (ms, UTC): pre-market from 04:00, regular 09:30–16:00, after-hours until
 * 20:00, Eastern time. It paces polling and says when prices should move: a closure that no rule foretells (a state
 * funeral) costs a few needless requests and a warning, and nothing else.
 */
export function marketSession(at: number): MarketSession {
  const { day, minute } = eastern(at);
  const kind = marketDay(day);
  if (kind === 'closed') return 'closed';
  const regularUntil = kind === 'early-close' ? EARLY_REGULAR_UNTIL : REGULAR_UNTIL;
  const afterHoursUntil = kind === 'early-close' ? EARLY_AFTER_HOURS_UNTIL : AFTER_HOURS_UNTIL;
  if (minute >= REGULAR_FROM && minute < regularUntil) return 'regular';
  return minute >= PRE_MARKET_FROM && minute < afterHoursUntil ? 'extended' : 'closed';
}

/** The calendar day in New York and the minutes since its midnight as a clock on the wall shows them. */
function eastern(at: number): {
  readonly day: { readonly year: number; readonly month: number; readonly day: number };
  readonly minute: number;
} {
  const parts = new Map(EASTERN.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  return {
    day: { year: part('year'), month: part('month'), day: part('day') },
    minute: part('hour') * 60 + part('minute'),
  };
}
