import { FIRST_STEPS_OF_ACCOUNTS, flow } from './nodes.mjs';

const { accountSync, alertNode, code, comment, ibkr, mqttBroker, mqttOut, tab, tick } =
  flow('drawdown-guard');

/** The guard wants the state as it is now: no wait, no pause, and a second threshold against flicker. */
const level = (id, { clearAt, metric, name, operator, severity, threshold }) => ({
  id,
  name,
  enabled: true,
  severity,
  metric,
  operator,
  threshold,
  clearAt,
  forSeconds: 0,
  cooldownSeconds: 0,
});
const loss = { metric: 'dayPnlPercent', operator: '<' };
const drawdown = { metric: 'drawdownPercent', operator: '>' };
const warning = { severity: 'warning' };
const critical = { severity: 'critical' };

const rules = [
  level('guard-day-loss', { name: 'Day loss beyond 2 %', ...loss, ...warning, threshold: -2, clearAt: -1.5 }),
  level('guard-day-loss-critical', {
    name: 'Day loss beyond 4 %',
    ...loss,
    ...critical,
    threshold: -4,
    clearAt: -3.5,
  }),
  level('guard-drawdown', {
    name: 'Drawdown beyond 8 %',
    ...drawdown,
    ...warning,
    threshold: 8,
    clearAt: 7,
  }),
  level('guard-drawdown-critical', {
    name: 'Drawdown beyond 15 %',
    ...drawdown,
    ...critical,
    threshold: 15,
    clearAt: 14,
  }),
];

const guard = (name) => ({ topic: 'brokerage/guard', payload: name, qos: '1', retain: 'true' });
const birth = guard('online');
const gone = guard('offline');

export const nodes = [
  tab({
    label: 'Drawdown guard',
    info: 'Keeps a retained MQTT topic for each account that says ok, warning, critical or unknown, for other automations to look at.',
  }),
  comment({
    name: 'A guard for other automations: double-click here for the four steps',
    info: `Core nodes only.

${FIRST_STEPS_OF_ACCOUNTS}
2. Open **losses**: the thresholds of the four rules are examples. Rules of other kinds count as well.
3. Open **guard**: an MQTT broker, the same for its topic and its last will.
4. Deploy, and look at \`brokerage/guard/#\`.

\`brokerage/guard/<account>\` is retained JSON: \`state\` is \`ok\`, \`warning\`, \`critical\` or \`unknown\`, \`reason\` says which rule, or what is not known. **Only \`ok\` means ok:** an automation that reads it must treat \`unknown\`, no topic at all, a \`ts_ms\` that is older than a minute, and \`offline\` under \`brokerage/guard\` (the last will) like \`critical\`. \`last_fired\` is what the rules said last, also while the state is \`unknown\`.

It is \`unknown\` while the figures are old or partial, while net liquidation or the result of the day is not known, and while **losses** does not answer. Every 10 seconds **guard** asks it what goes on, so that the state is right after a restart as well. Drawdown is counted from the highest net liquidation since the rule began to look.

It says what is, and stops nothing: this package cannot touch an order.`,
  }),
  ibkr(),
  accountSync('accounts', {
    name: 'accounts',
    at: 'first',
    y: 220,
    wires: [['losses', 'guard'], ['losses'], ['losses'], ['losses']],
  }),
  alertNode('losses', { name: 'losses', rules, at: 'third', y: 260, wires: [['guard']] }),
  tick('tick', {
    name: 'every 10 s',
    seconds: 10,
    topic: 'list',
    at: 'first',
    y: 140,
    wires: [['losses', 'guard']],
  }),
  code('guard', {
    name: 'guard',
    file: 'guard.js',
    start: 'guard-start.js',
    at: 'fourth',
    y: 180,
    wires: [['topics']],
  }),
  mqttOut('topics', { name: 'guard of each account', topic: '', retain: 'true', at: 'fifth', y: 180 }),
  mqttBroker({
    birthTopic: birth.topic,
    birthQos: birth.qos,
    birthRetain: birth.retain,
    birthPayload: birth.payload,
    closeTopic: gone.topic,
    closeQos: gone.qos,
    closeRetain: gone.retain,
    closePayload: gone.payload,
    willTopic: gone.topic,
    willQos: gone.qos,
    willRetain: gone.retain,
    willPayload: gone.payload,
  }),
];
