import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isoTime } from '../../../src/brokers/schwab/time.js';

describe('a time of Schwab', () => {
  it('is read with its zone in any form, with and without milliseconds', () => {
    for (const [text, time] of [
      ['2025-07-25T16:02:06+0000', '2025-07-25T16:02:06.000Z'],
      ['2025-07-25T16:02:06+00:00', '2025-07-25T16:02:06.000Z'],
      ['2025-07-25T16:02:06Z', '2025-07-25T16:02:06.000Z'],
      ['2025-07-25T16:02:06.123Z', '2025-07-25T16:02:06.123Z'],
      ['2025-07-25T16:02:06.123+0000', '2025-07-25T16:02:06.123Z'],
      ['2025-07-25T16:02:06.123456789Z', '2025-07-25T16:02:06.123Z'],
      ['2025-07-25T16:02:06.5Z', '2025-07-25T16:02:06.500Z'],
      ['2025-07-25T22:02:06-0400', '2025-07-26T02:02:06.000Z'],
      ['2025-07-25T01:30:00+05:30', '2025-07-24T20:00:00.000Z'],
      [' 2025-07-25T16:02:06Z ', '2025-07-25T16:02:06.000Z'],
    ] as const)
      assert.equal(isoTime(text), time, text);
  });

  it('begins the day when it is only a date', () => {
    assert.equal(isoTime('2020-11-13'), '2020-11-13T00:00:00.000Z');
  });

  it('is not known when it has no zone, is no day of the calendar, or is no time', () => {
    for (const text of [
      null,
      '',
      'soon',
      '2025-07-25 16:02:06',
      '2025-07-25T16:02:06',
      '2025-02-30',
      '2025-02-29T10:00:00Z',
      '2025-13-01',
      '2025-07-25T25:00:00Z',
      '2025-07-25T16:61:00Z',
      '2025-07-25T16:02:06+9999',
      '1753459326000',
    ])
      assert.equal(isoTime(text), null, String(text));
  });

  it('is the same moment again when it is written as Schwab writes it', () => {
    const moment = fc.date({
      min: new Date('1971-01-01T00:00:00Z'),
      max: new Date('2100-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moment, (at) => {
        assert.equal(isoTime(at.toISOString().replace('Z', '+0000')), at.toISOString());
      }),
    );
  });
});
