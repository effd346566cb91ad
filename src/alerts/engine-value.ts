import { PersistentMap } from './persistent-map.js';
import type { Groups } from './grouping.js';
import type { Peak } from './peak.js';
import { emptyView } from './take-sample.js';
import type { EngineState, KeyState, Move, RuleMark, Silence } from './schema/state.js';
import type { AccountView, ConnectionView } from './views.js';

/** Everything alerts know: what is kept between two starts, and the figures that were told last. */
export interface Engine {
  /** ms since the epoch; null = never */
  readonly lastAt: number | null;
  readonly wasQuiet: boolean;
  /** When rules were last held against all positions. */
  readonly sweptAt: number | null;
  readonly wasMarketOpen: boolean | null;
  /** dedup key → state; a key with nothing to remember is absent */
  readonly keys: PersistentMap<KeyState>;
  /** Keys that may have something to tell without any news. */
  readonly awake: PersistentMap<true>;
  /** event id → when it was told */
  readonly seen: PersistentMap<number>;
  /** account key → since when it is known, and its peak */
  readonly known: ReadonlyMap<string, { readonly since: number; readonly peak: Peak | null }>;
  /** account key → its figures, once they have come */
  readonly accounts: ReadonlyMap<string, AccountView>;
  readonly connections: ReadonlyMap<string, ConnectionView>;
  /** `rule id|account key` → since when events are told */
  readonly since: ReadonlyMap<string, number>;
  /** rule id → the rule as it was used last */
  readonly rules: ReadonlyMap<string, RuleMark>;
  readonly groups: Groups;
  readonly silences: readonly Silence[];
  readonly moves: readonly Move[];
  readonly fills: EngineState['fills'];
}

/** The engine after a start: it remembers, and waits for figures. */
export function engineOf(state: EngineState): Engine {
  const keys = Object.entries(state.keys);
  return {
    lastAt: state.lastAt,
    wasQuiet: state.wasQuiet,
    sweptAt: null,
    wasMarketOpen: null,
    keys: PersistentMap.of(keys),
    awake: PersistentMap.of(keys.filter(([, key]) => isAwake(key)).map(([key]) => [key, true] as const)),
    seen: PersistentMap.of(Object.entries(state.seen)),
    known: new Map(Object.entries(state.accounts)),
    accounts: new Map(),
    connections: new Map(
      Object.entries(state.connections).map(([key, one]) => [key, { key, ...one, status: null }]),
    ),
    since: new Map(Object.entries(state.since)),
    rules: new Map(Object.entries(state.rules)),
    groups: state.groups,
    silences: state.silences,
    moves: state.moves,
    fills: state.fills,
  };
}

/** What is to be kept, as JSON. */
export function stateOf(engine: Engine): EngineState {
  return {
    version: 1,
    lastAt: engine.lastAt,
    wasQuiet: engine.wasQuiet,
    keys: Object.fromEntries(engine.keys),
    seen: Object.fromEntries(engine.seen),
    accounts: Object.fromEntries(engine.known),
    connections: Object.fromEntries(
      [...engine.connections].map(([key, { broker, downSince, label, quietSince }]) => [
        key,
        { broker, downSince, label, quietSince },
      ]),
    ),
    since: Object.fromEntries(engine.since),
    rules: Object.fromEntries(engine.rules),
    groups: engine.groups,
    silences: [...engine.silences],
    moves: [...engine.moves],
    fills: engine.fills,
  };
}

/** The figures of an account that has just been named. */
export function viewOf(engine: Engine, account: AccountView['account']): AccountView {
  return engine.accounts.get(account.key) ?? emptyView(account, engine.known.get(account.key)?.peak ?? null);
}

/** Whether the clock alone can make this key tell something, or forget. */
export function isAwake({ edge, events, level, noData }: KeyState): boolean {
  return (
    (level !== null && (level.s !== 'ok' || level.heldResolve !== null || level.lastNotifiedAt !== null)) ||
    (edge !== null && edge.queue.waiting.length > 0) ||
    (events !== null && (events.waiting.length > 0 || events.lastNotifiedAt !== null)) ||
    noData !== null
  );
}
