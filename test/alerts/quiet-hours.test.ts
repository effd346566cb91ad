import assert from 'node:assert/strict';
import { parseQuietHours } from '../../src/alerts/index.js';
import { isQuiet } from '../../src/alerts/quiet-hours.js';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

function nightIn(timeZone: string, from = '22:00', to = '07:00') {
  const { problem, quietHours } = parseQuietHours({ from, to, timeZone });
  assert.equal(problem, null);
  return quietHours;
}

/** When quiet begins and ends between two instants, minute by minute, as the local wall shows it. */
function changes(timeZone: string, day: number, hours = 24): readonly string[] {
  const quietHours = nightIn(timeZone);
  const wall = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const found: string[] = [];
  for (let minute = 1; minute <= hours * 60; minute++) {
    const at = day + minute * MINUTE_MS;
    if (isQuiet(quietHours, at) !== isQuiet(quietHours, at - MINUTE_MS))
      found.push(`${isQuiet(quietHours, at) ? 'begins' : 'ends'} ${wall.format(at).slice(-5)}`);
  }
  return found;
}

/** How many minutes of a local day are quiet: the night is an hour shorter or longer when clocks change. */
function quietMinutes(timeZone: string, noon: number): number {
  const quietHours = nightIn(timeZone);
  const minutes = Array.from({ length: DAY_MINUTES }, (_, minute) => noon + minute * MINUTE_MS);
  return minutes.filter((at) => isQuiet(quietHours, at)).length;
}

describe('quiet hours', () => {
  for (const [what, timeZone, noon, minutes] of [
    ['when clocks go forward in Zurich', 'Europe/Zurich', Date.UTC(2026, 2, 28, 11), 480],
    ['when clocks go back in Zurich', 'Europe/Zurich', Date.UTC(2026, 9, 24, 10), 600],
    ['when clocks go forward in New York', 'America/New_York', Date.UTC(2026, 2, 7, 17), 480],
    ['when clocks go back in New York', 'America/New_York', Date.UTC(2026, 9, 31, 16), 600],
    ['on an ordinary day', 'Europe/Zurich', Date.UTC(2026, 0, 12, 11), 540],
  ] as const)
    it(`begin and end by the clock on the wall ${what}`, () => {
      assert.deepEqual(changes(timeZone, noon), ['begins 22:00', 'ends 07:00']);
      assert.equal(quietMinutes(timeZone, noon), minutes);
    });

  it('end with the hour that is skipped, when they were to end within it', () => {
    const quietHours = nightIn('Europe/Zurich', '01:00', '02:30');
    const lastQuiet = Date.UTC(2026, 2, 29, 0, 59);
    assert.equal(isQuiet(quietHours, lastQuiet), true);
    assert.equal(isQuiet(quietHours, lastQuiet + MINUTE_MS), false);
  });

  it('need not wrap midnight, and are never when they begin as they end', () => {
    const siesta = nightIn('UTC', '13:00', '15:00');
    assert.deepEqual(
      [12, 13, 14, 15].map((hour) => isQuiet(siesta, Date.UTC(2026, 0, 12, hour))),
      [false, true, true, false],
    );
    assert.equal(isQuiet(nightIn('UTC', '08:00', '08:00'), Date.UTC(2026, 0, 12, 8)), false);
    assert.equal(isQuiet(null, 0), false);
  });

  it('that make no sense are not used, and say why', () => {
    assert.deepEqual(parseQuietHours({ from: '25:00', to: '07:00', timeZone: 'Mars/Olympus' }), {
      quietHours: null,
      problem:
        'The quiet hours are not used, alerts come at any time: from must be a time of day such as 22:00; timeZone must be the name of a time zone such as Europe/Zurich.',
    });
    assert.deepEqual(parseQuietHours(null), { quietHours: null, problem: null });
  });
});
