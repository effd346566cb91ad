import type { Digest } from '../../sync/delta.js';
import { bySeverity } from '../rule-book.js';
import type { Item } from '../schema/item.js';
import { oneLine } from './inert.js';
import { lineOf, textOf, titleOf } from './words.js';

const LONGEST_LIST = 25;
/** Of one thing in a list: what does not fit stands in `alert.items`. */
const LONGEST_LIST_LINE = 500;
const NAMED_IN_TOPIC = 3;

/** One alert as a message names it; times ISO 8601 UTC. */
export interface Alert {
  /** The same when the same alert is sent again; its end has the id of its beginning. */
  readonly id: string;
  /** Of the rule; `digest` for several rules in one message. */
  readonly ruleId: string;
  /** Whether it goes on, or has ended. */
  readonly state: 'firing' | 'resolved';
  /** Of the rule; of several the worst. */
  readonly severity: 'info' | 'warning' | 'critical';
  /** null in a list of several. */
  readonly metric: string | null;
  /** The figure, in `unit`; null where there is none or it is not known. */
  readonly value: number | null;
  /** What it is compared with, in `unit`; for happenings the words of the rule. */
  readonly threshold: number | readonly string[] | null;
  /** `money`, `fraction`, `percent`, `seconds` and so on. */
  readonly unit: string | null;
  /** null of a connection, or of several accounts. */
  readonly account: { readonly key: string; readonly label: string } | null;
  /** null of an account as a whole. */
  readonly instrument: { readonly key: string; readonly symbol: string; readonly assetClass: string } | null;
  /** When it began. */
  readonly startedAt: string;
  /** When it ended; null while it goes on. */
  readonly resolvedAt: string | null;
  /** When the figure was true. */
  readonly asOf: string | null;
  /** Whether the figure is old. */
  readonly stale: boolean;
}

/** What leaves the node: mqtt out, e-mail and `ui-notification` take it as it is. */
export interface AlertMessage {
  /** One line for people; the subject of a mail. */
  readonly topic: string;
  /** The same in plain words: no HTML, no `<`. */
  readonly payload: string;
  /** Severity and what it is about. */
  readonly title: string;
  /** `high` is a critical one that goes on, `low` an info; an end is never `high`. */
  readonly priority: 'high' | 'normal' | 'low';
  /** For _mqtt out_. */
  readonly retain: false;
  /** For _mqtt out_. */
  readonly qos: 1;
  /** The same as data. */
  readonly alert: Alert & {
    /** How many alerts this message tells of. */
    readonly count: number;
    /** All of them, where there are several. */
    readonly items?: readonly Alert[];
  };
}

/** The messages for what waited together: what has ended first, so that an end never follows a new beginning. */
export function messagesOf(items: readonly Item[], digest: Digest): readonly AlertMessage[] {
  return (['resolved', 'firing'] as const).flatMap((state) => {
    const those = items.filter((item) => item.state === state);
    return messageFor(those, { digest, headline: null }) ?? [];
  });
}

/** The one message at the end of the night; null when nothing waited. */
export function digestMessage(items: readonly Item[], digest: Digest): AlertMessage | null {
  const still = items.filter(({ state }) => state === 'firing').length;
  const headline = `Overnight: ${still} to look at, ${items.length - still} ended`;
  return messageFor(items, { digest, headline });
}

interface Composing {
  readonly digest: Digest;
  readonly headline: string | null;
}

function messageFor(items: readonly Item[], { digest, headline }: Composing): AlertMessage | null {
  const [first, ...others] = items;
  if (first === undefined) return null;
  if (others.length === 0) {
    const topic = lineOf(first);
    return {
      ...envelope(items),
      topic,
      payload: textOf(first),
      title: titled(first),
      alert: { ...alertOf(first), count: 1 },
    };
  }
  const topic = oneLine(headline ?? topicOfSeveral(items), 200);
  const shown = items.slice(0, LONGEST_LIST).map((item) => `- ${oneLine(textOf(item), LONGEST_LIST_LINE)}`);
  const rest = items.length > LONGEST_LIST ? [`- and ${items.length - LONGEST_LIST} more`] : [];
  return {
    ...envelope(items),
    topic,
    payload: [`${topic}.`, ...shown, ...rest].join('\n'),
    title: headline === null ? titled(first) : oneLine(headline),
    alert: { ...alertOfSeveral(items, digest), count: items.length, items: items.map(alertOf) },
  };
}

function envelope(items: readonly Item[]): Pick<AlertMessage, 'priority' | 'qos' | 'retain'> {
  return { priority: priorityOf(items), retain: false, qos: 1 };
}

/** An end is never urgent. */
function priorityOf(items: readonly Item[]): AlertMessage['priority'] {
  const firing = items.filter(({ state }) => state === 'firing');
  const worst = mostUrgent(firing.length === 0 ? items : firing);
  if (worst === 'info') return 'low';
  return worst === 'critical' && firing.length > 0 ? 'high' : 'normal';
}

function mostUrgent(items: readonly Item[]): Item['severity'] {
  return items.toSorted(bySeverity)[0]?.severity ?? 'info';
}

const SEVERITIES = { info: 'Info', warning: 'Warning', critical: 'Critical' } as const;

function titled(item: Item): string {
  return oneLine(`${item.state === 'resolved' ? 'Ended' : SEVERITIES[item.severity]}: ${titleOf(item)}`, 120);
}

function topicOfSeveral(items: readonly Item[]): string {
  const [first] = items;
  if (first === undefined) return '';
  const names = [...new Set(items.map(nameOf))].filter((name) => name !== '');
  const more = names.length > NAMED_IN_TOPIC ? ` and ${names.length - NAMED_IN_TOPIC} more` : '';
  const list = names.length === 0 ? '' : `: ${names.slice(0, NAMED_IN_TOPIC).join(', ')}${more}`;
  const where = first.account === null ? '' : `${oneLine(first.account.label)}: `;
  const end = first.state === 'resolved' ? ', ended' : '';
  return `${where}${items.length} x ${titleOf(first)}${list}${end}`;
}

function nameOf({ connection, instrument }: Item): string {
  return oneLine(instrument?.symbol ?? connection ?? '', 30);
}

function alertOf(item: Item): Alert {
  const { account, id, instrument, metric, ruleId, severity, stale, state, threshold, unit, value } = item;
  return {
    id,
    ruleId,
    state,
    severity,
    metric,
    value,
    threshold: typeof threshold === 'number' ? threshold : threshold.map((word) => oneLine(word)),
    unit,
    account: account === null ? null : { key: account.key, label: oneLine(account.label) },
    instrument:
      instrument === null
        ? null
        : { key: instrument.key, symbol: oneLine(instrument.symbol), assetClass: instrument.assetClass },
    startedAt: new Date(item.startedAt).toISOString(),
    resolvedAt: iso(item.resolvedAt),
    asOf: iso(item.asOf),
    stale,
  };
}

/** What is the same in all of them; null where they differ. */
function alertOfSeveral(items: readonly Item[], digest: Digest): Alert {
  const all = items.map(alertOf);
  const isFiring = items.some(({ state }) => state === 'firing');
  const ends = items.flatMap(({ resolvedAt }) => resolvedAt ?? []);
  const ages = items.flatMap(({ asOf }) => asOf ?? []);
  const account = common(items.map((item) => item.account?.key ?? null));
  return {
    id: digest(JSON.stringify(items.map(({ id, state }) => [id, state]))).slice(0, 16),
    ruleId: common(items.map(({ ruleId }) => ruleId)) ?? 'digest',
    state: isFiring ? 'firing' : 'resolved',
    severity: mostUrgent(items),
    metric: common(all.map(({ metric }) => metric)),
    value: null,
    threshold: common(all.map(({ threshold }) => (typeof threshold === 'number' ? threshold : null))),
    unit: common(all.map(({ unit }) => unit)),
    account: account === null ? null : (all[0]?.account ?? null),
    instrument: null,
    startedAt: new Date(Math.min(...items.map(({ startedAt }) => startedAt))).toISOString(),
    resolvedAt: isFiring || ends.length === 0 ? null : iso(Math.max(...ends)),
    asOf: ages.length === 0 ? null : iso(Math.min(...ages)),
    stale: items.some(({ stale }) => stale),
  };
}

function common<Value>(values: readonly (Value | null)[]): Value | null {
  const [first = null] = values;
  return values.every((value) => value === first) ? first : null;
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
