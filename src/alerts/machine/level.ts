import { z } from 'zod';
import type { LevelRule } from '../schema/rule.js';
import { holds } from './condition.js';
import { knownValue, mustWait, type Reading, type Signal } from './reading.js';

const time = z.number().nullable();

/** What a level rule remembers of one key. Times in ms since the epoch. */
export const LevelState = z.object({
  s: z.enum(['ok', 'pending', 'firing', 'recovering']),
  /** Since when the condition has held, while pending. */
  since: time,
  /** Since when it has no longer held, while recovering. */
  okSince: time,
  firedAt: time,
  /** Survives the end of an episode, for the cooldown is one of the key. */
  lastNotifiedAt: time,
  /** Whether this episode has been told. */
  notified: z.boolean(),
  /** `firedAt` of a told episode that has ended, and whose end could not be told yet. */
  heldResolve: time,
});
export type LevelState = Readonly<z.infer<typeof LevelState>>;

export const AT_REST: LevelState = {
  s: 'ok',
  since: null,
  okSince: null,
  firedAt: null,
  lastNotifiedAt: null,
  notified: false,
  heldResolve: null,
};

/** What the machine needs of a rule. */
export type LevelTerms = Pick<
  LevelRule,
  | 'clearAt'
  | 'cooldownSeconds'
  | 'forSeconds'
  | 'keepFiringSeconds'
  | 'operator'
  | 'repeatSeconds'
  | 'resolveMessage'
  | 'severity'
  | 'threshold'
>;

type Stepped = readonly [state: LevelState, signals: readonly Signal[]];

/** One step of a level rule for one key. What is unknown neither fires nor resolves, and nothing is told on it. */
export function stepLevel(rule: LevelTerms, state: LevelState, reading: Reading): Stepped {
  const value = knownValue(reading);
  if (value === null) return [whileUnknown(state), []];
  const { at } = reading;
  const isOpen = state.s === 'firing' || state.s === 'recovering';
  const isBad = holds(rule.operator, value, isOpen ? rule.clearAt : rule.threshold);
  const moved = isBad ? worse(rule, state, at) : better(rule, state, at);
  const [released, resolves] = releaseResolve(rule, moved, reading);
  if (!isBad || released.s !== 'firing') return [released, resolves];
  const [told, firings] = notify(rule, released, reading);
  return [told, [...resolves, ...firings]];
}

function whileUnknown(state: LevelState): LevelState {
  if (state.s === 'pending') return { ...state, s: 'ok', since: null };
  return state.s === 'recovering' ? { ...state, s: 'firing', okSince: null } : state;
}

function worse(rule: LevelTerms, state: LevelState, at: number): LevelState {
  if (state.s === 'firing') return state;
  if (state.s === 'recovering') return { ...state, s: 'firing', okSince: null };
  const since = state.since ?? at;
  return at - since >= rule.forSeconds * 1000
    ? { ...state, s: 'firing', since: null, firedAt: at, notified: false }
    : { ...state, s: 'pending', since };
}

function better(rule: LevelTerms, state: LevelState, at: number): LevelState {
  if (state.s === 'ok') return state;
  if (state.s === 'pending') return { ...state, s: 'ok', since: null };
  const okSince = state.okSince ?? at;
  return at - okSince >= rule.keepFiringSeconds * 1000
    ? ended(rule, state)
    : { ...state, s: 'recovering', okSince };
}

/** The thing itself is no longer there, and with it the condition. */
export function stepGone(rule: LevelTerms, state: LevelState, reading: Reading): Stepped {
  const isOpen = state.s === 'firing' || state.s === 'recovering';
  return releaseResolve(rule, isOpen ? ended(rule, state) : { ...state, s: 'ok', since: null }, reading);
}

/** What a long silence leaves: nobody knows whether the condition held all the time. */
export function afterGap(state: LevelState): LevelState {
  return whileUnknown(state);
}

/** Only the end of what was told is worth telling. */
export function ended(rule: Pick<LevelTerms, 'resolveMessage'>, state: LevelState): LevelState {
  const heldResolve = state.notified && rule.resolveMessage ? state.firedAt : state.heldResolve;
  return { ...AT_REST, lastNotifiedAt: state.lastNotifiedAt, heldResolve };
}

function releaseResolve(rule: LevelTerms, state: LevelState, reading: Reading): Stepped {
  const { heldResolve: firedAt, lastNotifiedAt: before } = state;
  if (firedAt === null || mustWait(rule.severity, reading)) return [state, []];
  return [{ ...state, heldResolve: null }, [{ kind: 'resolved', firedAt, repeat: false, before }]];
}

function notify(rule: LevelTerms, state: LevelState, reading: Reading): Stepped {
  const { firedAt, lastNotifiedAt: before, notified } = state;
  const isDue = !notified || rule.repeatSeconds > 0;
  if (firedAt === null || !isDue || reading.acknowledged || mustWait(rule.severity, reading))
    return [state, []];
  const leastSeconds = notified ? Math.max(rule.repeatSeconds, rule.cooldownSeconds) : rule.cooldownSeconds;
  if (before !== null && reading.at - before < leastSeconds * 1000) return [state, []];
  const told = { ...state, notified: true, lastNotifiedAt: reading.at };
  return [told, [{ kind: 'firing', firedAt, repeat: notified, before }]];
}
