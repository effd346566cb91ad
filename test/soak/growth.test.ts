import assert from 'node:assert/strict';
import { grows, slopeOf } from './growth.js';
import { seeded } from '../support/seeded.js';

/** Half an hour of samples that rise by so much an hour, with noise on top. */
function samples(perHour: number, noise: number) {
  const chance = seeded(1);
  return Array.from({ length: 360 }, (_, index) => ({
    hours: index / 720,
    value: 40 + (perHour * index) / 720 + noise * (chance() - 0.5),
  }));
}

describe('a slope of samples', () => {
  it('is exact where there is no noise', () => {
    const { error, perHour } = slopeOf(samples(3, 0));
    assert.ok(Math.abs(perHour - 3) < 1e-9 && error < 1e-9, `${perHour} ± ${error}`);
  });

  it('counts as growth only as far as the noise leaves no doubt', () => {
    assert.ok(grows(slopeOf(samples(3, 1)), 1));
    assert.ok(!grows(slopeOf(samples(3, 40)), 1));
    assert.ok(!grows(slopeOf(samples(0.5, 0)), 1));
    assert.ok(!grows(slopeOf(samples(-5, 0)), 1));
  });
});
