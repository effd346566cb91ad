import { ABOUT_CONTEXT, FIRST_STEPS_OF_ACCOUNTS, flow, variable } from './nodes.mjs';

const { accountSync, code, comment, ibkr, mqttBroker, mqttOut, node, tab, tick } = flow('order-fills');

const template = (short, { text, ...more }) =>
  node(short, {
    type: 'template',
    field: 'payload',
    fieldType: 'msg',
    format: 'handlebars',
    syntax: 'mustache',
    template: text,
    output: 'str',
    ...more,
  });

export const nodes = [
  tab({
    label: 'Fills',
    info: 'Tells each fill once, those of one order together, and corrections as such.',
    env: [variable('SECONDS', 5, 'num')],
  }),
  comment({
    name: 'Fills as notifications: double-click here for the three steps',
    drawn: 420,
    info: `Core nodes only.

${FIRST_STEPS_OF_ACCOUNTS} Another broker? Copy the account node and wire its third output as this one.
2. Open **fills as text**: an MQTT broker. Or put your channel behind **in words**: \`msg.topic\` is one line, \`msg.payload\` the text. **to other tabs** hands the same to a *link in* of yours; **fills as JSON** carries the figures.
3. Double-click the tab *Fills*, choose *Environment Variables*: how long the fills of one order are collected (\`SECONDS\`, from the first of them). Deploy.

A fill is known by its \`executionId\`, and told once, whatever is told again. The fills of one order are summed up, each leg of a spread by itself; the price is their average, and "not known" where one of them has none. A broker that corrects a fill sends a higher \`revision\` of the same id: what has been told is told again as a correction, with what it was; what has not is told right from the start.

The very first start of account-sync tells the fills of that day. ${ABOUT_CONTEXT} Fills that are being collected at that moment would otherwise be lost.`,
  }),
  ibkr(),
  accountSync('accounts', { name: 'accounts', at: 'first', y: 160, wires: [[], [], ['each-once'], []] }),
  tick('tick', {
    name: 'every second',
    seconds: 1,
    topic: 'tick',
    at: 'first',
    y: 240,
    wires: [['each-once']],
  }),
  code('each-once', {
    name: 'each fill once',
    file: 'fills.js',
    at: 'third',
    y: 160,
    wires: [['words', 'json']],
  }),
  template('words', {
    name: 'in words',
    text: `{{#payload.correction}}Correction: {{/payload.correction}}{{{payload.account.label}}} {{{payload.verb}}} {{payload.quantity}} {{{payload.name}}} at {{{payload.at}}}{{#payload.correction}}, and not {{{payload.correction}}}{{/payload.correction}}.`,
    at: 'fourth',
    y: 160,
    wires: [['text', 'elsewhere']],
  }),
  mqttOut('text', { name: 'fills as text', topic: 'brokerage/fills/text', at: 'fifth', y: 120 }),
  node('elsewhere', {
    type: 'link out',
    name: 'to other tabs',
    mode: 'link',
    links: [],
    l: true,
    at: 'fifth',
    y: 200,
  }),
  mqttOut('json', { name: 'fills as JSON', topic: 'brokerage/fills/json', at: 'fourth', y: 240 }),
  mqttBroker(),
];
