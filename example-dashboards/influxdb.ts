import { VariableRefresh, VariableSort, type VariableModel } from '@grafana/schema';
import { DATA_SOURCE } from './data-source.js';
import type { Column, Query, Store, Target } from './store.js';
import {
  nameOf,
  SILENT_AFTER_MINUTES,
  type Kind,
  type PositionFigure,
  type SummaryFigure,
} from './stored.js';

const ACCOUNT = '"account" =~ /^${account:regex}$/';
/** What stands in a topic without news is not written again, however long: a position may rest for weeks. */
const EVER = 'time > ${__to}ms - 90d AND time <= ${__to}ms';
const JUST_NOW = `time > \${__to}ms - ${SILENT_AFTER_MINUTES}m AND time <= \${__to}ms`;

const target = (
  query: string,
  { alias, format = 'time_series', refId = 'A' }: { alias?: string; format?: string; refId?: string } = {},
): Target => ({
  refId,
  query,
  rawQuery: true,
  resultFormat: format,
  ...(alias === undefined ? {} : { alias }),
});
const table = (query: string): Target => target(query, { format: 'table' });

const from = (kind: Kind, when: string): string => `FROM "${nameOf(kind)}" WHERE ${ACCOUNT} AND ${when}`;

/**
 * Figures of the newest point, and not each one's newest: one that is not known any more must not show what it was.
 * Every point says whether it is stale.
 */
function newest(kind: 'summary' | 'positions', keys: readonly string[]): string {
  const figures = keys.map((key) => `"${key}"`).join(', ');
  return `SELECT last("stale") AS "stale", ${figures} ${from(kind, EVER)}`;
}

function figure(key: SummaryFigure): Query {
  return { targets: [table(`SELECT "${key}" FROM (${newest('summary', [key])})`)] };
}

const TAGS = ['symbol', 'sec_type', 'currency', 'position'];

/** A position that was closed has a last point in which `counted`, its quantity or its share, is 0. */
function held(
  counted: PositionFigure,
  { keys, tags }: { readonly keys: readonly PositionFigure[]; readonly tags: readonly string[] },
): string {
  const grouped = tags.map((tag) => `"${tag}"`).join(', ');
  const fields = keys.map((key) => `"${key}"`).join(', ');
  return `SELECT ${fields} FROM (${newest('positions', keys)} GROUP BY ${grouped}) WHERE "${counted}" <> 0 GROUP BY ${grouped}`;
}

function positions(columns: readonly Column<PositionFigure>[]): Query {
  const named = columns.map(({ key, title }) => [key, title]);
  return {
    targets: [table(held('quantity', { keys: columns.map(({ key }) => key), tags: TAGS }))],
    transformations: [
      {
        id: 'organize',
        options: {
          excludeByName: { Time: true, time: true, position: true },
          indexByName: {},
          renameByName: {
            symbol: 'Symbol',
            sec_type: 'Kind',
            currency: 'Currency',
            ...Object.fromEntries(named),
          },
        },
      },
    ],
  };
}

function overTime(keys: readonly SummaryFigure[]): Query {
  const targets = keys.map((key) =>
    target(`SELECT last("${key}") ${from('summary', '$timeFilter')} GROUP BY time($__interval) fill(null)`, {
      alias: key.replaceAll('_', ' '),
      refId: key,
    }),
  );
  return { targets };
}

const ALERTS = `FROM "${nameOf('alerts')}" WHERE "account" =~ /^(\${account:regex}|bridge)$/ AND $timeFilter`;

const MARK = { fromAnnotations: true, textEditor: true, textColumn: 'message', tagsColumn: 'severity' };

const variable = (name: string, query: string): VariableModel => ({
  name,
  type: 'query',
  datasource: DATA_SOURCE.influxdb,
  query,
  refresh: VariableRefresh.onDashboardLoad,
  sort: VariableSort.alphabeticalAsc,
});

/** InfluxDB by InfluxQL, which 1.x speaks, and 2 and 3 as well. */
export const INFLUXDB: Store = {
  title: 'InfluxDB',
  plugin: 'influxdb',
  about: 'Filled by Telegraf (telegraf.conf) or by the example flow grafana-influxdb. InfluxQL.',
  currency: variable('currency', `SHOW TAG VALUES FROM "${nameOf('summary')}" WITH KEY = "currency"`),
  accounts: variable(
    'account',
    `SHOW TAG VALUES FROM "${nameOf('summary')}" WITH KEY = "account" WHERE "currency" = '$currency'`,
  ),
  alertMarks: {
    name: 'Alerts',
    datasource: DATA_SOURCE.influxdb,
    enable: true,
    iconColor: 'orange',
    target: {
      ...MARK,
      ...target(`SELECT "message", "severity" ${ALERTS}`, { refId: 'Anno', format: 'table' }),
    },
  },
  figure,
  overTime,
  overTimeByAccount: (key) => ({
    targets: [
      target(
        `SELECT last("${key}") ${from('summary', '$timeFilter')} GROUP BY time($__interval), "account" fill(null)`,
        { alias: '$tag_account' },
      ),
    ],
  }),
  state: {
    targets: [table(`SELECT last("state") AS "state" ${from('connection', JUST_NOW)}`)],
    fields: '/^state$/',
  },
  stale: {
    targets: [table(`SELECT last("stale") AS "stale" ${from('connection', JUST_NOW)}`)],
    fields: '/^stale$/',
  },
  dataAge: {
    targets: [table(`SELECT last("data_age_s") AS "data_age_s" ${from('connection', JUST_NOW)}`)],
  },
  statesOverTime: {
    targets: [
      target(
        `SELECT last("state") ${from('connection', '$timeFilter')} GROUP BY time($__interval), "account" fill(null)`,
        { alias: '$tag_account' },
      ),
    ],
  },
  shares: {
    targets: [
      target(held('portfolio_pct', { keys: ['portfolio_pct'], tags: ['position'] }), {
        alias: '$tag_position',
        refId: 'positions',
      }),
      target(`SELECT "cash_pct" FROM (${newest('summary', ['cash_pct'])})`, {
        alias: 'cash',
        refId: 'cash',
      }),
    ],
  },
  positions,
  alerts: {
    targets: [
      table(`SELECT "severity", "title", "message", "alert_state" ${ALERTS} ORDER BY time DESC LIMIT 100`),
    ],
    transformations: [
      {
        id: 'organize',
        options: {
          excludeByName: {},
          indexByName: {},
          renameByName: { severity: 'Severity', title: 'Alert', message: 'Message', alert_state: 'State' },
        },
      },
    ],
  },
};
