import type { LevelState } from './machine/level.js';
import { METRICS } from './metrics.js';
import type { NumberMetric } from './metric-names.js';
import type { NumberRule, RuleBook } from './rule-book.js';
import type { Subject } from './views.js';

/** What keeps an alert from being told while something that explains it is told already. */
interface Inhibition {
  readonly source: NumberMetric;
  /** The source's value must not be above this; absent = any. */
  readonly atMost?: number;
  readonly targets: (metric: NumberMetric) => boolean;
}

/** All of the same connection. */
const BY_CONNECTION: readonly Inhibition[] = [
  { source: 'connectionDownSeconds', targets: (metric) => METRICS[metric].of !== 'connection' },
  { source: 'loginHoursLeft', atMost: 0, targets: (metric) => metric === 'connectionDownSeconds' },
];

/** What an inhibition looks things up in. */
export interface Lookups {
  readonly book: RuleBook;
  readonly connectionsOf: (subject: Subject) => readonly Extract<Subject, { readonly of: 'connection' }>[];
  readonly levelOf: (rule: NumberRule, subject: Subject) => LevelState | null;
  readonly at: number;
}

/** Whether something else, which fires, is the reason for this. */
export function isInhibited(rule: NumberRule, subject: Subject, lookups: Lookups): boolean {
  return (
    isResetting(rule, subject) ||
    byMoreUrgent(rule, subject, lookups) ||
    BY_CONNECTION.some((one) => one.targets(rule.metric) && byConnection(one, subject, lookups))
  );
}

/** While IBKR resets an account its figures are wrong, and IBKR says so (AccountReady=false). */
function isResetting({ metric }: NumberRule, subject: Subject): boolean {
  if (subject.of === 'connection' || METRICS[metric].needs.length === 0) return false;
  return Object.values(subject.view.trust).some(
    (told) => told?.issues.some(({ code }) => code === 'ACCOUNT_RESETTING') ?? false,
  );
}

/** A critical alert says all that a warning about the same thing would. */
function byMoreUrgent(rule: NumberRule, subject: Subject, { book, levelOf }: Lookups): boolean {
  if (rule.severity === 'critical') return false;
  return (book.byMetric.get(rule.metric) ?? []).some(
    (other) => other.severity === 'critical' && isFiring(levelOf(other, subject)),
  );
}

function byConnection(inhibition: Inhibition, subject: Subject, lookups: Lookups): boolean {
  const { at, book, connectionsOf, levelOf } = lookups;
  const rules = book.byMetric.get(inhibition.source) ?? [];
  if (rules.length === 0) return false;
  const { atMost, source } = inhibition;
  const metric = METRICS[source];
  return connectionsOf(subject).some((connection) => {
    const value = metric.of === 'connection' ? metric.read(connection, at) : null;
    const isMeant = atMost === undefined || (value !== null && value <= atMost);
    return isMeant && rules.some((rule) => isFiring(levelOf(rule, connection)));
  });
}

function isFiring(level: LevelState | null): boolean {
  return level !== null && (level.s === 'firing' || level.s === 'recovering');
}
