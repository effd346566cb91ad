import type { Instrument } from '../domain/instrument.js';
import type { EventMetric, NumberMetric } from './metric-names.js';
import { METRICS } from './metrics.js';
import type { SampledAccount } from './sample.js';
import type { EdgeRule, EventRule, LevelRule, Rule, Severity } from './schema/rule.js';
import type { RuleMark } from './schema/state.js';
import type { Subject } from './views.js';

export type NumberRule = LevelRule | EdgeRule;

/** The rules that are on, put where they are found without looking at the others; critical ones come first. */
export interface RuleBook {
  /** rule id → rule */
  readonly all: ReadonlyMap<string, Rule>;
  readonly numbers: readonly NumberRule[];
  readonly byMetric: ReadonlyMap<NumberMetric, readonly NumberRule[]>;
  readonly of: Readonly<Record<Subject['of'], readonly NumberRule[]>>;
  /** upper-case symbol → rules of positions that name it; those that name none stand in `of.position` */
  readonly bySymbol: ReadonlyMap<string, readonly NumberRule[]>;
  readonly events: ReadonlyMap<EventMetric, readonly EventRule[]>;
  /** rule id → what is to be remembered of it */
  readonly marks: ReadonlyMap<string, RuleMark>;
  /** Whether any rule about positions moves with the figures of others, or begins and ends with the session. */
  readonly needsSweep: boolean;
}

const RANK: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** For sorting, what is most urgent first. */
export function bySeverity(a: { readonly severity: Severity }, b: { readonly severity: Severity }): number {
  return RANK[a.severity] - RANK[b.severity];
}

export function ruleBook(rules: readonly Rule[]): RuleBook {
  const on = rules.filter(({ enabled }) => enabled).toSorted(bySeverity);
  const numbers = on.flatMap((rule) => (rule.kind === 'event' ? [] : [rule]));
  const events = on.flatMap((rule) => (rule.kind === 'event' ? [rule] : []));
  const about = (of: Subject['of']) => numbers.filter(({ metric }) => METRICS[metric].of === of);
  const positions = about('position');
  return {
    all: new Map(on.map((rule) => [rule.id, rule])),
    numbers,
    byMetric: grouped(numbers, ({ metric }) => metric),
    of: {
      account: about('account'),
      order: about('order'),
      connection: about('connection'),
      position: positions.filter(({ scope }) => scope.symbol === ''),
    },
    bySymbol: grouped(
      positions.filter(({ scope }) => scope.symbol !== ''),
      ({ scope }) => normalSymbol(scope.symbol),
    ),
    events: grouped(events, ({ metric }) => metric),
    marks: new Map(on.map((rule) => [rule.id, markOf(rule)])),
    needsSweep: positions.some(
      ({ marketHoursOnly, metric }) => marketHoursOnly || METRICS[metric].moves === 'minute',
    ),
  };
}

/** The rules that look at a position, critical ones first. */
export function rulesForPosition(book: RuleBook, { symbol }: Instrument): readonly NumberRule[] {
  const own = book.bySymbol.get(normalSymbol(symbol));
  if (own === undefined) return book.of.position;
  return book.of.position.length === 0 ? own : [...own, ...book.of.position].toSorted(bySeverity);
}

/** Whether a rule means this account: by key, by label, or by the last characters that stand for a label. */
export function meansAccount({ scope }: Rule, { key, label }: SampledAccount): boolean {
  const meant = scope.account.toLowerCase();
  return (
    meant === '' ||
    meant === key ||
    [label, label.replace(/^…/, '')].some((word) => word.toLowerCase() === meant)
  );
}

export function meansInstrument({ scope }: Rule, { assetClass, symbol }: Instrument): boolean {
  return (
    (scope.assetClass === '' || scope.assetClass === assetClass) &&
    (scope.symbol === '' || normalSymbol(scope.symbol) === normalSymbol(symbol))
  );
}

/** Options are written with padding that nobody types. */
function normalSymbol(symbol: string): string {
  return symbol.replaceAll(/\s+/g, ' ').trim().toUpperCase();
}

/** What is to be remembered of a rule. */
export function markOf(rule: Rule): RuleMark {
  const { id: ruleId, metric, name, operator, severity, template, threshold } = rule;
  return {
    ruleId,
    metric,
    name,
    operator,
    severity,
    template,
    threshold,
    unit: rule.kind === 'event' ? 'event' : METRICS[rule.metric].unit,
    fingerprint: fingerprint(rule),
    resolveMessage: rule.kind === 'level' && rule.resolveMessage,
  };
}

/** What must not change without the rule beginning anew. */
function fingerprint(rule: Rule): string {
  const { metric, operator, scope, threshold } = rule;
  const own =
    rule.kind === 'level'
      ? [rule.forSeconds, rule.clearAt, rule.keepFiringSeconds]
      : rule.kind === 'edge'
        ? [rule.band]
        : [];
  return JSON.stringify([metric, operator, threshold, scope.account, scope.symbol, scope.assetClass, own]);
}

function grouped<Key, Item>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
