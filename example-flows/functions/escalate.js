// What nobody has acknowledged in time goes to the second channel, once.
// In: alerts, the commands ack and silence, ticks. Out: 1 first channel, 2 second channel, 3 commands for the alert node.
const MINUTES = Number(env.get('ESCALATE_MINUTES')) || 10;
const SEVERITIES =
  String(env.get('ESCALATE_SEVERITIES') || 'warning, critical')
    .toLowerCase()
    .match(/[a-z]+/g) || [];
const FORGET_AFTER_MS = 7 * 86400000;

const now = Date.now();
/** alert id → what is known of it; `open` until somebody has seen it, it has ended, or the second channel has it */
const watched = context.get('watched') || {};
let first = null;
let second = null;
let commands = [];

const openIds = () => Object.keys(watched).filter((id) => watched[id].open);
const isNamed = (value) => typeof value === 'string' && value.trim() !== '';

if (msg.topic === 'ack' || msg.topic === 'silence') {
  // The same forms that the alert node takes: an id as payload, or { alert } or { rule } in it or beside it.
  const inside = msg.payload && typeof msg.payload === 'object' ? msg.payload : {};
  const alertId = [inside.alert, msg.payload, msg.alert].find(isNamed);
  const ruleId = [inside.rule, msg.rule].find(isNamed);
  const meant = openIds().filter((id) =>
    alertId ? id === alertId.trim() : ruleId ? watched[id].ruleId === ruleId.trim() : true,
  );
  const { topic, payload } = msg;
  commands =
    topic === 'ack' && !alertId && !ruleId
      ? meant.map((id) => ({ topic, payload: { alert: id } }))
      : [
          {
            topic,
            payload: alertId
              ? { ...inside, alert: alertId.trim() }
              : ruleId
                ? { ...inside, rule: ruleId.trim() }
                : payload,
          },
        ];
  for (const id of meant) watched[id].open = false;
} else if (msg.alert && typeof msg.alert === 'object') {
  first = msg;
  const { alert, payload, title, topic } = msg;
  for (const one of Array.isArray(msg.alert.items) ? msg.alert.items : [msg.alert]) {
    if (one.state === 'resolved') delete watched[one.id];
    // A repeat has the id of its beginning: the time runs from there. Test alerts share one id, and each is a beginning.
    else if ((!watched[one.id] || /^0+$/.test(one.id)) && SEVERITIES.includes(one.severity)) {
      watched[one.id] = { open: true, at: now, ruleId: one.ruleId, topic, payload, title, alert };
    }
  }
}

const due = openIds().filter((id) => now - watched[id].at >= MINUTES * 60000);
if (due.length > 0) {
  // Alerts of one message are told as this message.
  const told = [...new Map(due.map((id) => [watched[id].topic, watched[id]])).values()];
  const head = `Not acknowledged for ${MINUTES} minutes: `;
  second = {
    topic: head + (told.length === 1 ? told[0].topic : `${told.length} alerts`),
    title: told.length === 1 ? told[0].title : `${told.length} alerts`,
    payload: head + told.map(({ payload }) => payload).join('\n\n'),
    priority: 'high',
    alert: told[0].alert,
  };
  for (const id of due) watched[id].open = false;
}
for (const id of Object.keys(watched)) if (now - watched[id].at > FORGET_AFTER_MS) delete watched[id];
context.set('watched', watched);

const waiting = openIds().length;
node.status(
  waiting > 0
    ? { fill: 'yellow', shape: 'dot', text: `${waiting} not acknowledged yet` }
    : { fill: 'green', shape: 'dot', text: 'nothing waits' },
);
return [first, second, commands];
