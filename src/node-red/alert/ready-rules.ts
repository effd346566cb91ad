import { DEFAULT_RULES } from '../../alerts/defaults.js';
import { EVENT_METRICS, NUMBER_METRICS } from '../../alerts/metric-names.js';
import { METRICS } from '../../alerts/metrics.js';
import { parseRule } from '../../alerts/schema/rule.js';
import { sentenceOf } from '../../alerts/text/sentence.js';

/** What the dialog offers: metrics to choose from, and rules that are ready to pick. */
export function readyRules() {
  return {
    metrics: [
      ...NUMBER_METRICS.map((name) => {
        const { of, unit, words } = METRICS[name];
        return { name, label: words, of, unit: unit === 'flag' ? 'yes-no' : unit, kind: 'number' as const };
      }),
      ...EVENT_METRICS.map((name) => ({
        name,
        label: EVENT_LABELS[name],
        of: EVENT_GROUPS[name],
        unit: null,
        kind: 'event' as const,
      })),
    ],
    ready: DEFAULT_RULES.map(({ explanation, raw }) => {
      const parsed = parseRule(raw, 1);
      const rule = 'kind' in parsed ? parsed : null;
      return {
        id: raw.id,
        group: rule === null ? 'account' : groupOf(rule.metric),
        on: raw.enabled,
        sentence: rule === null ? raw.name : sentenceOf(rule),
        explanation,
        rule: raw,
      };
    }),
  };
}

type Group = 'account' | 'positions' | 'orders' | 'connection';

const EVENT_LABELS: Readonly<Record<(typeof EVENT_METRICS)[number], string>> = {
  quantity: 'position opened, closed or changed',
  orderStatus: 'status of an order',
  orderTag: 'tag of an order',
  execution: 'fill',
  activity: 'booking',
  assignment: 'assignment or exercise',
  unexplainedChange: 'unexplained change of a position',
  account: 'account',
};
const EVENT_GROUPS: Readonly<Record<(typeof EVENT_METRICS)[number], Group>> = {
  quantity: 'positions',
  orderStatus: 'orders',
  orderTag: 'orders',
  execution: 'orders',
  activity: 'account',
  assignment: 'positions',
  unexplainedChange: 'positions',
  account: 'account',
};
const SUBJECT_GROUPS = {
  account: 'account',
  position: 'positions',
  order: 'orders',
  connection: 'connection',
} as const;

function groupOf(metric: (typeof NUMBER_METRICS)[number] | (typeof EVENT_METRICS)[number]): Group {
  const number = NUMBER_METRICS.find((name) => name === metric);
  if (number !== undefined && !('event' in METRICS[number])) return SUBJECT_GROUPS[METRICS[number].of];
  const event = EVENT_METRICS.find((name) => name === metric);
  return event === undefined ? 'account' : EVENT_GROUPS[event];
}
