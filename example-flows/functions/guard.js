// What other automations may rely on, account by account: ok only while the figures are current and no rule fires.
// In: balances of account-sync, the answers of the alert node to "list", ticks.
// Out: one message for each account, to be retained: at once when its state changes, and at each tick, so that its age
// says whether it still holds.
// @include told.js
// @include topic-level.js
const ANSWER_WITHIN_MS = 90000;

const now = Date.now();
/** accounts: key → what its balances said last; firing: what the alert node said last; said: topic → state */
const memory = context.get('memory') || { accounts: {}, firing: null, firingAt: 0, said: {} };
const about = told();

if (about.kind === 'balances' && about.account !== null) {
  const { dayPnl, netLiquidation } = objectOf(msg.payload);
  memory.accounts[about.account.key] = {
    label: about.account.label,
    isCurrent: about.isCurrent,
    doubt: about.doubt,
    asOf: about.asOf,
    isKnown: numberOf(netLiquidation) !== null && numberOf(dayPnl) !== null,
  };
} else if (Array.isArray(msg.alerts)) {
  memory.firing = rowsOf(msg.alerts).map(({ account, name, ruleId, severity, value }) => ({
    account: textOf(account),
    rule: textOf(name) || textOf(ruleId),
    severity: severity === 'critical' ? 'critical' : severity === 'info' ? 'info' : 'warning',
    value: numberOf(value),
  }));
  memory.firingAt = now;
} else if (msg.topic !== 'list' || about.kind !== null) return null;
const isTick = msg.topic === 'list' && !Array.isArray(msg.alerts);

const accounts = Object.values(memory.accounts);
const labels = accounts.map(({ label }) => label.trim());
const isAnswered = memory.firing !== null && now - memory.firingAt < ANSWER_WITHIN_MS;
const levels = topicLevels(memory.accounts);
const messages = Object.entries(memory.accounts).map(([key, { asOf, doubt, isCurrent, isKnown, label }]) => {
  // An alert about an account that nobody knows by this name counts for all of them.
  const own = (memory.firing || []).filter(
    ({ account }) => account === label.trim() || !labels.includes(account),
  );
  const fired = own.some(({ severity }) => severity === 'critical')
    ? 'critical'
    : own.some(({ severity }) => severity === 'warning')
      ? 'warning'
      : 'ok';
  const doubts = [
    ...(isAnswered ? [] : ['the alert node does not answer']),
    ...(isCurrent ? [] : [`the figures are ${doubt}, as of ${asOf || 'an unknown time'}`]),
    ...(isKnown ? [] : ['net liquidation or the result of the day is not known']),
  ];
  const state = doubts.length > 0 ? 'unknown' : fired;
  return {
    topic: `brokerage/guard/${levels[key]}`,
    retain: true,
    qos: 1,
    payload: {
      account: label,
      state,
      reason: doubts.length > 0 ? doubts.join('; ') : own.map(({ rule }) => rule).join(', ') || null,
      // What fired last, for whoever wants to be careful while the state is unknown.
      last_fired: memory.firing === null ? null : fired,
      as_of: asOf,
      ts: new Date(now).toISOString(),
      ts_ms: now,
    },
  };
});
const worst = ['unknown', 'critical', 'warning', 'ok'].find((state) =>
  messages.some(({ payload }) => payload.state === state),
);
node.status({
  fill: { unknown: 'grey', critical: 'red', warning: 'yellow', ok: 'green' }[worst] || 'grey',
  shape: 'dot',
  text:
    messages
      .map(({ payload }) => `${payload.account}: ${payload.state}`)
      .join(', ')
      .slice(0, 80) || 'no account yet',
});
const topics = messages.map(({ topic }) => topic);
// An account with another label has another topic; what is retained at the old place would be true for ever.
const gone = Object.keys(memory.said).filter((topic) => !topics.includes(topic));
const news = messages.filter(({ payload, topic }) => isTick || memory.said[topic] !== payload.state);
memory.said = Object.fromEntries(messages.map(({ payload, topic }) => [topic, payload.state]));
context.set('memory', memory);
return [[...gone.map((topic) => ({ topic, payload: '', retain: true, qos: 1 })), ...news]];
