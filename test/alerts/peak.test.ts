import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { withPeak, type Peak } from '../../src/alerts/peak.js';

/** A Tuesday at noon in New York. */
const NOON = Date.UTC(2026, 10, 24, 17);
const DAY_MS = 24 * 60 * 60 * 1000;

type Told = readonly [days: number, netLiquidation: number | null, dayPnl: number | null];

function after(...told: readonly Told[]): Peak | null {
  return told.reduce<Peak | null>(
    (known, [days, netLiquidation, dayPnl]) =>
      withPeak(known, { netLiquidation, dayPnl }, NOON + days * DAY_MS),
    null,
  );
}
const peak = (...told: readonly Told[]) => after(...told)?.peak;

describe('the peak of an account', () => {
  it('is the highest that net liquidation was', () => {
    assert.deepEqual(after([0, 1_000, 20]), {
      peak: 1_000,
      day: '2026-11-24',
      base: 980,
      applied: 0,
      last: 1_000,
    });
    assert.equal(peak([0, 1_000, 0], [0, 1_100, 100], [0, 900, -100]), 1_100);
    assert.equal(peak([0, 1_000, 0], [1, 1_040, 40], [2, 900, -140]), 1_040);
  });

  it('is not known of what is not known', () => {
    assert.equal(after([0, null, 5]), null);
    assert.equal(after([0, Number.NaN, 5]), null);
    const known = after([0, 1_000, 0]);
    assert.equal(withPeak(known, { netLiquidation: null, dayPnl: 5 }, NOON), known);
    assert.equal(withPeak(known, { netLiquidation: Infinity, dayPnl: 5 }, NOON), known);
  });

  it('moves with what is paid in or out within a day, and back with a figure that lagged behind', () => {
    assert.equal(peak([0, 1_000, 0], [0, 600, 0]), 600);
    assert.equal(peak([0, 1_000, 0], [0, 1_400, 0]), 1_400);
    // A gain that the result of the day tells a moment later.
    assert.equal(peak([0, 1_000, 0], [0, 950, 0], [0, 950, -50]), 1_000);
    assert.equal(peak([0, 1_000, 0], [0, 600, 0], [0, 500, -100]), 600);
    assert.equal(peak([0, 1_000, 0], [0, 600, 0], [0, 200, 0]), 200);
  });

  it('takes no small difference of two feeds for a transfer', () => {
    assert.equal(peak([0, 1_000, 0], [0, 980, 0]), 1_000);
    assert.equal(peak([0, 1_000, 0], [0, 979, 0]), 979);
  });

  it('moves with what is paid in or out overnight, and not with a gap of the market', () => {
    assert.equal(peak([0, 1_000, 0], [1, 960, 0]), 1_000);
    assert.equal(peak([0, 1_000, 0], [1, 950, 0]), 1_000);
    assert.equal(peak([0, 1_000, 0], [1, 600, 0]), 600);
    assert.equal(peak([0, 1_000, 0], [0, 900, -100], [1, 500, 0]), 600);
    assert.equal(peak([0, 1_000, 0], [1, 1_500, 0]), 1_500);
    assert.equal(peak([0, 1_000, 0], [1, 500, null]), 1_000);
    assert.deepEqual(after([0, 1_000, 0], [1, 600, -10]), {
      peak: 610,
      day: '2026-11-25',
      base: 610,
      applied: 0,
      last: 600,
    });
  });

  it('begins to tell transfers from results as soon as the result of the day is known', () => {
    assert.deepEqual(after([0, 1_000, null], [0, 1_100, null]), {
      peak: 1_100,
      day: '2026-11-24',
      base: null,
      applied: 0,
      last: 1_100,
    });
    assert.equal(peak([0, 1_000, null], [0, 900, 0]), 1_000);
    assert.equal(peak([0, 1_000, null], [0, 900, 0], [0, 500, 0]), 600);
    const forgetful = after([0, 1_000, 0], [0, 1_010, null]);
    assert.equal(forgetful?.base, 1_000);
  });

  it('leaves no drawdown after a deposit or a withdrawal, however results move around it', () => {
    const result = fc.integer({ min: -50, max: 50 });
    fc.assert(
      fc.property(
        fc.integer({ min: -800, max: 5_000 }).filter((paid) => Math.abs(paid) > 100),
        result,
        result,
        (paid, before, later) => {
          const top = peak(
            [0, 1_000 + before, before],
            [0, 1_000 + before + paid, before],
            [0, 1_000 + paid + later, later],
          );
          const highest = Math.max(before, later);
          assert.equal(top, 1_000 + paid + highest);
        },
      ),
      { numRuns: 300 },
    );
  });
});
