import { dashboardOf } from './dashboard.js';
import { EXPORTER_OF_ACCOUNTS, EXPORTER_OF_POSITIONS } from './exporter.js';
import { INFLUXDB } from './influxdb.js';
import { PROMETHEUS } from './prometheus.js';
import { TELEGRAF } from './telegraf.js';

/** Path below grafana/ → its text */
export const FILES: ReadonlyMap<string, string> = new Map([
  ...[PROMETHEUS, INFLUXDB].map(
    (store) => [`dashboards/brokerage-${store.plugin}.json`, JSON.stringify(dashboardOf(store))] as const,
  ),
  ['exporter-accounts.yaml', EXPORTER_OF_ACCOUNTS],
  ['exporter-positions.yaml', EXPORTER_OF_POSITIONS],
  ['telegraf.conf', TELEGRAF],
]);
