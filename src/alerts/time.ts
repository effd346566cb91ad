import type { Engine } from './engine-value.js';
import { PersistentMap } from './persistent-map.js';
import { afterGap, type LevelState } from './machine/level.js';
import type { KeyState } from './schema/state.js';

/** So long nobody looked, and nobody knows whether a condition held all the time. */
const GAP_MS = 60 * 60_000;
/** A clock that is put right by less than this simply waits until it has caught up. */
const SMALL_STEP_MS = 60_000;

/**
 * The engine at the beginning of a step at `at`, and the time that counts. After an hour in which nothing ran (a
 * restart, a machine asleep) pending timers begin anew. A clock that was set back takes all times of the future with
 * it, or cooldowns would last until it is there again.
 */
export function atTime(engine: Engine, at: number): { readonly engine: Engine; readonly at: number } {
  const { lastAt } = engine;
  if (lastAt === null) return { engine: { ...engine, lastAt: at }, at };
  if (at < lastAt && lastAt - at <= SMALL_STEP_MS) return { engine, at: lastAt };
  const settled = at < lastAt ? rewound(engine, at) : at - lastAt > GAP_MS ? withoutPending(engine) : engine;
  return { engine: { ...settled, lastAt: at }, at };
}

function withoutPending(engine: Engine): Engine {
  return withKeys(engine, (state) => ({
    ...state,
    level: state.level === null ? null : afterGap(state.level),
    noData: state.noData === null ? null : { ...state.noData, unknownSince: null },
  }));
}

function rewound(engine: Engine, at: number): Engine {
  const past = (time: number | null): number | null => (time === null ? null : Math.min(time, at));
  const level = (state: LevelState): LevelState => ({
    ...state,
    since: past(state.since),
    okSince: past(state.okSince),
    lastNotifiedAt: past(state.lastNotifiedAt),
  });
  const keys = withKeys(engine, (state) => ({
    ...state,
    level: state.level === null ? null : level(state.level),
    edge:
      state.edge === null
        ? null
        : {
            ...state.edge,
            queue: { ...state.edge.queue, lastNotifiedAt: past(state.edge.queue.lastNotifiedAt) },
          },
    events:
      state.events === null ? null : { ...state.events, lastNotifiedAt: past(state.events.lastNotifiedAt) },
    noData:
      state.noData === null
        ? null
        : { unknownSince: past(state.noData.unknownSince), level: level(state.noData.level) },
  }));
  return {
    ...keys,
    sweptAt: past(engine.sweptAt),
    since: new Map([...engine.since].map(([key, since]) => [key, Math.min(since, at)])),
    groups: Object.fromEntries(
      Object.entries(engine.groups).map(([name, group]) => [
        name,
        { ...group, openedAt: Math.min(group.openedAt, at) },
      ]),
    ),
    connections: new Map(
      [...engine.connections].map(([key, one]) => [
        key,
        { ...one, downSince: past(one.downSince), quietSince: past(one.quietSince) },
      ]),
    ),
  };
}

function withKeys(engine: Engine, change: (state: KeyState) => KeyState): Engine {
  return { ...engine, keys: PersistentMap.of([...engine.keys].map(([key, state]) => [key, change(state)])) };
}
