import { VariableRefresh, VariableSort } from '@grafana/schema';
import { DATA_SOURCE } from './data-source.js';
import type { Column, Query, Store, Target } from './store.js';
import {
  CURRENCY_NUMBERS,
  nameOf,
  OTHER,
  type Kind,
  type PositionFigure,
  type SummaryFigure,
} from './stored.js';

const ACCOUNT = 'account=~"$account"';
/** The exporter forgets what has not come for minutes; what was known last is asked back from so long ago. */
const LAST_KNOWN = '7d';

const metric = (kind: Kind, key: string): string => `${nameOf(kind)}_${key}{${ACCOUNT}}`;
const STALE = metric('summary', 'stale');

const now = (expr: string, { refId = 'A', legend = '__auto' } = {}): Target => ({
  refId,
  expr,
  instant: true,
  range: false,
  legendFormat: legend,
});
const row = (expr: string, refId: string): Target => ({ ...now(expr, { refId }), format: 'table' });
const range = (expr: string, { refId = 'A', legend = '__auto' } = {}): Target => ({
  refId,
  expr,
  instant: false,
  range: true,
  legendFormat: legend,
});

const lastKnown = (what: string): string => `last_over_time(${what}[${LAST_KNOWN}])`;

/** While figures are told, one that is missing is not known; when none are, the last ones are shown beside their age. */
function figure(key: SummaryFigure): Query {
  const known = metric('summary', key);
  return { targets: [now(`${known} or (${lastKnown(known)} unless on (account) ${STALE})`)] };
}

/** What is stale is no figure of that time. */
const counted = (key: SummaryFigure): string =>
  `${metric('summary', key)} unless on (account) (${STALE} == 1)`;

/** A position that was closed has a quantity of 0. */
const isHeld = `on (account, position) (${metric('positions', 'quantity')} != 0)`;

function positions(columns: readonly Column<PositionFigure>[]): Query {
  const title = (key: string): string => `Value #${key}`;
  return {
    targets: columns.map(({ key }) => row(`${metric('positions', key)} and ${isHeld}`, key)),
    transformations: [
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: { Time: true, __name__: true, account: true, instance: true, job: true },
          indexByName: Object.fromEntries(
            ['position', ...columns.map(({ key }) => title(key))].map((name, index) => [name, index]),
          ),
          renameByName: {
            position: 'Position',
            ...Object.fromEntries(columns.map((column) => [title(column.key), column.title])),
          },
        },
      },
    ],
  };
}

/** Of Prometheus' plugin, beside what every annotation has. */
const MARK = { useValueForTime: 'on', titleFormat: 'Alert', textFormat: '{{account}}' };

const CURRENCIES = [...Object.entries(CURRENCY_NUMBERS), ['other', OTHER] as const];

/** Prometheus, filled by mqtt2prometheus: numbers only, at the time at which they were fetched. */
export const PROMETHEUS: Store = {
  title: 'Prometheus',
  plugin: 'prometheus',
  about: 'Filled by mqtt2prometheus (exporter-accounts.yaml, exporter-positions.yaml) and prometheus.yml.',
  currency: {
    name: 'currency',
    type: 'custom',
    query: CURRENCIES.map(([name, number]) => `${name} : ${number}`).join(', '),
    current: { text: 'USD', value: String(CURRENCY_NUMBERS['USD']) },
    options: CURRENCIES.map(([text, number]) => ({
      text,
      value: String(number),
      selected: text === 'USD',
    })),
  },
  accounts: {
    name: 'account',
    type: 'query',
    datasource: DATA_SOURCE.prometheus,
    query: {
      query: `query_result(last_over_time(${nameOf('summary')}_currency[${LAST_KNOWN}]) == $currency)`,
      refId: 'accounts',
    },
    regex: '/account="([^"]+)"/',
    refresh: VariableRefresh.onTimeRangeChanged,
    sort: VariableSort.alphabeticalAsc,
  },
  alertMarks: {
    name: 'Alerts',
    datasource: DATA_SOURCE.prometheus,
    enable: true,
    iconColor: 'orange',
    // The value is the time of the alert, ms.
    target: range(`max_over_time(${metric('last_alert', 'ts_ms')}[$__interval])`, { refId: 'Anno' }),
    ...MARK,
  },
  figure,
  overTime: (keys) => ({
    targets: keys.map((key) => range(counted(key), { refId: key, legend: key.replaceAll('_', ' ') })),
  }),
  overTimeByAccount: (key) => ({ targets: [range(counted(key), { legend: '{{account}}' })] }),
  state: { targets: [now(metric('connection', 'state'))] },
  stale: { targets: [now(metric('connection', 'stale'))] },
  // As old as they were told to be, and as old as that was told.
  dataAge: {
    targets: [
      now(
        `${lastKnown(metric('connection', 'data_age_s'))} + time() - ${lastKnown(metric('connection', 'ts_ms'))} / 1000`,
      ),
    ],
  },
  statesOverTime: { targets: [range(metric('connection', 'state'), { legend: '{{account}}' })] },
  shares: {
    targets: [
      now(`${metric('positions', 'portfolio_pct')} != 0`, {
        refId: 'positions',
        legend: '{{position}}',
      }),
      now(
        figure('cash_pct')
          .targets.map(({ expr }) => String(expr))
          .join(),
        {
          refId: 'cash',
          legend: 'cash',
        },
      ),
    ],
  },
  positions,
  alerts: {
    targets: ['ts_ms', 'severity', 'alert_state'].map((key) =>
      row(lastKnown(metric('last_alert', key)), key),
    ),
    transformations: [
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: { Time: true, __name__: true, instance: true, job: true },
          indexByName: {},
          renameByName: {
            account: 'Account',
            'Value #ts_ms': 'Time of the last alert',
            'Value #severity': 'Severity',
            'Value #alert_state': 'State',
          },
        },
      },
    ],
  },
};
