/** When IBKR expects to be out of reach until, ms since the epoch, and the words for it. */
export interface Maintenance {
  readonly until: number;
  readonly sentence: string;
}

const MINUTE_MS = 60_000;
const DAY = 24 * 60;
const WEEK = 7 * DAY;
const SUNDAY_01_00 = 60;
const FRIDAY_23_00 = 5 * DAY + 23 * 60;

/** Minutes of the week in New York, since the midnight before Sunday. */
interface Window {
  readonly from: number;
  readonly minutes: number;
  readonly sentence: string;
}

const NIGHTLY = 'its servers are reset every night, and the connection comes back by itself.';
const WEEKEND = 'its servers are maintained every weekend, and the connection comes back by itself.';

/**
 * The resets of North America, which those of Europe fall into: 00:15 to 01:45 on IBKR's page of system status
 * (software/systemStatus.php), 23:45 to 00:45 in public logs, and Friday 23:00 to Saturday 03:00 for all regions. The
 * two of Asia lie in the trading hours of New York: nobody who is there is to be told that all is well then. No
 * window is touched when the clocks go forward (Sunday, 02:00); when they go back, the hour from 01:00 comes twice, and
 * the window that ends in it does, too.
 */
const WINDOWS: readonly Window[] = [
  ...Array.from({ length: 7 }, (_, day) => [
    { from: day * DAY + 23 * 60 + 45, minutes: 60, sentence: NIGHTLY },
    { from: day * DAY + 15, minutes: 90, sentence: NIGHTLY },
  ]).flat(),
  { from: FRIDAY_23_00, minutes: 4 * 60, sentence: WEEKEND },
];

/** The window in which `at` (ms since the epoch) lies, the one that ends last; null = IBKR should be there. */
export function maintenanceAt(at: number): Maintenance | null {
  const now = minuteOfWeek(at);
  const left = WINDOWS.map(({ from, minutes, sentence }) => ({
    minutes: minutes - ((now - from + WEEK) % WEEK),
    sentence,
  })).filter(({ minutes }) => minutes > 0);
  const longest = left.toSorted((a, b) => b.minutes - a.minutes)[0];
  if (longest === undefined) return null;
  const until = (Math.floor(at / MINUTE_MS) + longest.minutes) * MINUTE_MS;
  return {
    until,
    sentence: `IBKR maintenance until ${clockOf(now + longest.minutes)} ET: ${longest.sentence}`,
  };
}

/** When the login of TWS and Gateway last ended, ms since the epoch: Sunday 01:00 in New York (ibkrguides.com, Auto Restart Considerations). */
export function loginEndedAt(at: number): number {
  const since = (minuteOfWeek(at) - SUNDAY_01_00 + WEEK) % WEEK;
  const guess = (Math.floor(at / MINUTE_MS) - since) * MINUTE_MS;
  // A week in which the clocks change is an hour longer or shorter than the wall shows.
  const off = ((minuteOfWeek(guess) - SUNDAY_01_00 + WEEK + WEEK / 2) % WEEK) - WEEK / 2;
  return guess - off * MINUTE_MS;
}

const EASTERN = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  weekday: 'short',
  hour: 'numeric',
  minute: 'numeric',
});
const WEEKDAYS: readonly string[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function minuteOfWeek(at: number): number {
  const parts = new Map(EASTERN.formatToParts(at).map(({ type, value }) => [type, value]));
  const [hour, minute] = [parts.get('hour'), parts.get('minute')].map(Number);
  return WEEKDAYS.indexOf(parts.get('weekday') ?? '') * DAY + (hour ?? 0) * 60 + (minute ?? 0);
}

function clockOf(minute: number): string {
  const ofDay = minute % DAY;
  return `${String(Math.floor(ofDay / 60)).padStart(2, '0')}:${String(ofDay % 60).padStart(2, '0')}`;
}
