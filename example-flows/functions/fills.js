// Each fill once; those of one order that come within some seconds as one. A correction is told as one, at once.
// In: fills of account-sync, ticks. Out: one message for each order or correction.
// @include told.js
// @include figures.js
// @include instrument-name.js
const WAIT_MS = 1000 * (Number(env.get('SECONDS')) || 5);
const KEEP_MS = 40 * 86400000; // account-sync itself remembers fills for thirty days

const now = Date.now();
/** seen: account, execution id → its highest revision and when; waiting: order → its fills so far */
const memory = context.get('memory') || { seen: {}, waiting: {} };
const about = told();
const messages = [];

const sides = { buy: 'bought', sell: 'sold', sell_short: 'sold short', buy_to_cover: 'bought to cover' };
const message = (fills, correction) => {
  const [{ account, broker, instrument, name, side }] = fills;
  const quantity = Number(fills.reduce((sum, one) => sum + one.quantity, 0).toPrecision(15));
  const isPriced = fills.every((one) => one.price !== null);
  const value = isPriced ? fills.reduce((sum, one) => sum + one.quantity * one.price, 0) : null;
  const averagePrice = value === null ? null : Number((value / quantity).toPrecision(12));
  const currency = textOf(objectOf(instrument).currency);
  const verb = Object.hasOwn(sides, side) ? sides[side] : 'traded';
  const what = `${verb} ${exact(quantity)} ${name} at ${price(averagePrice, currency)}`;
  return {
    topic: `${account.label}: ${correction === null ? what : `correction: ${what}, not ${correction}`}`,
    payload: {
      account,
      broker,
      order: fills[0].order,
      side,
      verb,
      instrument,
      name,
      quantity,
      averagePrice,
      currency,
      at: averagePrice === null ? 'a price that is not known' : price(averagePrice, currency),
      fills: fills.length,
      correction,
      executions: fills.map(({ executedAt, executionId, price: at, quantity: of, revision }) => ({
        executionId,
        revision,
        quantity: of,
        price: at,
        executedAt,
      })),
    },
  };
};

if (about.kind === 'executions' && about.account !== null) {
  const { account } = about;
  const changes = rowsOf(msg.changes);
  for (const row of rowsOf(msg.payload)) {
    const { executionId, orderId, permId, quantity, side } = row;
    if (textOf(executionId) === null || !(numberOf(quantity) > 0)) continue;
    const id = `${account.key} ${executionId}`;
    const revision = numberOf(row.revision) || 1;
    const seen = memory.seen[id];
    // Told again, with the commission that came late for instance: nothing new has been traded.
    if (seen && seen.revision >= revision) continue;
    const before = changes
      .filter((one) => objectOf(one.after).executionId === executionId)
      .map((one) => objectOf(one.before))
      .find((one) => numberOf(one.quantity) > 0);
    memory.seen[id] = { revision, at: now };
    const fill = {
      account,
      broker: textOf(objectOf(msg.account).broker),
      order: textOf(permId) || textOf(orderId),
      executionId,
      revision,
      quantity,
      price: numberOf(row.price),
      side: textOf(side) || 'unknown',
      instrument: objectOf(row.instrument),
      name: nameOf(row.instrument),
      executedAt: timeOf(row.executedAt),
    };
    const order = [account.key, fill.order || executionId, fill.name, fill.side].join(' ');
    const group = memory.waiting[order] || { since: now, fills: [] };
    const waits = group.fills.findIndex((one) => one.executionId === executionId);
    // What nobody has been told yet needs no correction.
    if (waits >= 0) group.fills[waits] = fill;
    else if (revision > 1 && (seen || before)) {
      const was = before
        ? `${exact(before.quantity)} at ${price(numberOf(before.price), null)}`
        : 'as told before';
      messages.push(message([fill], was));
      continue;
    } else group.fills.push(fill);
    memory.waiting[order] = group;
  }
}
for (const [order, { fills, since }] of Object.entries(memory.waiting))
  if (now - since >= WAIT_MS || now < since) {
    messages.push(message(fills, null));
    delete memory.waiting[order];
  }
for (const [id, { at }] of Object.entries(memory.seen)) if (now - at > KEEP_MS) delete memory.seen[id];
context.set('memory', memory);
const waiting = Object.keys(memory.waiting).length;
node.status({
  fill: waiting > 0 ? 'blue' : 'green',
  shape: 'dot',
  text:
    waiting > 0
      ? `${count(waiting, 'order')} being filled`
      : `${count(Object.keys(memory.seen).length, 'fill')} told`,
});
return [messages];
