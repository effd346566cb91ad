const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

const EASTERN = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
});

/** The last midnight in New York at or before `at`, ms since the epoch: Schwab's day begins there. */
export function tradingDayStart(at: number): number {
  const guess = at - sinceMidnightMs(at);
  // On the two days when clocks change, what the wall shows is an hour more or less than what has passed.
  const shown = sinceMidnightMs(guess);
  return shown > DAY_MS / 2 ? guess + (DAY_MS - shown) : guess - shown;
}

function sinceMidnightMs(at: number): number {
  const parts = new Map(EASTERN.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  return (part('hour') * 3600 + part('minute') * 60 + part('second')) * 1000 + (at % 1000);
}
