import {
  VariableHide,
  type Dashboard,
  type FieldConfig,
  type Panel,
  type RowPanel,
  type VariableModel,
} from '@grafana/schema';
import { columnOverrides, GAIN, MONEY, Panels, PERCENT, steps, type Drawn } from './panels.js';
import { mappingOf, STALE_MAPPING } from './states.js';
import type { Column, Store } from './store.js';
import { SILENT_AFTER_MINUTES, type PositionFigure, type SummaryFigure } from './stored.js';

const SILENT = `SILENT: nothing for ${SILENT_AFTER_MINUTES} min`;
const UNKNOWN = 'unknown';
const IN = '(${currency:text})';
const WIDTH = 24;

/** A dashboard of one store: what concerns all chosen accounts, and below it a row for each. */
export function dashboardOf(store: Store): Dashboard {
  const panels = new Panels(store);
  return {
    uid: `brokerage-${store.plugin}`,
    title: `Brokerage accounts (${store.title})`,
    description: `Balances and positions of Brokerage for Node-RED. ${store.about}`,
    tags: ['brokerage'],
    editable: true,
    graphTooltip: 1,
    schemaVersion: 42,
    time: { from: 'now-24h', to: 'now' },
    timezone: 'browser',
    refresh: '1m',
    templating: { list: variables(store) },
    annotations: { list: [store.alertMarks] },
    panels: [...overview(store, panels), accountRow(panels), ...ofAccount(store, panels)],
  };
}

function variables(store: Store): VariableModel[] {
  const dataSource: VariableModel = {
    name: 'datasource',
    label: 'Data source',
    type: 'datasource',
    query: store.plugin,
    hide: VariableHide.dontHide,
  };
  return [
    dataSource,
    { ...store.currency, label: 'Base currency', multi: false, includeAll: false },
    {
      ...store.accounts,
      label: 'Account',
      multi: true,
      includeAll: true,
      current: { text: ['All'], value: ['$__all'] },
    },
  ];
}

/** Sums over accounts are not drawn: one that is silent would look like a loss. */
function overview(store: Store, panels: Panels): Panel[] {
  return [
    panels.lines(
      {
        title: `Net liquidation of all chosen accounts ${IN}`,
        says: 'A gap: no news that counted came then.',
        query: store.overTimeByAccount('net_liquidation'),
        empty: UNKNOWN,
        config: MONEY,
      },
      { x: 0, y: 0, w: 12, h: 8 },
    ),
    panels.timeline(
      {
        title: 'Connections to the brokers',
        says: 'A gap: the feed was silent.',
        query: store.statesOverTime,
        empty: SILENT,
        config: { mappings: [mappingOf('state')], ...steps('transparent') },
      },
      { x: 12, y: 0, w: 12, h: 4 },
    ),
    panels.table(
      {
        title: 'Alerts',
        query: store.alerts,
        empty: 'No alert in this time',
        overrides: [
          column('Severity', { mappings: [mappingOf('severity')] }),
          column('State', { mappings: [mappingOf('alert_state')] }),
          column('Time of the last alert', { unit: 'dateTimeAsLocal' }),
        ],
      },
      { x: 12, y: 4, w: 12, h: 4 },
    ),
  ];
}

function column(title: string, config: Partial<FieldConfig>) {
  return {
    matcher: { id: 'byName', options: title },
    properties: Object.entries(config).map(([id, value]) => ({ id, value })),
  };
}

function accountRow(panels: Panels): RowPanel {
  return {
    id: panels.nextId(),
    type: 'row',
    title: '$account',
    repeat: 'account',
    collapsed: false,
    gridPos: { x: 0, y: 8, w: WIDTH, h: 1 },
    panels: [],
  };
}

function ofAccount(store: Store, panels: Panels): Panel[] {
  return [
    ...trust(store, panels),
    ...figures(store, panels),
    panels.lines(
      {
        title: `Net liquidation ${IN}`,
        query: store.overTime(['net_liquidation']),
        empty: UNKNOWN,
        config: MONEY,
      },
      { x: 0, y: 17, w: 8, h: 8 },
    ),
    panels.lines(
      {
        title: `Day and unrealized P&L ${IN}`,
        query: store.overTime(['day_pnl', 'unrealized_pnl']),
        empty: UNKNOWN,
        config: MONEY,
      },
      { x: 8, y: 17, w: 8, h: 8 },
    ),
    panels.bars(
      {
        title: 'Allocation',
        says: 'Percent of net liquidation; short below 0.',
        query: store.shares,
        empty: 'No position',
        config: { ...PERCENT, ...steps('red', [0, 'blue']) },
      },
      { x: 16, y: 17, w: 8, h: 8 },
    ),
    panels.table(
      {
        title: 'Positions',
        says: 'Money in the currency of the position.',
        query: store.positions(COLUMNS),
        empty: 'No position',
        overrides: columnOverrides(COLUMNS),
      },
      { x: 0, y: 25, w: WIDTH, h: 9 },
    ),
  ];
}

/** How far to trust what stands below. */
function trust(store: Store, panels: Panels): Panel[] {
  const at = (index: number) => ({ x: index * 4, y: 9, w: 4, h: 4 });
  return [
    panels.stat(
      {
        title: 'Figures',
        says: 'STALE: the figures below are from before.',
        query: store.stale,
        empty: SILENT,
        emptyColor: 'red',
        config: { mappings: [STALE_MAPPING], ...steps('red') },
      },
      at(0),
    ),
    panels.stat(
      {
        title: 'Data age',
        query: store.dataAge,
        empty: SILENT,
        emptyColor: 'red',
        config: { unit: 's', decimals: 0, ...steps('green', [300, 'yellow'], [900, 'red']) },
      },
      at(1),
    ),
    panels.stat(
      {
        title: 'Connection to the broker',
        query: store.state,
        empty: SILENT,
        emptyColor: 'red',
        config: { mappings: [mappingOf('state')], ...steps('red') },
      },
      at(2),
    ),
    panels.gauge(
      {
        title: 'Margin cushion',
        says: 'Excess liquidity in percent of net liquidation; the alerts begin at 10 % and 5 %.',
        query: store.figure('margin_cushion_pct'),
        empty: UNKNOWN,
        emptyColor: 'text',
        config: { ...PERCENT, min: 0, max: 100, ...steps('red', [5, 'orange'], [10, 'green']) },
      },
      at(3),
    ),
    panels.stat(
      {
        title: 'Positions held',
        says: 'As the broker counts them; the table below must have as many.',
        query: store.figure('positions'),
        empty: UNKNOWN,
        emptyColor: 'text',
        config: { decimals: 0, ...steps('text') },
      },
      at(4),
    ),
    panels.stat(
      {
        title: 'Open orders',
        query: store.figure('open_orders'),
        empty: UNKNOWN,
        emptyColor: 'text',
        config: { decimals: 0, ...steps('text') },
      },
      at(5),
    ),
  ];
}

const FIGURES: readonly (Pick<Drawn, 'title'> & {
  readonly key: SummaryFigure;
  readonly isGain?: boolean;
})[] = [
  { title: 'Net liquidation', key: 'net_liquidation' },
  { title: 'Day P&L', key: 'day_pnl', isGain: true },
  { title: 'Unrealized P&L', key: 'unrealized_pnl', isGain: true },
  { title: 'Realized P&L', key: 'realized_pnl', isGain: true },
  { title: 'Cash', key: 'cash' },
  { title: 'Buying power', key: 'buying_power' },
];

function figures(store: Store, panels: Panels): Panel[] {
  return FIGURES.map(({ isGain = false, key, title }, index) =>
    panels.stat(
      {
        title: key === 'net_liquidation' ? `${title} now ${IN}` : `${title} ${IN}`,
        query: store.figure(key),
        empty: UNKNOWN,
        emptyColor: 'text',
        config: { ...MONEY, ...(isGain ? GAIN : steps('text')) },
      },
      { x: index * 4, y: 13, w: 4, h: 4 },
    ),
  );
}

const COLUMNS: readonly (Column<PositionFigure> & { readonly config: Partial<FieldConfig> })[] = [
  { title: 'Quantity', key: 'quantity', config: {} },
  { title: 'Average price', key: 'avg_price', config: MONEY },
  { title: 'Price', key: 'price', config: MONEY },
  { title: 'Market value', key: 'market_value', config: MONEY },
  { title: 'Day P&L', key: 'day_pnl', config: { ...MONEY, ...GAIN } },
  { title: 'Unrealized P&L', key: 'unrealized_pnl', config: { ...MONEY, ...GAIN } },
  { title: 'Share', key: 'portfolio_pct', config: PERCENT },
];
