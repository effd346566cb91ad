import { marketSession } from '../domain/market-hours.js';
import { assignments } from './assignment.js';
import type { Draft } from './draft.js';
import { judgeQueue, takeHappenings } from './events.js';
import { judge, judgeGone, means } from './judge.js';
import { METRICS } from './metrics.js';
import { PersistentMap } from './persistent-map.js';
import { bySeverity, type NumberRule } from './rule-book.js';
import type { Rule } from './schema/rule.js';
import { lasting } from './silences.js';
import { subjectOf, subjectsOf } from './subjects.js';
import { judgeAll } from './take.js';
import { isTrusted } from './take-sample.js';

const SWEEP_MS = 60_000;

/** What time alone changes: ages, what fires or waits, and what the figures of others move. */
export function judgeByClock(draft: Draft): void {
  sweep(draft);
  judgeAges(draft);
  judgeAwake(draft);
  const { found, rest } = assignments(draft.engine, draft.at);
  draft.engine = { ...draft.engine, ...rest };
  for (const { account, happening } of found) {
    const view = draft.engine.accounts.get(account);
    if (view !== undefined) takeHappenings(draft, view.account, [happening]);
  }
  draft.engine = {
    ...draft.engine,
    silences: lasting(draft.engine.silences, draft.at),
    seen: shortened(draft.engine.seen),
  };
}

/** Once a minute, and when the market opens or closes, all positions: their share moves with the others. */
function sweep(draft: Draft): void {
  const { at, engine, settings } = draft;
  const isMarketOpen = marketSession(at) === 'regular';
  const isDue =
    engine.sweptAt === null || at - engine.sweptAt >= SWEEP_MS || engine.wasMarketOpen !== isMarketOpen;
  if (!isDue) return;
  draft.engine = { ...engine, sweptAt: at, wasMarketOpen: isMarketOpen };
  if (settings.rules.needsSweep) judgeAll(draft, subjectsOf(draft.engine, 'position'));
  // Account rules that are off outside of the session begin with it.
  if (engine.wasMarketOpen !== isMarketOpen) judgeAll(draft, subjectsOf(draft.engine, 'account'));
}

function judgeAges(draft: Draft): void {
  for (const kind of ['connection', 'account', 'order'] as const) {
    const rules = draft.settings.rules.of[kind].filter(({ metric }) => METRICS[metric].moves === 'tick');
    if (rules.length === 0) continue;
    for (const subject of subjectsOf(draft.engine, kind))
      for (const rule of rules) if (means(rule, subject)) judge(draft, rule, subject);
  }
}

function judgeAwake(draft: Draft): void {
  const { engine, settings } = draft;
  const awake = [...engine.awake].flatMap(([key]) => {
    const rule = settings.rules.all.get(engine.keys.get(key)?.about.ruleId ?? '');
    return rule === undefined ? [] : [{ key, rule, severity: rule.severity }];
  });
  for (const { key, rule } of awake.toSorted(bySeverity)) judgeKey(draft, rule, key);
}

function judgeKey(draft: Draft, rule: Rule, key: string): void {
  if (rule.kind === 'event') return judgeQueue(draft, rule, key);
  const state = draft.engine.keys.get(key);
  if (state === undefined) return;
  const subject = subjectOf(draft.engine, rule, state.about);
  if (subject !== null) return judge(draft, rule, subject);
  const isOver = state.level?.s === 'ok';
  if (rule.kind === 'level' && isOver && isListed(draft, rule, state.about.account))
    judgeGone(draft, rule, key);
}

/** Whether the list is there in which the subject of a key is missing. */
function isListed({ engine }: Draft, { metric }: NumberRule, account: string | null): boolean {
  const trust = account === null ? undefined : engine.accounts.get(account)?.trust;
  return trust !== undefined && METRICS[metric].needs.every((kind) => isTrusted(trust[kind]));
}

const MOST_SEEN = 20_000;
const KEPT_SEEN = 15_000;

/** The oldest ids go: what they name lies months back. */
function shortened(seen: PersistentMap<number>): PersistentMap<number> {
  if (seen.size <= MOST_SEEN) return seen;
  const newest = [...seen].toSorted(([, a], [, b]) => b - a).slice(0, KEPT_SEEN);
  return PersistentMap.of(newest);
}
