import type { AlertSettings } from '../../alerts/draft.js';
import type { Engine } from '../../alerts/engine-value.js';
import { alertId } from '../../alerts/items.js';
import type { KeyState } from '../../alerts/schema/state.js';

/** One alert that goes on, as a person or a dashboard wants it. Times in ms since the epoch. */
export interface Ongoing {
  readonly id: string;
  readonly ruleId: string;
  readonly rule: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly state: 'firing' | 'recovering';
  readonly account: string | null;
  readonly symbol: string | null;
  readonly value: number | null;
  readonly since: number;
  /** Whether it was told; it waits for the end of the night, a cooldown or better figures otherwise. */
  readonly told: boolean;
}

/** The alerts that go on, the most urgent first. */
export function ongoing(engine: Engine, settings: AlertSettings): readonly Ongoing[] {
  return [...engine.keys]
    .flatMap(([key, state]) => one(engine, { key, state, settings }))
    .toSorted((a, b) => RANK[a.severity] - RANK[b.severity] || a.since - b.since);
}

const RANK = { critical: 0, warning: 1, info: 2 } as const;

function one(
  engine: Engine,
  {
    key,
    settings,
    state,
  }: { readonly key: string; readonly state: KeyState; readonly settings: AlertSettings },
): readonly Ongoing[] {
  const { about, facts, level } = state;
  const mark = engine.rules.get(about.ruleId);
  if (mark === undefined || level === null || level.firedAt === null) return [];
  if (level.s !== 'firing' && level.s !== 'recovering') return [];
  return [
    {
      id: alertId({ settings }, { key, ruleId: about.ruleId, episode: level.firedAt }),
      ruleId: about.ruleId,
      rule: mark.name === '' ? about.ruleId : mark.name,
      severity: mark.severity,
      state: level.s,
      account: facts?.account?.label ?? null,
      symbol: facts?.instrument?.symbol ?? null,
      value: facts?.value ?? null,
      since: level.firedAt,
      told: level.notified,
    },
  ];
}
