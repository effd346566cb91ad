// Collects what account-sync tells, and writes it down once a day, after the close of the US market.
// In: all outputs of account-sync, a tick a minute, "report now". Out: the report, as the outbox takes it.
// @include told.js
// @include figures.js
// @include new-york.js
// @include once-a-day.js
// @include trading-day.js
// @include instrument-name.js
const REPORT_AT = minuteOf(env.get('REPORT_AT'), 16 * 60 + 10);
const MOVERS = Number(env.get('MOVERS')) || 5;
/** After a start the figures need a moment to come. */
const SETTLE_MS = 2 * 60000;

const now = Date.now();
const today = newYork(now);
/** accounts: key → kind → what was told last; fills: account key → execution id → fill, of today only */
const memory = context.get('memory') || { accounts: {}, fills: {}, fillsSince: now, connections: {} };
const about = told();

if (about.kind === 'status' && about.connection !== null) {
  const { reason, state } = objectOf(msg.payload);
  memory.connections[about.connection] = {
    label: about.connectionLabel,
    isLive: state === 'live',
    words: textOf(reason) || textOf(state) || 'state not known',
  };
} else if (about.account !== null && ['balances', 'positions', 'orders'].includes(about.kind)) {
  const { account, asOf, connection, currency, doubt, isCurrent, kind } = about;
  const isWhole = kind === 'balances' ? msg.payload === objectOf(msg.payload) : Array.isArray(msg.payload);
  memory.accounts[account.key] = {
    ...memory.accounts[account.key],
    label: account.label,
    currency,
    connection,
    ...(isWhole ? { [kind]: { payload: msg.payload, asOf, doubt, isCurrent } } : {}),
  };
} else if (about.account !== null && about.kind === 'executions') {
  const fills = memory.fills[about.account.key] || {};
  for (const row of rowsOf(msg.payload)) {
    const { executionId, executedAt, instrument, quantity, revision, side } = row;
    const at = Date.parse(textOf(executedAt));
    if (textOf(executionId) === null || executionId in {}) continue;
    const known = fills[executionId];
    if (Number.isFinite(at) && newYork(at).date !== today.date) continue;
    // A correction takes the place of what it corrects.
    if (known && known.revision > revision) continue;
    fills[executionId] = {
      at: Number.isFinite(at) ? at : now,
      revision: numberOf(revision) || 1,
      words: `${String(textOf(side) || 'traded').replace(/_/g, ' ')} ${exact(numberOf(quantity))} ${nameOf(instrument)} at`,
      price: numberOf(row.price),
      currency: textOf(objectOf(instrument).currency),
    };
  }
  memory.fills[about.account.key] = fills;
}
for (const fills of Object.values(memory.fills))
  for (const id of Object.keys(fills)) if (newYork(fills[id].at).date !== today.date) delete fills[id];

/** `14:05`, with its day when that is another. */
const clockTime = (iso) => {
  const { date, time } = newYork(typeof iso === 'string' ? Date.parse(iso) : iso);
  return date === today.date ? time : `${time} on ${date}`;
};
const trust = (part) => {
  if (part === undefined) return 'not known';
  if (part.isCurrent) return null;
  return `${part.doubt.toUpperCase()}, as of ${part.asOf ? clockTime(part.asOf) : 'an unknown time'}`;
};
const titled = (title, part, lines) => {
  const doubt = trust(part);
  return [`  ${title}${doubt === null ? '' : ` (${doubt})`}:`, ...lines.map((line) => `    ${line}`)];
};

const reportOf = ([key, { balances, currency, label, orders, positions }]) => {
  const { dayPnl, netLiquidation } = objectOf(balances && balances.payload);
  const doubt = trust(balances);
  const held = rowsOf(positions && positions.payload);
  const movers = held
    .filter((one) => numberOf(one.dayPnl) !== null)
    .sort((a, b) => Math.abs(b.dayPnl) - Math.abs(a.dayPnl))
    .slice(0, MOVERS);
  const unknown = held.filter((one) => numberOf(one.dayPnl) === null).length;
  const open = rowsOf(orders && orders.payload).filter(({ isOpen }) => isOpen === true);
  const fills = Object.values(memory.fills[key] || {}).sort((a, b) => a.at - b.at);
  const none = (part, words) => (part === undefined ? [] : [words]);
  return [
    `${label}${doubt === null || balances === undefined ? '' : ` (${doubt})`}`,
    `  Net liquidation: ${money(numberOf(netLiquidation), currency)}`,
    `  Result of the day: ${numberOf(dayPnl) === null ? 'not known' : signed(dayPnl, currency)}`,
    ...titled('Biggest movers', positions, [
      ...movers.map((one) => `${nameOf(one.instrument)}: ${signed(one.dayPnl, textOf(one.currency))}`),
      ...(held.length === 0 ? none(positions, 'no positions') : []),
      ...(unknown > 0 ? [`${count(unknown, 'position')} of ${held.length}: not known`] : []),
    ]),
    ...titled('Fills of the day', { isCurrent: true }, [
      ...fills.map((one) => `${clockTime(one.at)} ${one.words} ${price(one.price, one.currency)}`),
      ...(fills.length === 0 ? ['none was told'] : []),
      ...(newYork(memory.fillsSince).date === today.date
        ? [`(noted since ${clockTime(memory.fillsSince)} only)`]
        : []),
    ]),
    ...titled('Open orders', orders, [
      ...open.map((one) => {
        const leg = rowsOf(one.legs)[0];
        const side = String(textOf(one.side) || 'order').replace(/_/g, ' ');
        const level = numberOf(one.limitPrice) === null ? numberOf(one.stopPrice) : one.limitPrice;
        const at = level === null ? '' : ` at ${exact(level)}`;
        const kind = textOf(one.orderType) ? ` (${one.orderType.replace(/_/g, ' ')})` : '';
        return `${side} ${exact(numberOf(one.remainingQuantity))} ${nameOf(leg && leg.instrument)}${at}${kind}`;
      }),
      ...(open.length === 0 ? none(orders, 'none') : []),
    ]),
  ].join('\n');
};

const isAsked = msg.topic === 'report' && about.kind === null;
const isTick = msg.topic === 'tick' && about.kind === null;
const startedAt = context.get('startedAt') || 0;
// A clock that was set back says nothing.
const hasSettled = now < startedAt || now - startedAt >= SETTLE_MS;
const isDue = isTick && hasSettled && isTradingDay(today.date) && onceADay(memory, today, REPORT_AT);
// Before it has settled, only whether the moment lies behind is kept.
if (isTick && memory.doneOn === undefined) onceADay(memory, today, REPORT_AT);
context.set('memory', memory);
const accounts = Object.entries(memory.accounts);
node.status({
  fill: accounts.length > 0 ? 'green' : 'grey',
  shape: 'dot',
  text:
    memory.doneOn === today.date && !memory.sentOn
      ? "began after today's report was due, and leaves it out"
      : `${count(accounts.length, 'account')}, last report: ${memory.sentOn || 'none yet'}`,
});
if (!isAsked && !isDue) return null;

memory.sentOn = `${today.date} ${today.time}`;
context.set('memory', memory);
const troubles = Object.values(memory.connections).filter(({ isLive }) => !isLive);
const silent = Object.entries(memory.connections).filter(
  ([key]) => !accounts.some(([, { connection }]) => connection === key),
);
const isOld = accounts.some(
  ([, one]) => trust(one.balances) !== null || trust(one.positions) !== null || trust(one.orders) !== null,
);
const doubt =
  accounts.length === 0
    ? ': no figures'
    : isOld || troubles.length > 0
      ? ': some figures are not current'
      : '';
return {
  topic: `Accounts on ${today.date}${doubt}`,
  payload: [
    `${today.date} ${today.time} in New York`,
    ...troubles.map(({ label, words }) => `${label}: ${words}`),
    ...silent.map(([, { label }]) => `${label} has told of no account: what it holds is not known.`),
    ...(accounts.length === 0 ? ['No account has told its figures.'] : accounts.map(reportOf)),
  ].join('\n\n'),
  priority: 'normal',
  alert: { id: `day-report-${today.date}`, state: 'report', severity: 'info' },
};
