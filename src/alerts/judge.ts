import { marketSession } from '../domain/market-hours.js';
import { aboutOf, keep, keyOf, lookups, NO_STATE, tell, type Draft } from './draft.js';
import { isInhibited } from './inhibition.js';
import { alertId, factsOf, itemOf, saidOf } from './items.js';
import { holds } from './machine/condition.js';
import { NO_EDGE_YET, stepEdge } from './machine/edge.js';
import { AT_REST, stepGone, stepLevel, type LevelState, type LevelTerms } from './machine/level.js';
import { knownValue, type Reading, type Signal } from './machine/reading.js';
import { METRICS, type Metric } from './metrics.js';
import { meansAccount, meansInstrument, type NumberRule } from './rule-book.js';
import type { Item } from './schema/item.js';
import type { EdgeRule, LevelRule } from './schema/rule.js';
import type { Facts, KeyState } from './schema/state.js';
import { isAcknowledged, isSilenced } from './silences.js';
import { isTrusted } from './take-sample.js';
import type { Subject } from './views.js';

/** Whether a number rule is about this subject. */
export function means(rule: NumberRule, subject: Subject): boolean {
  if (METRICS[rule.metric].of !== subject.of) return false;
  if (subject.of === 'connection') return true;
  if (!meansAccount(rule, subject.view.account)) return false;
  if (subject.of === 'position') return meansInstrument(rule, subject.position.instrument);
  if (subject.of === 'account') return true;
  const { legs } = subject.order.order;
  const { assetClass, symbol } = rule.scope;
  return (assetClass === '' && symbol === '') || legs.some((leg) => meansInstrument(rule, leg.instrument));
}

/** One step of a number rule for one subject, now. */
export function judge(draft: Draft, rule: NumberRule, subject: Subject): void {
  if (!wasTold(METRICS[rule.metric], subject)) return;
  const about = aboutOf(rule, subject);
  const key = keyOf(about);
  const before = draft.engine.keys.get(key);
  const isOpen = !rule.marketHoursOnly || isSession(subject, draft.at);
  const value = valueOf(METRICS[rule.metric], subject, draft.at);
  const fresh = isOpen && isFresh(METRICS[rule.metric], subject);
  if (before === undefined && isNothing(rule, { value, fresh, isOpen })) return;
  const state = before ?? { ...NO_STATE, about };
  const facts = factsOf(subject, { metric: rule.metric, value });
  const reading = readingOf(draft, rule, { subject, key, state, value, fresh });
  if (rule.kind === 'edge') judgeEdge(draft, rule, { key, state, facts, reading });
  else judgeLevel(draft, rule, { key, state, facts, reading: { ...reading, isOpen } });
}

/** A key whose subject is gone: what fired has ended, and is told so. */
export function judgeGone(draft: Draft, rule: LevelRule, key: string): void {
  const state = draft.engine.keys.get(key);
  if (state === undefined || state.level === null) return;
  const { at, quiet } = draft;
  const reading = { at, quiet, value: null, fresh: false, inhibited: false, acknowledged: false };
  const [level, signals] = stepGone(rule, state.level, reading);
  const facts = { ...(state.facts ?? NO_FACTS), value: null };
  // What had ended before is told late, and not because its thing went away since.
  const reason = state.level.s === 'ok' ? null : 'gone';
  const told = signals.map((signal) => tellLevel(draft, rule, { key, facts, signal, reason }));
  keepLevel(draft, rule, {
    key,
    state: { ...state, level: refunded(level, signals, told), noData: null },
  });
}

const NO_FACTS: Facts = {
  value: null,
  account: null,
  instrument: null,
  connection: null,
  asOf: null,
  stale: false,
};

/** After a start an account's figures come one kind after the other; what has not come yet is not unknown. */
function wasTold({ needs }: Metric, subject: Subject): boolean {
  return subject.of === 'connection' || needs.every((kind) => subject.view.trust[kind] !== null);
}

/** The fast way out for nearly every key: nothing is remembered of it, and there is nothing to remember. */
function isNothing(
  rule: NumberRule,
  {
    fresh,
    isOpen,
    value,
  }: { readonly value: number | null; readonly fresh: boolean; readonly isOpen: boolean },
): boolean {
  const known = knownValue({ value, fresh });
  if (rule.kind === 'edge') return known === null;
  if (known === null) return !isOpen || rule.noData.alertAfterSeconds === null;
  return !holds(rule.operator, known, rule.threshold);
}

export function valueOf(metric: Metric, subject: Subject, at: number): number | null {
  if (metric.of === 'account' && subject.of === 'account') return metric.read(subject, at);
  if (metric.of === 'position' && subject.of === 'position') return metric.read(subject, at);
  if (metric.of === 'order' && subject.of === 'order') return metric.read(subject, at);
  return metric.of === 'connection' && subject.of === 'connection' ? metric.read(subject, at) : null;
}

/**
 * Whether all that the value is made of is live. An account-sync node that sends changes only says nothing of positions
 * when they turn stale; its balances come by the same way and say it.
 */
export function isFresh({ needs }: Metric, subject: Subject): boolean {
  if (subject.of === 'connection' || needs.length === 0) return true;
  const { trust } = subject.view;
  return needs.every((kind) => isTrusted(trust[kind])) && trust.balances?.stale !== true;
}

/** US hours for what trades in US dollars there; nobody tells us the hours of anything else, and it counts as open. */
function isSession(subject: Subject, at: number): boolean {
  if (subject.of === 'position') {
    const { assetClass, currency } = subject.position.instrument;
    const isUs =
      ['stock', 'etf', 'option', 'mutual_fund'].includes(assetClass) && (currency ?? 'USD') === 'USD';
    if (!isUs) return true;
  }
  return marketSession(at) === 'regular';
}

interface Judged {
  readonly key: string;
  readonly state: KeyState;
  readonly facts: Facts;
  readonly reading: Reading;
}

function readingOf(
  draft: Draft,
  rule: NumberRule,
  {
    fresh,
    key,
    state,
    subject,
    value,
  }: Pick<Judged, 'key' | 'state'> & {
    readonly subject: Subject;
    readonly value: number | null;
    readonly fresh: boolean;
  },
): Reading {
  const { at, quiet } = draft;
  const { silences } = draft.engine;
  const firedAt = state.level?.firedAt ?? null;
  const id =
    firedAt === null || silences.length === 0
      ? null
      : alertId(draft, { ruleId: rule.id, key, episode: firedAt });
  const episode = { ruleId: rule.id, key, firedAt, alertId: id };
  return {
    at,
    value,
    fresh,
    quiet,
    // Asked only where something could be told: it looks at other rules.
    get inhibited() {
      return isSilenced(silences, episode, at) || isInhibited(rule, subject, lookups(draft));
    },
    acknowledged: isAcknowledged(silences, episode, at),
  };
}

function judgeEdge(draft: Draft, rule: EdgeRule, { facts, key, reading, state }: Judged): void {
  const [edge, told] = stepEdge(rule, state.edge ?? NO_EDGE_YET, reading);
  for (const { at, before, eventId, text, value } of told)
    tell(
      draft,
      itemOf(draft, saidOf(draft, rule), {
        facts: { ...facts, value },
        telling: { key, state: 'firing', startedAt: at, reason: null, before, text, episode: eventId },
      }),
    );
  if (edge !== state.edge) keep(draft, key, { ...state, edge });
}

function judgeLevel(
  draft: Draft,
  rule: LevelRule,
  { facts, key, reading, state }: Judged & { readonly reading: { readonly isOpen: boolean } },
): void {
  const [level, signals] = stepLevel(rule, state.level ?? AT_REST, reading);
  const told = signals.map((signal) =>
    tellLevel(draft, rule, { key, facts, signal, reason: signal.repeat ? 'repeat' : null }),
  );
  const noData = noDataOf(draft, rule, { key, facts, reading, state });
  const isOpen = level.s === 'firing' || level.s === 'recovering' || level.heldResolve !== null;
  const kept = isOpen || noData !== null ? facts : null;
  keepLevel(draft, rule, {
    key,
    state: { ...state, level: refunded(level, signals, told), noData, facts: kept },
  });
}

/** How long the figures have been missing is a number like any other, and has a machine of its own. */
function noDataOf(
  draft: Draft,
  rule: LevelRule,
  { facts, key, reading, state }: Judged & { readonly reading: { readonly isOpen: boolean } },
): KeyState['noData'] {
  const { alertAfterSeconds } = rule.noData;
  if (alertAfterSeconds === null || (!reading.isOpen && state.noData === null)) return null;
  const isKnown = knownValue(reading) !== null;
  const unknownSince = isKnown || !reading.isOpen ? null : (state.noData?.unknownSince ?? draft.at);
  const seconds = unknownSince === null ? 0 : (draft.at - unknownSince) / 1000;
  const terms = noDataTerms(rule, alertAfterSeconds);
  const own = { ...reading, value: seconds, fresh: isKnown || reading.isOpen };
  const [level, signals] = stepLevel(terms, state.noData?.level ?? AT_REST, own);
  const told = signals.map((signal) => tellLevel(draft, rule, { key, facts, signal, reason: 'no-data' }));
  const next = forgetful(terms, refunded(level, signals, told), draft.at);
  return unknownSince === null && next === AT_REST ? null : { unknownSince, level: next };
}

function noDataTerms(rule: LevelRule, seconds: number): LevelTerms {
  return {
    ...rule,
    operator: '>=',
    threshold: seconds,
    clearAt: seconds,
    forSeconds: 0,
    keepFiringSeconds: 0,
    severity: rule.severity === 'critical' ? 'warning' : rule.severity,
  };
}

function tellLevel(
  draft: Draft,
  rule: LevelRule,
  {
    facts,
    key,
    reason,
    signal,
  }: {
    readonly key: string;
    readonly facts: Facts;
    readonly signal: Signal;
    readonly reason: Item['reason'];
  },
): Item | null {
  const { before, firedAt, kind } = signal;
  const episode = reason === 'no-data' ? `no data ${firedAt}` : firedAt;
  const telling = { key, state: kind, startedAt: firedAt, reason, before, episode };
  return tell(draft, itemOf(draft, saidOf(draft, rule), { facts, telling }));
}

/** What was taken back before it was sent must not hold back what comes next. */
function refunded(level: LevelState, signals: readonly Signal[], told: readonly (Item | null)[]): LevelState {
  const takenBack = told.find((item) => item !== null);
  if (takenBack === undefined || takenBack === null || signals.some(({ kind }) => kind === 'firing'))
    return level;
  return { ...level, lastNotifiedAt: takenBack.before };
}

function keepLevel(draft: Draft, rule: LevelRule, { key, state }: Pick<Judged, 'key' | 'state'>): void {
  const level = state.level === null ? AT_REST : forgetful(rule, state.level, draft.at);
  const isAtRest = level === AT_REST && state.noData === null;
  keep(draft, key, isAtRest ? null : { ...state, level });
}

/** A cooldown that has passed is not worth remembering. */
function forgetful(
  { cooldownSeconds }: Pick<LevelTerms, 'cooldownSeconds'>,
  level: LevelState,
  at: number,
): LevelState {
  if (level.s !== 'ok' || level.heldResolve !== null) return level;
  const { lastNotifiedAt } = level;
  return lastNotifiedAt === null || at - lastNotifiedAt >= cooldownSeconds * 1000 ? AT_REST : level;
}
