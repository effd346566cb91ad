import { numbersOf } from './states.js';
import {
  CURRENCY_NUMBERS,
  nameOf,
  OTHER,
  POSITION_FIGURES,
  SILENT_AFTER_MINUTES,
  SUMMARY_FIGURES,
  type Kind,
} from './stored.js';

/** What the exporter makes a metric of; `words` are told as these numbers. */
interface Exported {
  readonly kind: Kind;
  readonly key: string;
  readonly words?: Readonly<Record<string, number>>;
}

const told = (kind: Kind, ...keys: readonly string[]): readonly Exported[] =>
  keys.map((key) => ({ kind, key }));

const OF_ACCOUNTS: readonly Exported[] = [
  ...told('summary', 'ts_ms', 'stale', ...SUMMARY_FIGURES),
  { kind: 'summary', key: 'currency', words: CURRENCY_NUMBERS },
  ...told('connection', 'ts_ms', 'stale', 'connected', 'data_age_s'),
  { kind: 'connection', key: 'state', words: numbersOf('state') },
  ...told('last_alert', 'ts_ms'),
  { kind: 'last_alert', key: 'severity', words: numbersOf('severity') },
  { kind: 'last_alert', key: 'alert_state', words: numbersOf('alert_state') },
];
const OF_POSITIONS: readonly Exported[] = told('positions', 'ts_ms', 'stale', ...POSITION_FIGURES);

/** mqtt2prometheus for what stands once for each account. */
export const EXPORTER_OF_ACCOUNTS = `# mqtt2prometheus: balances, connection and last alert of every account.
# Made by scripts/make-dashboards.mjs.
${mqtt('brokerage/+/+')}
cache:
  # The feed says all of this every minute. What has not come for so long is not known any more.
  timeout: ${SILENT_AFTER_MINUTES}m
metrics:
${OF_ACCOUNTS.map(metric).join('\n')}
`;

/** mqtt2prometheus for positions. */
export const EXPORTER_OF_POSITIONS = `# mqtt2prometheus: the positions of every account.
# Made by scripts/make-dashboards.mjs.
${mqtt('brokerage/+/positions/+')}
cache:
  # A position without news is not told again: it is kept until its last message says that its quantity is 0.
  timeout: -1
metrics:
${OF_POSITIONS.map(metric).join('\n')}
`;

function mqtt(topics: string): string {
  return `mqtt:
  # User and password: the environment variables MQTT2PROM_MQTT_USER and MQTT2PROM_MQTT_PASSWORD.
  server: tcp://127.0.0.1:1883
  topic_path: ${topics}
  device_id_regex: "brokerage/(?P<deviceid>.+)"
  qos: 1`;
}

function metric({ key, kind, words }: Exported): string {
  const mapping = words === undefined ? '' : mappingOf(words);
  const topic = kind === 'positions' ? '/positions/' : `/${kind}$`;
  // Without its own time a sample counts as taken when it is fetched; the time of the figures is ts_ms.
  return `  - prom_name: ${nameOf(kind)}_${key}
    mqtt_name: ${key}
    sensor_name_filter: "${topic}"
    help: ${key.replaceAll('_', ' ')} (${kind.replaceAll('_', ' ')})
    type: gauge
    omit_timestamp: true${mapping}`;
}

function mappingOf(words: Readonly<Record<string, number>>): string {
  const rows = Object.entries(words).map(([word, number]) => `        "${word}": ${number}`);
  return `
    string_value_mapping:
      error_value: ${OTHER}
      map:
${rows.join('\n')}`;
}
