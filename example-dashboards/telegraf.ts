import { nameOf, type Kind } from './stored.js';

/** What Telegraf makes of the messages of one kind. */
interface Consumed {
  readonly kind: Kind;
  /** Topics, and the tags that their levels become. */
  readonly topics: Readonly<Record<string, string>>;
  /** Keys of the payload that become tags. */
  readonly tags: readonly string[];
  /** Words, and what is true or false, that are kept beside the numbers. */
  readonly words: readonly string[];
}

/** One series for each of these is what its tags are for; whatever changes is a field. */
const CONSUMED: readonly Consumed[] = [
  {
    kind: 'summary',
    topics: { 'brokerage/+/summary': '_/account/_' },
    tags: ['label', 'source', 'currency'],
    words: ['quality', 'stale'],
  },
  {
    kind: 'positions',
    topics: { 'brokerage/+/positions/+': '_/account/_/position' },
    tags: ['label', 'source', 'currency', 'symbol', 'sec_type'],
    words: ['description', 'expiry', 'right', 'stale'],
  },
  {
    kind: 'connection',
    topics: { 'brokerage/+/connection': '_/account/_' },
    tags: ['label', 'source', 'currency'],
    words: ['connected', 'state', 'reason', 'stale'],
  },
  {
    kind: 'alerts',
    topics: { 'brokerage/+/alerts': '_/account/_', 'brokerage/bridge/+/alerts': '_/account/_/_' },
    // With their id, two alerts of one moment are two points.
    tags: ['severity', 'event_type', 'id'],
    words: ['alert_state', 'title', 'message', 'metric', 'unit', 'label', 'symbol', 'stale'],
  },
];

export const TELEGRAF = `# Telegraf: from the topics of the mqtt feed to InfluxDB 1.x; for 2 and 3 see README.md.
# Made by scripts/make-dashboards.mjs.
# Environment: MQTT_URL (tcp://127.0.0.1:1883), MQTT_USER and MQTT_PASSWORD (both empty where everybody may read),
# INFLUXDB_URL (http://127.0.0.1:8086).

[agent]
  interval = "10s"
  flush_interval = "10s"
  metric_buffer_limit = 100000
  omit_hostname = true

[[outputs.influxdb]]
  urls = ["\${INFLUXDB_URL}"]
  database = "brokerage"

${CONSUMED.map(consumer).join('\n')}`;

/** Each point has the time of its figures, so that what is retained and read again is the same point. */
function consumer({ kind, tags, topics, words }: Consumed): string {
  const parsing = Object.entries(topics).map(
    ([topic, levels]) => `
  [[inputs.mqtt_consumer.topic_parsing]]
    topic = "${topic}"
    tags = "${levels}"
`,
  );
  return `[[inputs.mqtt_consumer]]
  name_override = "${nameOf(kind)}"
  servers = ["\${MQTT_URL}"]
  username = "\${MQTT_USER}"
  password = "\${MQTT_PASSWORD}"
  topics = ${list(Object.keys(topics))}
  topic_tag = ""
  qos = 1
  client_id = "telegraf-brokerage-${kind}"
  persistent_session = true
  data_format = "json"
  json_time_key = "ts_ms"
  json_time_format = "unix_ms"
  tag_keys = ${list(tags)}
  json_string_fields = ${list(words)}
${parsing.join('')}`;
}

function list(words: readonly string[]): string {
  return `[${words.map((word) => `"${word}"`).join(', ')}]`;
}
