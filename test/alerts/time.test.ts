import assert from 'node:assert/strict';
import { EMPTY_ENGINE_STATE, engineOf, type EngineState } from '../../src/alerts/index.js';
import { AT_REST } from '../../src/alerts/machine/level.js';
import { NO_EDGE_YET } from '../../src/alerts/machine/edge.js';
import { atTime } from '../../src/alerts/time.js';
import { T0 } from '../support/builders.js';
import { item } from './text/items.js';

const HOUR_MS = 60 * 60_000;
const about = { ruleId: 'r', account: 'a', subject: null, connection: null };
const NO_KEY = { about, facts: null, level: null, edge: null, events: null, noData: null };
const pending = { ...AT_REST, s: 'pending', since: T0 - 5 } as const;

/** What was remembered at T0. */
function remembered(given: Partial<EngineState>) {
  return engineOf({ ...EMPTY_ENGINE_STATE, lastAt: T0, ...given });
}

describe('a step of the engine', () => {
  it('is at the time that it is told, the first one too', () => {
    const never = atTime(engineOf(EMPTY_ENGINE_STATE), T0);
    assert.deepEqual([never.at, never.engine.lastAt], [T0, T0]);
    const later = atTime(remembered({}), T0 + 5_000);
    assert.deepEqual([later.at, later.engine.lastAt], [T0 + 5_000, T0 + 5_000]);
  });

  it('waits for a clock that is put right by a minute to catch up', () => {
    const engine = remembered({ keys: { k: { ...NO_KEY, level: pending } } });
    for (const ms of [1, 60_000]) assert.deepEqual(atTime(engine, T0 - ms), { engine, at: T0 });
    assert.equal(atTime(engine, T0 - 60_001).at, T0 - 60_001);
  });

  it('begins timers anew after an hour in which nothing ran, and not before', () => {
    const open = { ...AT_REST, s: 'firing', firedAt: T0 - 9, notified: true } as const;
    const engine = remembered({
      keys: {
        pending: { ...NO_KEY, level: pending },
        ending: { ...NO_KEY, level: { ...open, s: 'recovering', okSince: T0 } },
        firing: { ...NO_KEY, level: open },
        missing: { ...NO_KEY, noData: { unknownSince: T0, level: open } },
        edge: { ...NO_KEY, edge: NO_EDGE_YET },
      },
    });
    assert.deepEqual(atTime(engine, T0 + HOUR_MS).engine.keys, engine.keys);
    const { engine: late } = atTime(engine, T0 + HOUR_MS + 1);
    assert.deepEqual(Object.fromEntries(late.keys), {
      pending: { ...NO_KEY, level: AT_REST },
      ending: { ...NO_KEY, level: open },
      firing: { ...NO_KEY, level: open },
      missing: { ...NO_KEY, noData: { unknownSince: null, level: open } },
      edge: { ...NO_KEY, edge: NO_EDGE_YET },
    });
  });

  it('takes all times of the future back with a clock that is set back, and leaves those of the past', () => {
    const level = { ...AT_REST, s: 'recovering', firedAt: T0 - 9, notified: true } as const;
    const atEach = (at: number) => ({
      pending: { ...NO_KEY, level: { ...pending, since: at, lastNotifiedAt: at } },
      ending: { ...NO_KEY, level: { ...level, okSince: at, lastNotifiedAt: at } },
      edge: { ...NO_KEY, edge: { ...NO_EDGE_YET, queue: { waiting: [], lastNotifiedAt: at } } },
      events: { ...NO_KEY, events: { waiting: [], lastNotifiedAt: at } },
      missing: {
        ...NO_KEY,
        noData: { unknownSince: at, level: { ...level, okSince: at, lastNotifiedAt: at } },
      },
      never: { ...NO_KEY, level: AT_REST },
    });
    const state = (at: number): Partial<EngineState> => ({
      keys: atEach(at),
      since: { 'r|a': at },
      groups: { g: { openedAt: at, items: [item()] } },
      connections: { c: { label: 'TWS', broker: 'ibkr', downSince: at, quietSince: null } },
    });
    const [past, now] = [T0 - 5 * HOUR_MS, T0 - 2 * HOUR_MS];
    for (const [at, expected] of [
      [T0, now],
      [past, past],
    ] as const) {
      const engine = { ...remembered(state(at)), sweptAt: at };
      const { engine: back } = atTime(engine, now);
      const should = { ...remembered(state(expected)), lastAt: now, sweptAt: expected };
      assert.deepEqual(Object.fromEntries(back.keys), Object.fromEntries(should.keys));
      assert.deepEqual({ ...back, keys: null }, { ...should, keys: null });
    }
    const quiet = remembered({
      connections: { c: { label: 'TWS', broker: 'ibkr', downSince: null, quietSince: T0 } },
    });
    assert.equal(atTime(quiet, now).engine.connections.get('c')?.quietSince, now);
    assert.equal(atTime(quiet, now).engine.sweptAt, null);
  });
});
