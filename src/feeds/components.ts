import { alertComponents } from './alert-components.js';
import { CONNECTION_STATES } from './connection-payload.js';
import { entity, valueOf, type Component, type Components, type Place } from './entity.js';
import type { AccountFeed } from './feed.js';
import { safeKey, slugOf } from './slug.js';
import { positionNames } from './tree.js';

const PERCENT = {
  unit_of_measurement: '%',
  state_class: 'measurement',
  suggested_display_precision: 2,
} as const;
const DIAGNOSTIC = { entity_category: 'diagnostic' } as const;

/** `monetary` allows no state class but `total`, and has to name a currency. */
function money(currency: string | null) {
  return currency === null
    ? { state_class: 'measurement', suggested_display_precision: 2 }
    : {
        device_class: 'monetary',
        state_class: 'total',
        unit_of_measurement: currency,
        suggested_display_precision: 2,
      };
}

const AMOUNTS = {
  net_liquidation: 'Net liquidation',
  cash: 'Cash',
  buying_power: 'Buying power',
  excess_liquidity: 'Excess liquidity',
  day_pnl: 'Day PnL',
  unrealized_pnl: 'Unrealized PnL',
  realized_pnl: 'Realized PnL',
} as const;
const SHARES = {
  margin_cushion_pct: 'Margin cushion',
  cash_pct: 'Cash share',
  day_pnl_pct: 'Day PnL percent',
} as const;

/** The entities of an account but its positions. */
export function accountComponents({ account }: AccountFeed, place: Place): Components {
  const { name, privacy, topics } = place;
  const summary = topics.account(name, 'summary');
  const connection = topics.account(name, 'connection');
  const sensor = (key: string, label: string, more: object): [string, Component] => [
    key,
    entity(place, 'sensor', {
      key,
      name: label,
      state_topic: summary,
      value_template: valueOf(key),
      ...more,
    }),
  ];
  const ofConnection = (platform: string, key: string, more: Component): [string, Component] => [
    key,
    entity(place, platform, { key, state_topic: connection, ...DIAGNOSTIC, ...more }),
  ];
  const amounts =
    privacy === 'relative'
      ? []
      : Object.entries(AMOUNTS).map(([key, label]) => sensor(key, label, money(account.currency)));
  return Object.fromEntries([
    ...amounts,
    ...Object.entries(SHARES).map(([key, label]) => sensor(key, label, PERCENT)),
    sensor('open_orders', 'Open orders', { state_class: 'measurement', icon: 'mdi:clipboard-list' }),
    sensor('positions', 'Positions', { state_class: 'measurement', icon: 'mdi:briefcase-outline' }),
    sensor('last_update', 'Last update', {
      value_template: valueOf('ts'),
      device_class: 'timestamp',
      ...DIAGNOSTIC,
    }),
    ofConnection('binary_sensor', 'connection', {
      name: 'Broker connection',
      value_template: valueOf('connected'),
      payload_on: 'True',
      payload_off: 'False',
      device_class: 'connectivity',
      json_attributes_topic: connection,
    }),
    ofConnection('sensor', 'connection_state', {
      name: 'Connection state',
      value_template: valueOf('state'),
      device_class: 'enum',
      options: CONNECTION_STATES,
    }),
    ofConnection('binary_sensor', 'data_stale', {
      name: 'Data stale',
      value_template: valueOf('stale'),
      payload_on: 'True',
      payload_off: 'False',
      device_class: 'problem',
    }),
    ofConnection('sensor', 'data_age', {
      name: 'Data age',
      value_template: valueOf('data_age_s'),
      device_class: 'duration',
      unit_of_measurement: 's',
      state_class: 'measurement',
      enabled_by_default: false,
    }),
    ...alertComponents(place, {
      alerts: topics.account(name, 'alerts'),
      lastAlert: topics.account(name, 'last_alert'),
    }),
  ]);
}

/** One sensor for each position. */
export function positionComponents(account: AccountFeed, place: Place): Components {
  const { name, privacy, topics } = place;
  const rows = positionNames(account);
  const held = [...(account.positions?.figures.values() ?? [])].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return Object.fromEntries(
    held.map(({ currency, instrument, key }) => {
      const row = rows.get(key) ?? '';
      const topic = topics.row(name, 'positions', row);
      const shown =
        privacy === 'relative'
          ? { value_template: valueOf('portfolio_pct'), ...PERCENT }
          : { value_template: valueOf('market_value'), ...money(currency) };
      const { expiry, right, strike, symbol } = instrument;
      const words = expiry === null ? [symbol] : [instrument.underlying ?? symbol, expiry, strike, right];
      return [
        `pos_${safeKey(key)}`,
        entity(place, 'sensor', {
          key: `pos_${safeKey(key)}`,
          id: slugOf(row),
          name: words.filter((word) => word !== null).join(' '),
          state_topic: topic,
          json_attributes_topic: topic,
          icon: 'mdi:chart-line',
          ...shown,
        }),
      ];
    }),
  );
}
