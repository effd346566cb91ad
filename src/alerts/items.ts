import type { Instrument } from '../domain/instrument.js';
import type { Draft } from './draft.js';
import { markOf } from './rule-book.js';
import type { Rule } from './schema/rule.js';
import { METRICS } from './metrics.js';
import type { NumberMetric } from './metric-names.js';
import type { Item } from './schema/item.js';
import type { Facts, RuleMark } from './schema/state.js';
import type { AccountView, Subject } from './views.js';

/** What is known of a subject at this moment. */
export function factsOf(
  subject: Subject,
  of: { readonly metric: NumberMetric; readonly value: number | null },
): Facts {
  if (subject.of === 'connection') {
    const { connection } = subject;
    return {
      value: of.value,
      account: null,
      instrument: null,
      connection: connection.label,
      asOf: null,
      stale: false,
    };
  }
  const { view } = subject;
  const told = METRICS[of.metric].needs.flatMap((kind) => view.trust[kind] ?? []);
  const times = told.flatMap(({ asOf }) => asOf ?? []);
  return {
    value: of.value,
    account: accountOf(view),
    instrument: instrumentOf(subject),
    connection: null,
    asOf: times.length === 0 ? null : Math.min(...times),
    stale: told.some(({ stale }) => stale),
  };
}

export function accountOf({
  account: { currency, key, label },
}: Pick<AccountView, 'account'>): Facts['account'] {
  return { key, label, currency };
}

export function namedInstrument({
  assetClass,
  currency,
  key,
  symbol,
}: Instrument): NonNullable<Facts['instrument']> {
  return { key, symbol, assetClass, currency };
}

function instrumentOf(subject: Subject): Facts['instrument'] {
  if (subject.of === 'position') return namedInstrument(subject.position.instrument);
  const leg = subject.of === 'order' ? subject.order.order.legs[0] : undefined;
  return leg === undefined ? null : namedInstrument(leg.instrument);
}

type Said = Omit<RuleMark, 'fingerprint' | 'resolveMessage'>;

/** The rule as messages say it. */
export function saidOf(draft: Draft, rule: Rule): Said {
  return draft.settings.rules.marks.get(rule.id) ?? markOf(rule);
}

/** What is told, besides the rule and the facts. */
export interface Telling {
  readonly key: string;
  readonly state: Item['state'];
  readonly startedAt: number;
  readonly reason: Item['reason'];
  readonly before: number | null;
  readonly text?: string;
  /** What names the episode besides rule and key. */
  readonly episode: string | number;
}

/** What is to be told of a rule's key, ready for a message. */
export function itemOf(
  draft: Draft,
  rule: Said,
  { facts, telling }: { readonly facts: Facts; readonly telling: Telling },
): Item {
  const { before, episode, key, reason, startedAt, state, text = '' } = telling;
  const { metric, name, operator, ruleId, severity, template, threshold, unit } = rule;
  return {
    id: alertId(draft, { ruleId, key, episode }),
    ruleId,
    key,
    state,
    // That figures are missing says nothing of what they would be.
    severity: reason === 'no-data' && severity === 'critical' ? 'warning' : severity,
    name,
    metric,
    operator,
    threshold,
    unit,
    ...facts,
    startedAt,
    resolvedAt: state === 'resolved' ? draft.at : null,
    reason,
    text,
    template,
    before,
  };
}

/** The same for all that is told of one episode. */
export function alertId(
  { settings }: Pick<Draft, 'settings'>,
  {
    episode,
    key,
    ruleId,
  }: { readonly ruleId: string; readonly key: string; readonly episode: string | number },
): string {
  return settings.digest(JSON.stringify([ruleId, key, episode])).slice(0, 16);
}
