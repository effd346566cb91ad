import type { AlertSettings } from './draft.js';
import type { Engine } from './engine-value.js';
import { alertId } from './items.js';
import type { KeyState } from './schema/state.js';
import type { Rule } from './schema/rule.js';
import { isAcknowledged, isSilenced } from './silences.js';

/** One alert that fires, or is about to, for a status line and for whoever asks. Times in ms since the epoch. */
export interface Listed {
  readonly key: string;
  readonly ruleId: string;
  readonly name: string;
  readonly severity: Rule['severity'];
  readonly state: 'pending' | 'firing' | 'recovering';
  /** Since when it fires, or, while pending, since when its condition has held. */
  readonly since: number | null;
  /** null while pending. */
  readonly alertId: string | null;
  readonly value: number | null;
  readonly account: string | null;
  readonly instrument: string | null;
  readonly connection: string | null;
  /** Whether anybody has been told. */
  readonly told: boolean;
  readonly silenced: boolean;
  readonly acknowledged: boolean;
}

/** Everything that is not as it should be at `at`, the most recent first. */
export function listing(engine: Engine, settings: AlertSettings, at: number): readonly Listed[] {
  const listed = [...engine.awake].flatMap(([key]) => {
    const state = engine.keys.get(key);
    const rule = settings.rules.all.get(state?.about.ruleId ?? '');
    return state === undefined || rule === undefined ? [] : rowOf(engine, { at, key, rule, settings, state });
  });
  return listed.toSorted((a, b) => (b.since ?? 0) - (a.since ?? 0));
}

interface Row {
  readonly at: number;
  readonly key: string;
  readonly rule: Rule;
  readonly settings: AlertSettings;
  readonly state: KeyState;
}

function rowOf({ silences }: Engine, { at, key, rule, settings, state }: Row): readonly Listed[] {
  const { facts, level } = state;
  if (level === null || level.s === 'ok') return [];
  const { firedAt } = level;
  const id = firedAt === null ? null : alertId({ settings }, { ruleId: rule.id, key, episode: firedAt });
  const episode = { ruleId: rule.id, key, firedAt, alertId: id };
  return [
    {
      key,
      ruleId: rule.id,
      name: rule.name,
      severity: rule.severity,
      state: level.s,
      since: firedAt ?? level.since,
      alertId: id,
      value: facts?.value ?? null,
      account: facts?.account?.label ?? null,
      instrument: facts?.instrument?.symbol ?? null,
      connection: facts?.connection ?? null,
      told: level.notified,
      silenced: isSilenced(silences, episode, at),
      acknowledged: isAcknowledged(silences, episode, at),
    },
  ];
}
