import type { Page } from 'playwright-core';
import { METRICS } from '../../src/alerts/metrics.js';
import { EVENT_METRICS, NUMBER_METRICS } from '../../src/alerts/metric-names.js';
import { parseQuietHours } from '../../src/alerts/schema/quiet-hours.js';
import { parseRule } from '../../src/alerts/schema/rule.js';
import { sentenceOf } from '../../src/alerts/text/sentence.js';

/** Ready rules, as the runtime offers them to the dialog. */
export const READY = [
  ready('cushion-low', 'account', {
    metric: 'cushion',
    operator: '<',
    threshold: 0.1,
    clearAt: 0.12,
    forSeconds: 60,
  }),
  ready('margin-call', 'account', {
    metric: 'isMarginCall',
    operator: '>',
    threshold: 0.5,
    severity: 'critical',
  }),
  ready('position-share', 'positions', { metric: 'positionPercent', operator: '>', threshold: 25 }, false),
  ready(
    'order-filled',
    'orders',
    { metric: 'orderStatus', operator: 'event', threshold: ['filled'], severity: 'info' },
    false,
  ),
  ready('connection-lost', 'connection', {
    metric: 'connectionDownSeconds',
    operator: '>',
    threshold: 300,
  }),
];

type Group = 'account' | 'positions' | 'orders' | 'connection';

function ready(id: string, group: Group, rest: object, on = true) {
  const rule = { id, enabled: true, name: '', severity: 'warning', ...rest };
  return { id, group, on, sentence: sentence(rule) ?? '', explanation: `Why ${id} matters.`, rule };
}

function sentence(rule: unknown): string | null {
  const parsed = parseRule(rule, 1);
  return 'kind' in parsed ? sentenceOf(parsed) : null;
}

export const METRIC_LIST = [
  ...NUMBER_METRICS.map((name) => {
    const { unit, words } = METRICS[name];
    return { name, label: words, unit: unit === 'flag' ? 'yes-no' : unit, kind: 'number' };
  }),
  ...EVENT_METRICS.map((name) => ({ name, label: `${name} happens`, unit: null, kind: 'event' })),
];

interface Found {
  readonly ruleId: string;
  readonly fires: readonly { readonly line: string }[];
  readonly unknown: readonly { readonly line: string }[];
}

export interface Heard {
  readonly heard: boolean;
  readonly now: readonly Found[];
}

/** Answers the dialog's questions in the place of Node-RED, rules judged by the product; keeps what it was asked. */
export async function answerAlerts(page: Page, { heard, now }: Heard = { heard: true, now: [] }) {
  const checked: unknown[] = [];
  const tested: unknown[] = [];
  await page.route('**/brokerage/alert/*/ready', (route) =>
    route.fulfill({ json: { metrics: METRIC_LIST, ready: READY } }),
  );
  await page.route('**/brokerage/alert/*/check', async (route) => {
    const body = Object(route.request().postDataJSON());
    checked.push(body);
    const rules: readonly unknown[] = body.rules;
    await route.fulfill({
      json: {
        rules: rules.map((rule, index) => {
          const parsed = parseRule(rule, index + 1);
          return 'kind' in parsed
            ? { sentence: sentenceOf(parsed), problems: [] }
            : { sentence: null, problems: parsed };
        }),
        quietHours: parseQuietHours(body.quietHours).problem,
        heard,
        now,
      },
    });
  });
  await page.route('**/brokerage/alert/*/send-test', async (route) => {
    tested.push(route.request().postDataJSON());
    await route.fulfill({ json: { message: 'A test alert was sent.' } });
  });
  return { checked, tested };
}
