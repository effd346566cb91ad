import { aboutTheOutbox, FIRST_STEPS, flow, variable } from './nodes.mjs';

const { accountsAndAlerts, code, comment, lost, mqttBroker, mqttOut, outbox, tab } = flow('mqtt');

export const nodes = [
  tab({
    label: 'Alerts: MQTT',
    info: 'Publishes alerts to an MQTT broker, as text for people and as JSON for programs, and keeps them while the broker is away.',
    env: [
      variable('TRIES', 50, 'num'),
      variable('RETRY_SECONDS', 10, 'num'),
      variable('ANSWER_SECONDS', 20, 'num'),
    ],
  }),
  comment({
    name: 'Alerts to MQTT: double-click here for the four steps',
    info: `Core nodes only.

${FIRST_STEPS}
3. Open **text** or **JSON** and their broker: address, user and password.
4. Deploy, open **alerts**, choose *Send test alert*.

\`brokerage/alerts/text\` carries the words, \`brokerage/alerts/json\` the same with all data: \`id\`, \`state\` (firing or resolved), \`severity\`, \`metric\`, \`value\`, \`threshold\`, \`account\`, \`startedAt\`, … and \`title\`, \`line\`, \`text\`. The topic of an *mqtt out* node stands in the node, since \`msg.topic\` is a line for people. Alerts are not retained: whoever connects later must not take an old one for news.

*mqtt out* drops what is sent while its broker is away, without a word. So **outbox** waits until the broker has confirmed the JSON, and sends both again after 20 s without that.

${aboutTheOutbox({ waits: '10, 20, 40 s and so on up to five minutes', tries: 'fifty' })}`,
  }),
  ...accountsAndAlerts(['outbox']),
  ...outbox({ to: ['text', 'as-json'], lost: 'lost', answers: 'json', of: ['text', 'json', 'as-json'] }),
  code('as-json', { name: 'as data', file: 'mqtt-json.js', at: 'fourth', y: 140, wires: [['json']] }),
  mqttOut('text', { name: 'text', topic: 'brokerage/alerts/text', at: 'fourth', y: 80 }),
  mqttOut('json', { name: 'JSON', topic: 'brokerage/alerts/json', at: 'fifth', y: 140 }),
  lost(),
  mqttBroker(),
];
