import { FIRST_STEPS, flow, fromOutside, variable } from './nodes.mjs';

const { accountsAndAlerts, code, comment, httpRequest, idOf, node, tab, tick } = flow('grafana-influxdb');

export const nodes = [
  tab({
    label: 'Grafana via InfluxDB',
    info: 'Writes accounts, positions, connections and alerts to InfluxDB, for the dashboard of grafana/dashboards/brokerage-influxdb.json. Core nodes only.',
    env: [
      variable('INFLUXDB_URL', 'http://127.0.0.1:8086'),
      variable('INFLUXDB_DATABASE', 'brokerage'),
      fromOutside('INFLUXDB_TOKEN'),
      variable('RETRY_SECONDS', 10, 'num'),
    ],
  }),
  comment({
    name: 'Accounts in Grafana, through InfluxDB: double-click here for the five steps',
    info: `Core nodes only, no MQTT and no Telegraf.

${FIRST_STEPS}
3. Make the database: \`influx -execute 'create database brokerage'\` (InfluxDB 1.x). In InfluxDB 2 make a bucket, a DBRP mapping for it and a token.
4. Enter address and database among the *Environment Variables* of this tab (double-click it). A token stays out of the flow: \`INFLUXDB_TOKEN\` is taken from the environment of Node-RED; for InfluxDB 1.x with users it is \`name:password\`.
5. Deploy. In Grafana add InfluxDB as a data source (query language InfluxQL), then Dashboards → New → Import → \`brokerage-influxdb.json\` from the folder *grafana* of this package.

Leave *Send* in **accounts** at *everything each time*, and give each account a label of its own: in InfluxDB it is named after it.

Each series has a point every ten seconds at most, at the time at which its figures were true; what is not known is left out. A position that was closed gets a last point with the quantity 0.

**to InfluxDB** keeps up to 20,000 lines while InfluxDB is away, tries again after 10, 20, 40 s and so on up to five minutes, and says under the node how many wait and how many were lost. They survive a deploy, and a restart only where \`settings.js\` keeps context in files. What InfluxDB refuses (answer 400) is shown by **refused**.`,
  }),
  ...accountsAndAlerts(['lines'], ['lines']),
  code('lines', {
    name: 'as lines',
    file: 'influx-lines.js',
    start: 'influx-lines-start.js',
    at: 'third',
    y: 140,
    wires: [['outbox']],
  }),
  code('outbox', {
    name: 'to InfluxDB',
    file: 'influx-outbox.js',
    start: 'outbox-start.js',
    outputs: 2,
    at: 'fourth',
    y: 140,
    wires: [['write'], ['refused']],
  }),
  httpRequest('write', {
    name: 'write',
    url: '',
    ret: 'txt',
    at: 'fifth',
    y: 120,
    wires: [['outbox']],
  }),
  node('refused', {
    type: 'debug',
    name: 'refused',
    label: 'refused ⇲',
    active: true,
    tosidebar: true,
    console: true,
    tostatus: true,
    complete: 'payload',
    targetType: 'msg',
    statusVal: 'topic',
    statusType: 'msg',
    at: 'fifth',
    y: 180,
  }),
  tick('minute', {
    name: 'every minute',
    seconds: 60,
    topic: 'tick',
    at: 'second',
    y: 220,
    wires: [['lines']],
  }),
  tick('tick', { name: 'every 10 s', seconds: 10, topic: 'tick', at: 'third', y: 220, wires: [['outbox']] }),
  node('failed', {
    type: 'catch',
    name: 'a try has failed',
    scope: [idOf('write')],
    uncaught: false,
    at: 'third',
    y: 280,
    wires: [['outbox']],
  }),
];
