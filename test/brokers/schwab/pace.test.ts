import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { pace, type PaceInput } from '../../../src/brokers/schwab/pace.js';

const REGULAR = Date.parse('2026-11-24T11:00:00-05:00');
const EXTENDED = Date.parse('2026-11-24T18:00:00-05:00');
const CLOSED = Date.parse('2026-11-26T11:00:00-05:00');
const FIVE_MINUTES = 300_000;

const paced = (given: Partial<PaceInput>): number =>
  pace({
    ceilingMs: 60_000,
    at: CLOSED,
    lastChangeAt: null,
    hasOpenOrders: false,
    failures: 0,
    retryAfterMs: null,
    ...given,
  });

const inputs = fc.record({
  ceilingMs: fc.integer({ min: 1, max: 3_600_000 }),
  at: fc.constantFrom(REGULAR, EXTENDED, CLOSED),
  lastChangeAt: fc.option(fc.integer({ min: CLOSED - 600_000, max: CLOSED + 600_000 })),
  hasOpenOrders: fc.boolean(),
  failures: fc.nat(2_000),
  retryAfterMs: fc.option(fc.integer({ min: 0, max: 86_400_000 })),
});

describe('pace', () => {
  it('polls as slowly as the user allows while the market is closed, open orders or not', () => {
    assert.equal(paced({}), 60_000);
    assert.equal(paced({ hasOpenOrders: true }), 60_000);
  });

  it('takes a quarter of that in regular hours and half of it in extended hours', () => {
    assert.equal(paced({ at: REGULAR }), 15_000);
    assert.equal(paced({ at: EXTENDED }), 30_000);
    assert.equal(paced({ at: REGULAR, ceilingMs: 240_000 }), 60_000);
  });

  it('does not go below 10 s for the hours alone', () => {
    assert.equal(paced({ at: REGULAR, ceilingMs: 20_000 }), 10_000);
    assert.equal(paced({ at: EXTENDED, ceilingMs: 15_000 }), 10_000);
    assert.equal(paced({ at: REGULAR, ceilingMs: 8_000 }), 8_000);
  });

  it('looks every 15 s at orders that can be filled', () => {
    assert.equal(paced({ at: REGULAR, ceilingMs: 240_000, hasOpenOrders: true }), 15_000);
    assert.equal(paced({ at: EXTENDED, ceilingMs: 240_000, hasOpenOrders: true }), 15_000);
    assert.equal(paced({ at: REGULAR, ceilingMs: 40_000, hasOpenOrders: true }), 10_000);
  });

  it('looks every 5 s for two minutes after a change, at any hour', () => {
    for (const at of [REGULAR, EXTENDED, CLOSED]) {
      assert.equal(paced({ at, lastChangeAt: at }), 5_000);
      assert.equal(paced({ at, lastChangeAt: at - 119_999 }), 5_000);
      assert.equal(paced({ at, lastChangeAt: at - 120_000 }), paced({ at }));
    }
  });

  it('takes no notice of a change in the future: the wall clock was set back', () => {
    assert.equal(paced({ lastChangeAt: CLOSED + 1 }), 60_000);
  });

  it('doubles from the ceiling to 5 minutes while polls fail, whatever the hour', () => {
    const waits = [1, 2, 3, 4, 1_000].map((failures) =>
      paced({ at: REGULAR, failures, lastChangeAt: REGULAR }),
    );
    assert.deepEqual(waits, [60_000, 120_000, 240_000, FIVE_MINUTES, FIVE_MINUTES]);
    assert.equal(paced({ failures: 3, ceilingMs: 600_000 }), 600_000);
  });

  it('does what Retry-After says, up to 5 minutes', () => {
    assert.equal(paced({ failures: 4, retryAfterMs: 7_000 }), 7_000);
    assert.equal(paced({ failures: 1, retryAfterMs: 90_000 }), 90_000);
    assert.equal(paced({ failures: 1, retryAfterMs: 86_400_000 }), FIVE_MINUTES);
    assert.equal(paced({ failures: 1, retryAfterMs: 0 }), 5_000);
  });

  it('is a whole number of milliseconds, at least 5 s, at most the ceiling or the longest backoff', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const waitMs = pace(input);
        const troubled = input.failures > 0 || input.retryAfterMs !== null;
        const most = troubled ? Math.max(input.ceilingMs, FIVE_MINUTES) : Math.max(input.ceilingMs, 5_000);
        assert.ok(Number.isInteger(waitMs) && waitMs >= 5_000 && waitMs <= most, String(waitMs));
      }),
      { numRuns: 1_000 },
    );
  });

  it('never grows when the ceiling shrinks, failures get fewer, Retry-After gets shorter or orders open', () => {
    fc.assert(
      fc.property(inputs, inputs, (one, other) => {
        const ceilings = [one.ceilingMs, other.ceilingMs].toSorted((a, b) => a - b);
        const failures = [one.failures, other.failures].toSorted((a, b) => a - b);
        const asked = [one.retryAfterMs ?? 0, other.retryAfterMs ?? 0].toSorted((a, b) => a - b);
        const [low = 0, high = 0] = ceilings.map((ceilingMs) => pace({ ...one, ceilingMs }));
        assert.ok(low <= high, 'ceiling');
        const [few = 0, many = 0] = failures.map((count) => pace({ ...one, failures: count }));
        assert.ok(few <= many, 'failures');
        const [soon = 0, late = 0] = asked.map((retryAfterMs) => pace({ ...one, retryAfterMs }));
        assert.ok(soon <= late, 'Retry-After');
        assert.ok(pace({ ...one, hasOpenOrders: true }) <= pace({ ...one, hasOpenOrders: false }), 'orders');
      }),
      { numRuns: 1_000 },
    );
  });

  it('is at its fastest when the market is: regular before extended before closed', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const calm = { ...input, lastChangeAt: null };
        const [regular = 0, extended = 0, closed = 0] = [REGULAR, EXTENDED, CLOSED].map((at) =>
          pace({ ...calm, at }),
        );
        assert.ok(regular <= extended && extended <= closed);
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps two config nodes of one app key below 60 requests a minute', () => {
    const requestsAMinute = (2 * 60_000) / paced({ lastChangeAt: CLOSED });
    assert.equal(requestsAMinute * 2, 48);
  });
});
