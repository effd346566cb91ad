import type { Engine } from './engine-value.js';
import { factsOf } from './items.js';
import { isFresh, means, valueOf } from './judge.js';
import { holds } from './machine/condition.js';
import { METRICS } from './metrics.js';
import type { LevelRule, Rule } from './schema/rule.js';
import { subjectsOf } from './subjects.js';
import { figureText } from './text/figure.js';
import { oneLine } from './text/inert.js';
import type { Subject } from './views.js';

/** What a rule would say of the figures that came last, without telling anybody. */
export interface Preview {
  readonly ruleId: string;
  /** What meets the condition at present. */
  readonly fires: readonly { readonly line: string }[];
  /** What it cannot be judged for: the broker does not tell the figure, or it is not live. */
  readonly unknown: readonly { readonly line: string }[];
}

const MOST_LINES = 20;

/** `at` in ms since the epoch. Of crossings and happenings there is nothing to say before they happen. */
export function previewOf(engine: Engine, rules: readonly Rule[], at: number): readonly Preview[] {
  return rules.flatMap((rule) => (rule.kind === 'level' ? [previewOne(engine, rule, at)] : []));
}

function previewOne(engine: Engine, rule: LevelRule, at: number): Preview {
  const fires: { line: string }[] = [];
  const unknown: { line: string }[] = [];
  const metric = METRICS[rule.metric];
  for (const subject of subjectsOf(engine, metric.of)) {
    if (!means(rule, subject)) continue;
    const value = valueOf(metric, subject, at);
    const line = lineOf(rule, subject, value);
    if (value === null || !isFresh(metric, subject)) unknown.push({ line });
    else if (holds(rule.operator, value, rule.threshold)) fires.push({ line });
  }
  return {
    ruleId: rule.id,
    fires: fires.slice(0, MOST_LINES),
    unknown: unknown.slice(0, MOST_LINES),
  };
}

function lineOf(rule: LevelRule, subject: Subject, value: number | null): string {
  const facts = factsOf(subject, { metric: rule.metric, value });
  const where = [facts.account?.label ?? facts.connection, facts.instrument?.symbol].filter(
    (word) => word !== null && word !== undefined,
  );
  const { unit, words } = METRICS[rule.metric];
  const currency = facts.instrument?.currency ?? facts.account?.currency ?? null;
  return oneLine(`${where.join(' ')}: ${words} ${figureText(value, unit, currency)}`, 200);
}
