import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { likelyReason } from '../../../src/brokers/ibkr/calendar.js';
import { loginEndedAt, maintenanceAt } from '../../../src/brokers/ibkr/maintenance.js';
import { duringOutage } from '../../../src/runtime/outage.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The longest window: Friday 23:00 to Saturday 03:00. */
const LONGEST_MS = 4 * HOUR_MS;

/** What a clock on the wall in New York shows: `Sun 00:45`. */
function wall(at: number): string {
  const text = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/New_York',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);
  return text.replace(',', '');
}

/** Weeks that begin on a Sunday at noon UTC: an ordinary one, and those around both changes of the clocks in 2026. */
const WEEKS = [
  Date.UTC(2026, 10, 22, 12),
  Date.UTC(2026, 2, 1, 12),
  Date.UTC(2026, 2, 8, 12),
  Date.UTC(2026, 9, 25, 12),
  Date.UTC(2026, 10, 1, 12),
] as const;

describe('the maintenance of IBKR', () => {
  for (const week of WEEKS)
    it(`is every night and from Friday to Saturday by the clock of New York, in the week of ${new Date(week).toISOString().slice(0, 10)}`, () => {
      const windows: string[] = [];
      for (let at = week; at < week + 7 * DAY_MS; at += MINUTE_MS) {
        const [before, now] = [maintenanceAt(at - MINUTE_MS), maintenanceAt(at)];
        if (before === null && now !== null) windows.push(wall(at));
        if (before !== null && now === null) windows.push(wall(at));
      }
      const nights = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
      const expected = nights.slice(0, -1).flatMap((day, index) => {
        if (day === 'Fri') return ['Fri 23:00', 'Sat 03:00'];
        return [`${day} 23:45`, `${nights[index + 1]} 01:45`];
      });
      // The night to the first of November has the hour from 01:00 twice.
      const twice = week === Date.UTC(2026, 9, 25, 12) ? ['Sun 01:00', 'Sun 01:45'] : [];
      assert.deepEqual(windows, [...expected, ...twice]);
    });

  it('says until when, and that nothing is to be done', () => {
    // 23:50 on a Tuesday in New York, then 00:20, then 23:50 on a Friday.
    assert.deepEqual(maintenanceAt(Date.UTC(2026, 10, 25, 4, 50, 30)), {
      until: Date.UTC(2026, 10, 25, 5, 45),
      sentence:
        'IBKR maintenance until 00:45 ET: its servers are reset every night, and the connection comes back by itself.',
    });
    assert.equal(maintenanceAt(Date.UTC(2026, 10, 25, 5, 20))?.until, Date.UTC(2026, 10, 25, 6, 45));
    assert.deepEqual(maintenanceAt(Date.UTC(2026, 10, 28, 4, 50)), {
      until: Date.UTC(2026, 10, 28, 8, 0),
      sentence:
        'IBKR maintenance until 03:00 ET: its servers are maintained every weekend, and the connection comes back by itself.',
    });
  });

  it('ends when it said, and never mutes an outage for longer than a window', () => {
    const moment = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
    const later = fc.integer({ min: 0, max: 3 * DAY_MS });
    fc.assert(
      fc.property(moment, later, (since, afterMs) => {
        const at = since + afterMs;
        const told = duringOutage(
          { state: 'down', reason: 'Gone.' },
          { since, at, maintenance: maintenanceAt },
        );
        if (afterMs >= LONGEST_MS) assert.equal(told.quietUntil, null);
        if (told.quietUntil !== null) {
          assert.ok(at < told.quietUntil && told.quietUntil - since <= LONGEST_MS);
          assert.equal(told.state, 'degraded');
        } else assert.equal(told.state, 'down');
        assert.ok(told.reason?.includes('Gone.'));
      }),
      { numRuns: 5_000 },
    );
  });

  it('does not mute an outage that began before it, and changes nothing that the user must mend', () => {
    const since = Date.UTC(2026, 10, 25, 4, 44);
    const at = Date.UTC(2026, 10, 25, 5, 0);
    const outage = { since, at, maintenance: maintenanceAt };
    assert.deepEqual(duringOutage({ state: 'down', reason: 'Gone.' }, outage), {
      state: 'down',
      reason: 'Gone.',
      quietUntil: null,
    });
    for (const state of ['misconfigured', 'login-required', 'connecting', 'live'] as const)
      assert.equal(duringOutage({ state, reason: 'x' }, { ...outage, since: at }).state, state);
  });
});

describe('what the calendar says of a lost gateway', () => {
  /** Sunday 01:00 in New York, in summer and in winter, and on both days when the clocks change. */
  const ends = [
    Date.UTC(2026, 6, 5, 5),
    Date.UTC(2026, 10, 22, 6),
    Date.UTC(2026, 2, 8, 6),
    Date.UTC(2026, 10, 1, 5),
  ] as const;
  const failing = (at: number, goodSince: number | null, timeZone: string | null = null) =>
    likelyReason({ at, goodSince, timeZone });

  it('is that the login ends on Sunday at 01:00, where the last good session is older than that, and nothing before', () => {
    for (const end of ends) {
      assert.equal(failing(end - 1, end - 3 * DAY_MS), null);
      for (const at of [end, end + HOUR_MS, end + 5 * DAY_MS])
        assert.equal(
          failing(at, end - 1),
          'IBKR ends the login of TWS and Gateway once a week (Sunday 01:00 ET): log in again at the gateway.',
          new Date(at).toISOString(),
        );
    }
  });

  it('is that for two days whenever the last session began: the old login may last until the next restart', () => {
    const [, end] = ends;
    for (const goodSince of [null, end + HOUR_MS]) {
      assert.match(failing(end + 47 * HOUR_MS, goodSince) ?? '', /once a week/);
      assert.equal(failing(end + 49 * HOUR_MS, goodSince), null);
    }
  });

  it('knows the end of the login in every hour of a year', () => {
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += HOUR_MS) {
      const ended = loginEndedAt(at);
      assert.equal(wall(ended), 'Sun 01:00', new Date(at).toISOString());
      assert.ok(ended <= at && at - ended < 7 * DAY_MS + HOUR_MS, new Date(at).toISOString());
    }
  });

  it('is its daily restart for ten minutes from 23:45 by its own clock', () => {
    const berlin = Date.UTC(2026, 10, 25, 22, 45);
    const daily = (at: number, zone: string | null) => failing(at, at - 1, zone);
    assert.match(daily(berlin, 'Europe/Berlin') ?? '', /^TWS and Gateway restart once a day, at 23:45 /);
    assert.match(daily(berlin + 9 * MINUTE_MS, 'Europe/Berlin') ?? '', /restart/);
    for (const [at, zone] of [
      [berlin - 1, 'Europe/Berlin'],
      [berlin + 10 * MINUTE_MS, 'Europe/Berlin'],
      [berlin, 'America/New_York'],
      [berlin, null],
    ] as const)
      assert.equal(daily(at, zone), null);
  });
});
