import assert from 'node:assert/strict';
import { marketSession } from '../../src/domain/market-hours.js';
import { marketDay } from '../../src/domain/market-days.js';

// NYSE Group, "Holiday and Early Closings Calendar", press releases of 2024-11-08 (2025–2027) and 2025-12-23
// (2026–2028).
const CLOSED: Readonly<Record<number, string>> = {
  2025: '01-01 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25',
  2026: '01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25',
  2027: '01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24',
  2028: '01-17 02-21 04-14 05-29 06-19 07-04 09-04 11-23 12-25',
};
const EARLY: Readonly<Record<number, string>> = {
  2025: '07-03 11-28 12-24',
  2026: '11-27 12-24',
  2027: '11-26',
  2028: '07-03 11-24',
};

/** Every weekday of a year on which the market does `what`. */
function weekdaysThatAre(what: string, year: number): string {
  const days: string[] = [];
  for (let at = Date.UTC(year, 0, 1); new Date(at).getUTCFullYear() === year; at += 86_400_000) {
    const date = new Date(at);
    if (date.getUTCDay() === 0 || date.getUTCDay() === 6) continue;
    const kind = marketDay({ year, month: date.getUTCMonth() + 1, day: date.getUTCDate() });
    if (kind === what) days.push(date.toISOString().slice(5, 10));
  }
  return days.join(' ');
}

describe('the days of the US market', () => {
  for (const year of [2025, 2026, 2027, 2028]) {
    it(`are those of the exchange's own calendar in ${year}`, () => {
      assert.equal(weekdaysThatAre('closed', year), CLOSED[year]);
      assert.equal(weekdaysThatAre('early-close', year), EARLY[year]);
    });
  }

  it('do not close early before a holiday that is moved, nor at the end of a year whose next begins on a Saturday', () => {
    // NYSE calendars of 2021–2023: 2021-07-05 and 2023-01-02 observed, nothing for Saturday 2022-01-01.
    assert.equal(marketDay({ year: 2021, month: 7, day: 2 }), 'open');
    assert.equal(marketDay({ year: 2021, month: 7, day: 5 }), 'closed');
    assert.equal(marketDay({ year: 2023, month: 1, day: 2 }), 'closed');
    assert.equal(marketDay({ year: 2021, month: 12, day: 31 }), 'open');
  });
});

describe('marketSession', () => {
  const at = (text: string): string => marketSession(Date.parse(text));

  it('follows the clock in New York through an ordinary day', () => {
    const table = [
      ['03:59', 'closed'],
      ['04:00', 'extended'],
      ['09:29', 'extended'],
      ['09:30', 'regular'],
      ['15:59', 'regular'],
      ['16:00', 'extended'],
      ['19:59', 'extended'],
      ['20:00', 'closed'],
      ['00:00', 'closed'],
    ];
    for (const [time, session] of table) {
      assert.equal(at(`2026-11-24T${time}:00-05:00`), session, `winter ${time}`);
      assert.equal(at(`2026-08-05T${time}:00-04:00`), session, `summer ${time}`);
    }
  });

  it('opens an hour earlier in UTC from the first Monday of daylight saving time', () => {
    const opensAt = [
      ['2025-03-07', '14:30'],
      ['2025-03-10', '13:30'],
      ['2025-10-31', '13:30'],
      ['2025-11-03', '14:30'],
      ['2026-03-06', '14:30'],
      ['2026-03-09', '13:30'],
      ['2026-10-30', '13:30'],
      ['2026-11-02', '14:30'],
      ['2027-03-15', '13:30'],
      ['2027-11-08', '14:30'],
      ['2028-03-13', '13:30'],
      ['2028-11-06', '14:30'],
    ];
    for (const [day, time] of opensAt) {
      const opening = Date.parse(`${day}T${time}:00Z`);
      assert.equal(marketSession(opening), 'regular', `${day} ${time}`);
      assert.equal(marketSession(opening - 1), 'extended', `${day} before ${time}`);
    }
  });

  it('is closed on the Sundays on which the clock changes, at weekends and on holidays', () => {
    for (const day of ['2026-03-08', '2026-11-01', '2026-11-28', '2026-11-29', '2026-11-26', '2026-07-03'])
      for (const hour of ['05', '12', '15', '18', '23']) assert.equal(at(`${day}T${hour}:00:00Z`), 'closed');
  });

  it('counts Friday evening in New York as Friday, though UTC has Saturday', () => {
    assert.equal(at('2026-11-21T00:30:00Z'), 'extended');
    assert.equal(at('2026-11-21T01:00:00Z'), 'closed');
  });

  it('ends at 13:00 on the day after Thanksgiving, its late session at 17:00', () => {
    assert.equal(at('2026-11-27T12:59:00-05:00'), 'regular');
    assert.equal(at('2026-11-27T13:00:00-05:00'), 'extended');
    assert.equal(at('2026-11-27T16:59:00-05:00'), 'extended');
    assert.equal(at('2026-11-27T17:00:00-05:00'), 'closed');
  });
});
