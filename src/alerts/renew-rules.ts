import { keep, tell, type Draft } from './draft.js';
import { itemOf } from './items.js';
import { judge, means } from './judge.js';
import { METRICS } from './metrics.js';
import type { Item } from './schema/item.js';
import type { KeyState, RuleMark } from './schema/state.js';
import { subjectsOf } from './subjects.js';

/** Rules added to a running engine hear of what happens from now on, and of what happened in this moment. */
const AT_ONCE_MS = 10_000;

/** Takes the rules of the settings: those that mean something else than before begin anew. */
export function renewRules(draft: Draft): void {
  const { engine, settings } = draft;
  const { marks } = settings.rules;
  const ended = [...engine.rules.values()].filter(
    ({ fingerprint, ruleId }) => marks.get(ruleId)?.fingerprint !== fingerprint,
  );
  const begun = [...marks.values()].filter(
    ({ fingerprint, ruleId }) => engine.rules.get(ruleId)?.fingerprint !== fingerprint,
  );
  endRules(draft, new Map(ended.map((mark) => [mark.ruleId, mark])));
  draft.engine = { ...draft.engine, rules: marks, since: sinceFor(draft, begun) };
  const isBegun = new Set(begun.map(({ ruleId }) => ruleId));
  for (const rule of settings.rules.numbers)
    if (isBegun.has(rule.id))
      for (const subject of subjectsOf(draft.engine, METRICS[rule.metric].of))
        if (means(rule, subject)) judge(draft, rule, subject);
}

function endRules(draft: Draft, ended: ReadonlyMap<string, RuleMark>): void {
  if (ended.size === 0) return;
  for (const [key, state] of draft.engine.keys) {
    const mark = ended.get(state.about.ruleId);
    if (mark === undefined) continue;
    const reason = draft.settings.rules.marks.has(mark.ruleId) ? 'rule-changed' : 'rule-removed';
    tellEnd(draft, { key, mark, state }, reason);
    keep(draft, key, null);
  }
}

/** What was told as firing is told as ended: nobody would hear of it again. */
function tellEnd(
  draft: Draft,
  { key, mark, state }: { readonly key: string; readonly mark: RuleMark; readonly state: KeyState },
  reason: Item['reason'],
): void {
  const { facts, level } = state;
  if (level === null || facts === null || !mark.resolveMessage) return;
  const firedAt = level.notified ? level.firedAt : level.heldResolve;
  if (firedAt === null) return;
  const telling = {
    key,
    state: 'resolved' as const,
    startedAt: firedAt,
    reason,
    before: null,
    episode: firedAt,
  };
  tell(draft, itemOf(draft, mark, { facts, telling }));
}

/** `rule|account` → since when: of rules that are gone nothing is kept. */
function sinceFor({ at, engine, settings }: Draft, begun: readonly RuleMark[]): ReadonlyMap<string, number> {
  const { marks } = settings.rules;
  const known = [...engine.since].filter(([key]) => marks.has(key.split('|')[0] ?? ''));
  const since = new Map(known);
  for (const { ruleId, unit } of begun)
    if (unit === 'event')
      for (const account of engine.accounts.keys())
        if (!since.has(`${ruleId}|${account}`)) since.set(`${ruleId}|${account}`, at - AT_ONCE_MS);
  return since;
}
