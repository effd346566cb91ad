// brokerage/<account>/orders/<id>: one retained topic for each open order, emptied when it is done.
// @include slug.js
const slug = slugOf(msg.account.label);
const published = context.get('published') || {};
const before = published[msg.account.key] || {};
const now = {};
const messages = [];

for (const order of msg.payload.filter(({ isOpen }) => isOpen)) {
  const [leg] = order.legs;
  const figures = {
    account: slug,
    source: msg.account.broker,
    symbol: leg ? leg.instrument.symbol : null,
    currency: leg ? leg.instrument.currency : null,
    side: order.side,
    order_type: order.orderType,
    status: order.status,
    quantity: order.quantity,
    filled_quantity: order.filledQuantity,
    remaining_quantity: order.remainingQuantity,
    limit_price: order.limitPrice,
    stop_price: order.stopPrice,
  };
  const topic = `brokerage/${slug}/orders/${order.key}`;
  now[topic] = JSON.stringify(figures);
  if (before[topic] === now[topic]) continue;
  const times = { ts: msg.sync.receivedAt, ts_ms: Date.parse(msg.sync.receivedAt) };
  messages.push({ topic, payload: { ...figures, ...times } });
}
for (const topic of Object.keys(before)) if (!(topic in now)) messages.push({ topic, payload: '' });
published[msg.account.key] = now;
context.set('published', published);
return [messages];
