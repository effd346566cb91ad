import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { AT_REST, stepLevel, LevelState, type LevelTerms } from '../../src/alerts/machine/level.js';
import type { Reading, Signal } from '../../src/alerts/machine/reading.js';
import { isQuiet } from '../../src/alerts/quiet-hours.js';
import type { QuietHours } from '../../src/alerts/schema/quiet-hours.js';
import { MINUTE_MS, RUNS } from './support.js';

const NIGHT: QuietHours = { from: 22 * 60, to: 7 * 60, timeZone: 'Europe/Zurich' };
const START = Date.UTC(2026, 0, 12, 15, 0, 0);
const DAY_MS = 24 * 60 * MINUTE_MS;

/** `isQuiet`, asked once for each minute: the calendar is slow, and the traces share their minutes. */
const nights = new Map<number, boolean>();
function isNight(quietHours: QuietHours | null, at: number): boolean {
  if (quietHours === null) return false;
  const known = nights.get(at);
  if (known !== undefined) return known;
  const quiet = isQuiet(quietHours, at);
  nights.set(at, quiet);
  return quiet;
}

interface Step {
  readonly afterMinutes: number;
  readonly value: number | null;
  readonly fresh: boolean;
  readonly inhibited: boolean;
}

const aStep: fc.Arbitrary<Step> = fc.record({
  afterMinutes: fc.integer({ min: 1, max: 15 }),
  value: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: -15, max: 15 }) },
    { weight: 1, arbitrary: fc.constantFrom(null, Number.NaN, Number.POSITIVE_INFINITY) },
  ),
  fresh: fc.integer({ min: 0, max: 4 }).map((die) => die > 0),
  inhibited: fc.integer({ min: 0, max: 6 }).map((die) => die === 0),
});

/** Stretches of one mood, as markets have them, so that long conditions come about. */
const aTrace = fc.oneof(
  fc.array(aStep, { maxLength: 200, size: 'max' }),
  fc
    .array(
      fc
        .tuple(aStep, fc.integer({ min: 1, max: 25 }))
        .map(([step, times]) => Array.from({ length: times }, () => step)),
      { maxLength: 30, size: 'max' },
    )
    .map((stretches) => stretches.flat().slice(0, 200)),
);

const seconds = (...minutes: readonly number[]) => fc.constantFrom(...minutes.map((one) => one * 60));

const aRule: fc.Arbitrary<LevelTerms> = fc
  .record({
    operator: fc.constantFrom('<', '>', '<=', '>=', 'outside'),
    size: fc.integer({ min: 1, max: 8 }),
    gap: fc.integer({ min: 0, max: 4 }),
    forSeconds: seconds(0, 1, 10, 45),
    keepFiringSeconds: seconds(0, 5, 30),
    cooldownSeconds: seconds(1, 15, 120),
    repeatSeconds: seconds(0, 0, 30, 240),
    resolveMessage: fc.integer({ min: 0, max: 3 }).map((die) => die > 0),
    severity: fc.constantFrom('info', 'warning', 'critical'),
  })
  .map(({ gap, size, ...rule }) => {
    const isBelow = rule.operator === '<' || rule.operator === '<=';
    const threshold = isBelow ? -size : size;
    const clearAt = isBelow
      ? threshold + gap
      : rule.operator === 'outside'
        ? Math.max(0, size - gap)
        : size - gap;
    return { ...rule, threshold, clearAt };
  });

interface Moment {
  readonly reading: Reading;
  readonly before: LevelState;
  readonly after: LevelState;
  readonly signals: readonly Signal[];
}

interface Run {
  readonly quietHours?: QuietHours | null;
  readonly from?: LevelState;
  readonly start?: number;
  readonly keep?: (state: LevelState) => LevelState;
}

function run(rule: LevelTerms, steps: readonly Step[], options: Run = {}): readonly Moment[] {
  const { from = AT_REST, keep = (state) => state, quietHours = NIGHT, start = START } = options;
  let state = from;
  let at = start;
  return steps.map(({ afterMinutes, ...step }) => {
    at += afterMinutes * MINUTE_MS;
    const reading = { ...step, at, quiet: isNight(quietHours, at), acknowledged: false };
    const before = keep(state);
    const [after, signals] = stepLevel(rule, before, reading);
    state = after;
    return { reading, before, after, signals };
  });
}

const told = (moments: readonly Moment[]) =>
  moments.flatMap(({ reading, signals }) => signals.map((signal) => ({ at: reading.at, ...signal })));
const last = (moments: readonly Moment[]) => moments.at(-1)?.after ?? AT_REST;
const end = (moments: readonly Moment[]) => moments.at(-1)?.reading.at ?? START;
const isKnown = ({ fresh, value }: Reading) => fresh && value !== null && Number.isFinite(value);

/** The operators once more, in the words of the specification. */
function isBeyond({ operator }: LevelTerms, value: number, limit: number): boolean {
  const by = {
    '<': value < limit,
    '>': value > limit,
    '<=': value <= limit,
    '>=': value >= limit,
    outside: value > limit || value < -limit,
  };
  return by[operator];
}

function law(property: (rule: LevelTerms, steps: readonly Step[]) => void): void {
  fc.assert(fc.property(aRule, aTrace, property), { numRuns: RUNS });
}

/** A value that is as bad, or as good, as can be. */
const worst = ({ operator }: LevelTerms) => (operator === '<' || operator === '<=' ? -100 : 100);
const best = ({ operator }: LevelTerms) =>
  operator === 'outside' ? 0 : operator === '<' || operator === '<=' ? 100 : -100;
const steady = (value: number, count: number): readonly Step[] =>
  Array.from({ length: count }, () => ({ afterMinutes: 15, value, fresh: true, inhibited: false }));
/** Longer than any night, cooldown and condition of these rules together. */
const LONG_ENOUGH = 100;

describe('a level rule', function () {
  this.timeout(Math.max(60_000, RUNS * 15));

  it('L1: tells firing, repeats and the end of one episode in turn, and no end of what was not told', () =>
    law((rule, steps) => {
      let open: number | null = null;
      for (const { firedAt, kind, repeat } of told(run(rule, steps))) {
        if (kind === 'resolved') {
          assert.equal(firedAt, open);
          open = null;
        } else {
          assert.equal(repeat, open === firedAt);
          if (rule.resolveMessage)
            assert.ok(open === null || open === firedAt, 'a new episode before the end of the last');
          open = firedAt;
        }
      }
    }));

  it('L2: leaves at least the cooldown between two firing messages, repeats included', () =>
    law((rule, steps) => {
      const times = told(run(rule, steps))
        .filter(({ kind }) => kind === 'firing')
        .map(({ at }) => at);
      for (const [index, at] of times.entries()) {
        const before = times[index - 1];
        if (before !== undefined) assert.ok(at - before >= rule.cooldownSeconds * 1000);
      }
    }));

  it('L3: is the same after its state went through a file at every step', () =>
    law((rule, steps) => {
      const keep = (state: LevelState) => LevelState.parse(JSON.parse(JSON.stringify(state)));
      assert.deepEqual(run(rule, steps, { keep }), run(rule, steps));
    }));

  it('L4: tells nothing on an unknown value, and neither fires nor ends on it', () =>
    law((rule, steps) => {
      for (const { after, before, reading, signals } of run(rule, steps)) {
        if (isKnown(reading)) continue;
        assert.deepEqual(signals, []);
        const isOpen = (state: LevelState) => state.s === 'firing' || state.s === 'recovering';
        assert.equal(isOpen(after), isOpen(before));
        assert.notEqual(after.s, 'pending');
        assert.notEqual(after.s, 'recovering');
      }
    }));

  it('L5: is silent in quiet hours unless it is critical', () =>
    law((rule, steps) => {
      for (const { reading, signals } of run(rule, steps))
        if (reading.quiet && rule.severity !== 'critical') assert.deepEqual(signals, []);
    }));

  it('L6: is told the same with and without quiet hours when it is critical', () =>
    law((given, steps) => {
      const rule = { ...given, severity: 'critical' as const };
      assert.deepEqual(told(run(rule, steps)), told(run(rule, steps, { quietHours: null })));
    }));

  it('L7: fires only after its condition was known to hold without a break for as long as it must', () =>
    law((rule, steps) => {
      const moments = run(rule, steps);
      for (const [index, { after, before, reading }] of moments.entries()) {
        if (after.firedAt === null || after.firedAt === before.firedAt) continue;
        assert.equal(after.firedAt, reading.at);
        let since = reading.at;
        for (const earlier of moments.slice(0, index + 1).toReversed()) {
          const { value } = earlier.reading;
          if (!isKnown(earlier.reading) || value === null || !isBeyond(rule, value, rule.threshold)) break;
          since = earlier.reading.at;
        }
        assert.ok(reading.at - since >= rule.forSeconds * 1000);
      }
    }));

  it('L8: tells nothing of values that stay between the threshold and where it clears', () =>
    law((given, steps) => {
      const rule = { ...given, repeatSeconds: 0 };
      const moments = run(rule, steps);
      const state = last(moments);
      const isTold = state.s === 'firing' && state.notified && state.heldResolve === null;
      // Half of the way: still beyond where it clears, no longer beyond the threshold.
      const value = (rule.threshold + rule.clearAt) / 2;
      if (!isTold || rule.threshold === rule.clearAt) return;
      const after = run(rule, steady(value, 100), { from: state, start: end(moments) });
      assert.deepEqual(told(after), []);
      assert.equal(last(after).s, 'firing');
    }));

  it('L9: says nothing new when the same sample comes twice', () =>
    law((rule, steps) => {
      for (const { after, reading } of run(rule, steps)) {
        const [, signals] = stepLevel(rule, after, reading);
        assert.deepEqual(
          signals.filter(({ kind }) => kind === 'firing'),
          [],
        );
      }
    }));

  it('L10: gets told when it holds long enough on fresh figures', () =>
    law((rule, steps) => {
      const moments = run(rule, steps);
      const after = last(
        run(rule, steady(worst(rule), LONG_ENOUGH), { from: last(moments), start: end(moments) }),
      );
      assert.equal(after.s, 'firing');
      assert.ok(after.notified);
    }));

  it('L11: comes to rest when all is well long enough, and ends each told episode exactly once', () =>
    law((rule, steps) => {
      const moments = run(rule, steps);
      const after = run(rule, steady(best(rule), LONG_ENOUGH), { from: last(moments), start: end(moments) });
      const { lastNotifiedAt } = last(after);
      assert.deepEqual(last(after), { ...AT_REST, lastNotifiedAt });
      const all = [...told(moments), ...told(after)];
      const firing = new Set(all.filter(({ kind }) => kind === 'firing').map(({ firedAt }) => firedAt));
      const ended = all.filter(({ kind }) => kind === 'resolved').map(({ firedAt }) => firedAt);
      assert.deepEqual(ended, rule.resolveMessage ? [...firing] : []);
    }));

  it('L15: does the same a day later when everything happens a day later', () =>
    law((rule, steps) => {
      const shifted = told(run(rule, steps, { start: START + DAY_MS }));
      assert.deepEqual(
        shifted,
        told(run(rule, steps)).map((signal) => ({
          ...signal,
          at: signal.at + DAY_MS,
          firedAt: signal.firedAt + DAY_MS,
          before: signal.before === null ? null : signal.before + DAY_MS,
        })),
      );
    }));

  it('L16: says nothing while something else explains it, and speaks up after that', () =>
    law((rule, steps) => {
      const moments = run(rule, steps);
      for (const { reading, signals } of moments) if (reading.inhibited) assert.deepEqual(signals, []);
      const held = steady(worst(rule), 50).map((step) => ({ ...step, inhibited: true }));
      const during = run(rule, held, { from: last(moments), start: end(moments) });
      assert.deepEqual(told(during), []);
      const after = run(rule, steady(worst(rule), LONG_ENOUGH), { from: last(during), start: end(during) });
      assert.ok(last(after).notified);
    }));

  it('meets quiet hours, repeats, queued alerts and held ends in these traces', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(aRule, aTrace, (rule, steps) => {
        for (const { after, reading, signals } of run(rule, steps)) {
          if (reading.quiet) seen.add('quiet');
          if (after.heldResolve !== null) seen.add('held');
          if (after.s === 'recovering') seen.add('recovering');
          if (after.s === 'firing' && !after.notified) seen.add('queued');
          if (signals.some(({ repeat }) => repeat)) seen.add('repeat');
        }
      }),
      { numRuns: 300 },
    );
    assert.deepEqual(
      [...seen].toSorted((a, b) => a.localeCompare(b)),
      ['held', 'queued', 'quiet', 'recovering', 'repeat'],
    );
  });
});
