const TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * A time of Schwab's as ISO 8601 UTC: `2025-07-25T16:02:06+0000`, with a colon in the zone, with Z, or with
 * milliseconds. A date alone (the cancel time of a good-till-cancelled order) is its beginning in UTC. null = none.
 */
export function isoTime(text: string | null): string | null {
  const word = text?.trim() ?? '';
  const match = TIME.exec(word);
  if (match === null && !DATE.test(word)) return null;
  const [, date = word, clock = '00:00:00', fraction = '', zone = 'Z'] = match ?? [];
  const offset = zone === 'Z' ? zone : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const at = Date.parse(`${date}T${clock}${fraction.slice(0, 4)}${offset}`);
  return Number.isNaN(at) || !isDay(date) ? null : new Date(at).toISOString();
}

/** Date.parse takes the 30th of February for the 2nd of March. */
function isDay(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}

/** The beginning of the second: Schwab's times have no milliseconds. ms since the epoch. */
export function wholeSecond(at: number): number {
  return Math.floor(at / 1000) * 1000;
}
