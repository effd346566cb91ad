import { FIRST_STEPS, flow, variable } from './nodes.mjs';

const { accountsAndAlerts, code, comment, idOf, mqttBroker, mqttOut, node, tab, tick } = flow('escalation');

export const nodes = [
  tab({
    label: 'Alerts: escalation',
    info: 'Sends what nobody has acknowledged within ten minutes to a second channel.',
    env: [variable('ESCALATE_MINUTES', 10, 'num'), variable('ESCALATE_SEVERITIES', 'warning, critical')],
  }),
  comment({
    name: 'What nobody acknowledges: double-click here for the five steps',
    info: `Core nodes only.

${FIRST_STEPS}
3. Put your channels in the place of **first channel** and **second channel**: a notification and a phone, say. The other examples have them, from **outbox** to the right. As they stand, both are topics of an MQTT broker, whose address is in their connection.
4. Double-click the tab *Alerts: escalation*, choose *Environment Variables*: how many minutes, and for which severities.
5. Deploy, open **alerts**, choose *Send test alert*. Every alert takes the first channel at once.

An alert that is acknowledged, silenced or over within the ten minutes never reaches the second channel; one that is not reaches it once, repeats or not. Acknowledge with **I have seen all of it**, with an alert's id as the text of \`brokerage/alerts/ack\`, or with any message \`ack\` that you send into **not seen in time?**: from there it goes on to **alerts**. An acknowledgement that is sent straight to **alerts** is not seen here.

What waits survives a deploy. It survives a restart of Node-RED where \`settings.js\` keeps context in files: \`contextStorage: { default: { module: "localfilesystem" } }\`; the minutes run on meanwhile, and a crash may lose the last 30 s of it.`,
  }),
  ...accountsAndAlerts(['escalate']),
  code('escalate', {
    name: 'not seen in time?',
    file: 'escalate.js',
    outputs: 3,
    at: 'third',
    y: 140,
    wires: [['first'], ['second'], ['to-alerts']],
  }),
  mqttOut('first', { name: 'first channel', topic: 'brokerage/alerts/first', at: 'fourth', y: 80 }),
  mqttOut('second', { name: 'second channel', topic: 'brokerage/alerts/second', at: 'fourth', y: 140 }),
  node('to-alerts', {
    type: 'link out',
    name: 'to alerts',
    mode: 'link',
    links: [idOf('from-here')],
    l: true,
    at: 'fourth',
    y: 200,
  }),
  node('from-here', {
    type: 'link in',
    name: 'to alerts',
    label: '',
    links: [idOf('to-alerts')],
    l: true,
    at: 'first',
    y: 200,
    wires: [['alerts']],
  }),
  tick('tick', {
    name: 'every 10 s',
    seconds: 10,
    topic: 'tick',
    at: 'first',
    y: 280,
    wires: [['escalate']],
  }),
  node('all-seen', {
    type: 'inject',
    name: 'I have seen all of it',
    props: [{ p: 'topic', vt: 'str' }],
    repeat: '',
    crontab: '',
    once: false,
    onceDelay: 0.1,
    topic: 'ack',
    at: 'first',
    y: 340,
    wires: [['escalate']],
  }),
  node('ack-topic', {
    type: 'mqtt in',
    name: 'ack by MQTT',
    topic: 'brokerage/alerts/ack',
    qos: '1',
    datatype: 'utf8',
    broker: idOf('broker'),
    nl: false,
    rap: true,
    rh: 0,
    inputs: 0,
    at: 'first',
    y: 400,
    wires: [['as-ack']],
  }),
  node('as-ack', {
    type: 'change',
    name: 'ack',
    rules: [{ t: 'set', p: 'topic', pt: 'msg', to: 'ack', tot: 'str' }],
    action: '',
    property: '',
    from: '',
    to: '',
    reg: false,
    at: 'second',
    y: 400,
    wires: [['escalate']],
  }),
  mqttBroker(),
];
