/** Java's zone names that `Intl` does not know, as TWS writes them. */
const ZONE_NAMES: ReadonlyMap<string, string> = new Map([
  ['EDT', 'America/New_York'],
  ['EST', 'America/New_York'],
  ['CDT', 'America/Chicago'],
  ['CST', 'America/Chicago'],
  ['MDT', 'America/Denver'],
  ['PDT', 'America/Los_Angeles'],
  ['PST', 'America/Los_Angeles'],
  ['CET', 'Europe/Berlin'],
  ['CEST', 'Europe/Berlin'],
  ['BST', 'Europe/London'],
  ['GMT', 'UTC'],
  ['JST', 'Asia/Tokyo'],
  ['HKT', 'Asia/Hong_Kong'],
  ['AEST', 'Australia/Sydney'],
  ['AEDT', 'Australia/Sydney'],
  ['Eastern Standard Time', 'America/New_York'],
  ['Central Standard Time', 'America/Chicago'],
  ['Pacific Standard Time', 'America/Los_Angeles'],
  ['Greenwich Mean Time', 'UTC'],
  ['British Summer Time', 'Europe/London'],
  ['Central European Standard Time', 'Europe/Berlin'],
  ['Central European Time', 'Europe/Berlin'],
  ['Central European Summer Time', 'Europe/Berlin'],
  ['Japan Standard Time', 'Asia/Tokyo'],
  ['Hong Kong Standard Time', 'Asia/Hong_Kong'],
]);

const QUARTER_HOUR_MS = 15 * 60 * 1000;
const LARGEST_OFFSET_MS = 14 * 60 * 60 * 1000;
const TIME =
  /^([1-9]\d{3})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(-| +)([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?: +(.+))?$/;

/** Where a gateway's clock stands: a named zone, or a fixed distance from UTC. */
export type GatewayZone =
  | { readonly kind: 'zone'; readonly timeZone: string }
  | { readonly kind: 'offset'; readonly offsetMs: number }
  | { readonly kind: 'unknown' };

/**
 * The zone of a gateway, from the time in its handshake (`20260105 09:30:00 EST`). A name we do not know
 * still gives the distance from UTC, since the handshake time is now.
 */
export function gatewayZone(connectionTime: string, now: number): GatewayZone {
  const match = TIME.exec(connectionTime);
  if (match === null) return { kind: 'unknown' };
  const timeZone = zoneOf(match[8]);
  if (timeZone !== null) return { kind: 'zone', timeZone };
  const offsetMs = Math.round((utcOf(match) - now) / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  return Math.abs(offsetMs) > LARGEST_OFFSET_MS ? { kind: 'unknown' } : { kind: 'offset', offsetMs };
}

/**
 * A time of TWS as ISO 8601 UTC: `20250225-15:15:00` is UTC, `20250225 15:15:00 America/New_York` names its
 * zone, `20230224  12:04:56` is in the gateway's. Null when it is no time, or in a zone we do not know.
 */
export function isoTime(text: string, zone: GatewayZone): string | null {
  const match = TIME.exec(text);
  if (match === null) return null;
  const local = utcOf(match);
  // There is no 30 February.
  if (new Date(local).getUTCDate() !== Number(match[3])) return null;
  if (match[4] === '-') return new Date(local).toISOString();
  const timeZone = zoneOf(match[8]);
  if (timeZone !== null) return fromZone(local, timeZone);
  if (match[8] !== undefined || zone.kind === 'unknown') return null;
  return zone.kind === 'zone'
    ? fromZone(local, zone.timeZone)
    : new Date(local - zone.offsetMs).toISOString();
}

function utcOf(match: RegExpExecArray): number {
  const [year = 0, month = 1, day = 1] = match.slice(1, 4).map(Number);
  const [hour = 0, minute = 0, second = 0] = match.slice(5, 8).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function zoneOf(name: string | undefined): string | null {
  if (name === undefined) return null;
  const timeZone = ZONE_NAMES.get(name) ?? name;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The instant at which the wall clock in `timeZone` shows `local`; twice, since the first guess may fall past a change of the clocks. */
function fromZone(local: number, timeZone: string): string {
  const first = local - offsetAt(local, timeZone);
  return new Date(local - offsetAt(first, timeZone)).toISOString();
}

function offsetAt(at: number, timeZone: string): number {
  const parts = new Map(
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - at
  );
}
