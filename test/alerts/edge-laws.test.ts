import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { NO_EDGE_YET, stepEdge, type EdgeState } from '../../src/alerts/machine/edge.js';
import { MINUTE_MS, RUNS } from './support.js';

const THRESHOLD = 100;

interface Step {
  readonly value: number | null;
  readonly fresh: boolean;
}

/** Values wander around the threshold, on it too. */
const aTrace: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    value: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 90, max: 110 }) },
      { weight: 1, arbitrary: fc.constantFrom(null, Number.NaN) },
    ),
    fresh: fc.integer({ min: 0, max: 4 }).map((die) => die > 0),
  }),
  { maxLength: 200, size: 'max' },
);
const aRule = fc.record({
  operator: fc.constantFrom('crosses', 'crossesUp', 'crossesDown'),
  band: fc.integer({ min: 0, max: 6 }),
  cooldownSeconds: fc.constantFrom(0, 600),
  severity: fc.constant('info' as const),
  threshold: fc.constant(THRESHOLD),
});

function run(
  rule: Parameters<typeof stepEdge>[0],
  steps: readonly Step[],
  blocked: (index: number) => boolean = () => false,
) {
  let state: EdgeState = NO_EDGE_YET;
  const told: string[] = [];
  const times: number[] = [];
  for (const [index, step] of steps.entries()) {
    const at = index * MINUTE_MS;
    const inhibited = blocked(index);
    const [next, news] = stepEdge(rule, state, { ...step, at, inhibited, quiet: false, acknowledged: false });
    state = next;
    told.push(...news.map(({ eventId }) => eventId));
    if (news.length > 0) times.push(at);
  }
  return { told, times, state };
}

const known = (steps: readonly Step[]) =>
  steps.flatMap(({ fresh, value }, index) =>
    fresh && value !== null && Number.isFinite(value) ? [{ value, at: index * MINUTE_MS }] : [],
  );

/**
 * Crossings by their definition: known values are cut where one lies beyond the band on the far side, and each piece
 * tells its first crossing. `sign` 1 = upwards.
 */
function crossings(steps: readonly Step[], band: number, sign: 1 | -1): readonly number[] {
  const values = known(steps).map(({ at, value }) => ({ at, height: sign * (value - THRESHOLD) }));
  const found: number[] = [];
  let isTold = false;
  for (const [index, { at, height }] of values.entries()) {
    const before = values[index - 1];
    if (height < -band) isTold = false;
    if (!isTold && before !== undefined && before.height < 0 && height >= 0) {
      found.push(at);
      isTold = true;
    }
  }
  return found;
}

describe('an edge rule', function () {
  this.timeout(Math.max(20_000, RUNS * 10));

  it('L17: tells each crossing beyond the hysteresis once, whatever gaps there are', () =>
    fc.assert(
      fc.property(aRule, aTrace, (given, steps) => {
        const rule = { ...given, cooldownSeconds: 0 };
        const up = crossings(steps, rule.band, 1).map((at) => `crossesUp@${at}`);
        const down = crossings(steps, rule.band, -1).map((at) => `crossesDown@${at}`);
        const meant = { crosses: [...up, ...down], crossesUp: up, crossesDown: down }[rule.operator];
        assert.deepEqual(new Set(run(rule, steps).told), new Set(meant));
        assert.equal(run(rule, steps).told.length, meant.length);
      }),
      { numRuns: RUNS },
    ));

  it('only delays by its cooldown and by what keeps it from being told', () =>
    fc.assert(
      fc.property(aRule, aTrace, fc.integer({ min: 1, max: 7 }), (rule, steps, every) => {
        const value = known(steps).at(-1)?.value ?? null;
        const tail = Array.from({ length: 20 }, () => ({ value, fresh: true }));
        const blocked = (index: number) => index < steps.length && index % every === 0;
        const { times, told } = run(rule, [...steps, ...tail], blocked);
        assert.deepEqual(told, run({ ...rule, cooldownSeconds: 0 }, [...steps, ...tail]).told);
        for (const [index, at] of times.entries()) {
          assert.ok(!blocked(at / MINUTE_MS));
          const before = times[index - 1];
          if (before !== undefined) assert.ok(at - before >= rule.cooldownSeconds * 1000);
        }
      }),
      { numRuns: RUNS },
    ));

  it('only records the first value it sees', () => {
    const rule = {
      operator: 'crosses',
      band: 2,
      cooldownSeconds: 0,
      severity: 'info',
      threshold: THRESHOLD,
    } as const;
    assert.deepEqual(run(rule, [{ value: 120, fresh: true }]).told, []);
    assert.deepEqual(
      run(rule, [
        { value: 120, fresh: true },
        { value: 99, fresh: true },
      ]).told,
      ['crossesDown@60000'],
    );
  });
});
