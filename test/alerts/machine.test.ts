import assert from 'node:assert/strict';
import { NO_EDGE_YET, stepEdge } from '../../src/alerts/machine/edge.js';
import {
  AT_REST,
  stepGone,
  stepLevel,
  type LevelState,
  type LevelTerms,
} from '../../src/alerts/machine/level.js';
import { queued, stepQueue, type Occurrence } from '../../src/alerts/machine/occurrence.js';
import type { Reading, Signal } from '../../src/alerts/machine/reading.js';

const SECOND_MS = 1_000;

function reading(at: number, value: number | null, given: Partial<Reading> = {}): Reading {
  return { at, value, fresh: true, inhibited: false, quiet: false, acknowledged: false, ...given };
}

/** Fires below 10, ends at 12. */
const BELOW: LevelTerms = {
  operator: '<',
  threshold: 10,
  clearAt: 12,
  forSeconds: 0,
  keepFiringSeconds: 0,
  cooldownSeconds: 900,
  repeatSeconds: 0,
  resolveMessage: true,
  severity: 'warning',
};

type Look = readonly [seconds: number, value: number, given?: Partial<Reading>];

/** The state after these looks, and what was told. */
function looks(
  rule: LevelTerms,
  ...all: readonly Look[]
): { readonly state: LevelState; readonly told: readonly string[] } {
  let state = AT_REST;
  const told: string[] = [];
  for (const [seconds, value, given] of all) {
    const [next, signals] = stepLevel(rule, state, reading(seconds * SECOND_MS, value, given));
    state = next;
    told.push(...signals.map((signal) => said(signal, seconds)));
  }
  return { state, told };
}

function said({ firedAt, kind, repeat }: Signal, seconds: number): string {
  return `${repeat ? 'repeat' : kind} of ${firedAt / SECOND_MS} at ${seconds}`;
}

describe('a level rule that ends late', () => {
  const rule = { ...BELOW, keepFiringSeconds: 60 };

  it('ends when all has been well for as long as it must', () => {
    assert.deepEqual(looks(rule, [0, 5], [10, 20], [69, 20]).told, ['firing of 0 at 0']);
    assert.deepEqual(looks(rule, [0, 5], [10, 20], [70, 20]).told, [
      'firing of 0 at 0',
      'resolved of 0 at 70',
    ]);
  });

  it('goes on when a value falls back behind where it ends, though not as far as where it fires', () => {
    const { state, told } = looks(rule, [0, 5], [10, 20], [40, 11], [50, 20], [100, 20]);
    assert.deepEqual([told, state.s], [['firing of 0 at 0'], 'recovering']);
  });

  it('tells nothing that waits while all is well', () => {
    const { told } = looks(rule, [0, 5, { inhibited: true }], [10, 20], [20, 20]);
    assert.deepEqual(told, []);
  });

  it('ends with the thing itself, also while it is about to end', () => {
    const { state } = looks(rule, [0, 5], [10, 20]);
    assert.equal(state.s, 'recovering');
    const [gone, signals] = stepGone(rule, state, reading(20 * SECOND_MS, null));
    assert.deepEqual(
      [gone, signals.map((signal) => said(signal, 20))],
      [{ ...AT_REST, lastNotifiedAt: 0 }, ['resolved of 0 at 20']],
    );
  });
});

describe('a level rule that fires late', () => {
  it('is at rest when the thing itself goes before that', () => {
    const rule = { ...BELOW, forSeconds: 60 };
    const { state } = looks(rule, [0, 5]);
    assert.equal(state.s, 'pending');
    assert.deepEqual(stepGone(rule, state, reading(10 * SECOND_MS, null)), [AT_REST, []]);
  });
});

describe('a level rule with a cooldown', () => {
  it('fires again when it is over, and no sooner', () => {
    const again = (seconds: number) => looks(BELOW, [0, 5], [1, 20], [2, 5], [seconds, 5]).told.slice(2);
    assert.deepEqual(again(899), []);
    assert.deepEqual(again(900), ['firing of 2 at 900']);
  });

  it('is not repeated more often than that', () => {
    const often = { ...BELOW, repeatSeconds: 60 };
    const seldom = { ...BELOW, cooldownSeconds: 60, repeatSeconds: 900 };
    for (const rule of [often, seldom])
      assert.deepEqual(looks(rule, [0, 5], [60, 5], [899, 5], [900, 5]).told, [
        'firing of 0 at 0',
        'repeat of 0 at 900',
      ]);
  });
});

describe('an edge rule of one key', () => {
  const rule = {
    operator: 'crosses',
    band: 2,
    cooldownSeconds: 0,
    severity: 'info',
    threshold: 100,
  } as const;
  const step = (state: typeof NO_EDGE_YET, at: number, value: number) =>
    stepEdge(rule, state, reading(at, value));

  it('says which way it went, and what the value was', () => {
    const [above] = step(NO_EDGE_YET, 0, 103);
    const [below, fell] = step(above, 1, 97);
    const [, rose] = step(below, 2, 100);
    assert.deepEqual(
      [...fell, ...rose],
      [
        { eventId: 'crossesDown@1', at: 1, text: 'fell to or below', value: 97, before: null },
        { eventId: 'crossesUp@2', at: 2, text: 'rose to or above', value: 100, before: 1 },
      ],
    );
  });

  it('tells no crossing of values that were on that side all the time, or on the line', () => {
    const [above] = step(NO_EDGE_YET, 0, 101);
    assert.deepEqual(step(above, 1, 102)[1], []);
    const [on] = step(NO_EDGE_YET, 0, 100);
    assert.deepEqual(step(on, 1, 101)[1], []);
    assert.deepEqual(step(on, 1, 99)[1], []);
    const [below] = step(NO_EDGE_YET, 0, 99);
    assert.deepEqual(step(below, 1, 98)[1], []);
  });

  it('stays the very same at the ticks of a price that stays on its side', () => {
    const [above] = step(NO_EDGE_YET, 0, 105);
    assert.equal(step(above, 1, 110)[0], above);
    assert.equal(step(above, 1, 101)[0], above);
    assert.notEqual(step(above, 1, 100)[0], above);
    const [below] = step(NO_EDGE_YET, 0, 95);
    assert.equal(step(below, 1, 99)[0], below);
  });
});

describe('what happens and cannot be told yet', () => {
  const rule = { cooldownSeconds: 60, severity: 'info' } as const;
  const happened = (count: number): readonly Occurrence[] =>
    Array.from({ length: count }, (_, at) => ({
      eventId: `e${at}`,
      at,
      text: '',
      value: null,
      before: null,
    }));

  it('waits, and is told all at once when the cooldown is over', () => {
    const queue = { waiting: happened(2), lastNotifiedAt: 0 };
    assert.deepEqual(stepQueue(rule, queue, reading(59_999, null)), [queue, []]);
    const [next, told] = stepQueue(rule, queue, reading(60_000, null));
    assert.deepEqual(next, { waiting: [], lastNotifiedAt: 60_000 });
    assert.deepEqual(
      told,
      happened(2).map((one) => ({ ...one, before: 0 })),
    );
  });

  it('is the newest two hundred when a flood comes', () => {
    const flood = happened(300);
    const { waiting } = queued(
      queued({ waiting: [], lastNotifiedAt: null }, flood.slice(0, 150)),
      flood.slice(150),
    );
    assert.deepEqual(waiting, flood.slice(100));
  });
});
