import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { gatewayZone, isoTime, type GatewayZone } from '../../../src/brokers/ibkr/time.js';

const UNKNOWN: GatewayZone = { kind: 'unknown' };
const NEW_YORK: GatewayZone = { kind: 'zone', timeZone: 'America/New_York' };

describe('times of TWS', () => {
  for (const [text, iso] of [
    ['20250225-15:15:00', '2025-02-25T15:15:00.000Z'],
    ['20250225 15:15:00 America/New_York', '2025-02-25T20:15:00.000Z'],
    ['20250725 15:15:00 America/New_York', '2025-07-25T19:15:00.000Z'],
    ['20230306 12:28:30 America/Los_Angeles', '2023-03-06T20:28:30.000Z'],
    ['20250225 15:15:00 EST', '2025-02-25T20:15:00.000Z'],
    ['20250225 15:15:00 Central European Standard Time', '2025-02-25T14:15:00.000Z'],
    ['20250225 15:15:00 Asia/Kolkata', '2025-02-25T09:45:00.000Z'],
    ['20250225 00:00:00 Asia/Tokyo', '2025-02-24T15:00:00.000Z'],
    ['20250225 15:15:00 UTC', '2025-02-25T15:15:00.000Z'],
    // Both sides of both changes of the clocks in New York.
    ['20260308 01:59:59 America/New_York', '2026-03-08T06:59:59.000Z'],
    ['20260308 03:00:00 America/New_York', '2026-03-08T07:00:00.000Z'],
    ['20261101 00:59:59 America/New_York', '2026-11-01T04:59:59.000Z'],
    ['20261101 02:00:00 America/New_York', '2026-11-01T07:00:00.000Z'],
  ] as const) {
    it(`reads ${text} as ${iso}`, () => assert.equal(isoTime(text, UNKNOWN), iso));
  }

  it('reads a time with two blanks and no zone in the zone of the gateway', () => {
    assert.equal(isoTime('20230224  12:04:56', NEW_YORK), '2023-02-24T17:04:56.000Z');
    assert.equal(isoTime('20230224 12:04:56', NEW_YORK), '2023-02-24T17:04:56.000Z');
    assert.equal(
      isoTime('20230224  12:04:56', { kind: 'offset', offsetMs: 3_600_000 }),
      '2023-02-24T11:04:56.000Z',
    );
  });

  it('reads no time without a zone when that of the gateway is not known', () => {
    assert.equal(isoTime('20230224  12:04:56', UNKNOWN), null);
  });

  it('does not take a zone that it does not know for that of the gateway', () => {
    assert.equal(isoTime('20230224 12:04:56 Nowhere/Land', NEW_YORK), null);
  });

  for (const text of [
    '',
    'abc',
    '20250225',
    '2025-02-25 15:15:00',
    '20250225 15:15',
    '1700000000',
    '20251345 10:00:00 UTC',
    '20250230 10:00:00 UTC',
    '20250225-25:15:00',
    '20250225 15:61:00 UTC',
    '00000000-00:00:00',
  ]) {
    it(`reads ${JSON.stringify(text)} as no time`, () => assert.equal(isoTime(text, NEW_YORK), null));
  }

  it('gives an ISO time or null for any text, and never throws', () => {
    const digits = fc.stringMatching(/^\d{8}[- ]{1,2}\d{2}:\d{2}:\d{2}( [A-Za-z/_+:\d]{0,12})?$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits), (text) => {
        const time = isoTime(text, NEW_YORK);
        assert.ok(time === null || new Date(time).toISOString() === time);
      }),
    );
  });

  it('knows the zone of a gateway by its name', () => {
    assert.deepEqual(gatewayZone('20260105 09:30:00 EST', 0), NEW_YORK);
    assert.deepEqual(gatewayZone('20260105 09:30:00 Europe/Zurich', 0), {
      kind: 'zone',
      timeZone: 'Europe/Zurich',
    });
  });

  it('knows a zone of another name by its distance from UTC', () => {
    const now = Date.UTC(2026, 0, 5, 9, 0, 7);
    assert.deepEqual(gatewayZone('20260105 14:30:00 India Time', now), {
      kind: 'offset',
      offsetMs: 5.5 * 3_600_000,
    });
    assert.deepEqual(gatewayZone('20260105 10:00:00', now), { kind: 'offset', offsetMs: 3_600_000 });
  });

  it('does not know a zone by a distance that none has', () => {
    assert.deepEqual(gatewayZone('20260105 14:30:00 ???', Date.UTC(2026, 0, 7)), UNKNOWN);
    assert.deepEqual(gatewayZone('soon', 0), UNKNOWN);
    assert.deepEqual(gatewayZone('', 0), UNKNOWN);
  });
});
