import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fullJitter, RECONNECT } from '../../src/resilience/backoff.js';

const always = (value: number) => () => value;
const ALMOST_ONE = 1 - Number.EPSILON;

describe('fullJitter', () => {
  it('doubles its bound from a second to a minute', () => {
    const bounds = [0, 1, 2, 3, 4, 5, 6, 7, 1_000, Infinity].map((attempt) =>
      fullJitter(attempt, always(ALMOST_ONE)),
    );
    assert.deepEqual(bounds, [999, 1_999, 3_999, 7_999, 15_999, 31_999, 59_999, 59_999, 59_999, 59_999]);
  });

  it('spreads over everything from nothing to its bound', () => {
    assert.deepEqual(
      [0, 0.25, 0.5, 0.75].map((chance) => fullJitter(3, always(chance))),
      [0, 2_000, 4_000, 6_000],
    );
  });

  it('never waits longer than the policy, nor less than nothing, in whole milliseconds', () => {
    const policies = fc.record({
      firstMs: fc.integer({ min: 1, max: 10_000 }),
      capMs: fc.integer({ min: 1, max: 100_000 }),
    });
    const chances = fc.double({ min: 0, max: ALMOST_ONE, noNaN: true });
    fc.assert(
      fc.property(fc.nat(), chances, policies, (attempt, chance, policy) => {
        const delayMs = fullJitter(attempt, always(chance), policy);
        assert.ok(Number.isInteger(delayMs) && delayMs >= 0 && delayMs <= policy.capMs);
      }),
      { numRuns: 1_000 },
    );
    assert.deepEqual(RECONNECT, { firstMs: 1_000, capMs: 60_000 });
  });
});
