// brokerage/<account>/positions/<key>: one retained topic for each position, emptied when it is closed.
// @include slug.js
const slug = slugOf(msg.account.label);
const published = context.get('published') || {};
const before = published[msg.account.key] || {};
const now = {};
const messages = [];

for (const position of msg.payload) {
  const { instrument } = position;
  const figures = {
    account: slug,
    source: msg.account.broker,
    symbol: instrument.symbol,
    sec_type: instrument.assetClass,
    expiry: instrument.expiry,
    strike: instrument.strike,
    right: instrument.right,
    currency: position.currency,
    quantity: position.quantity,
    avg_cost: position.averageCost,
    avg_price: position.averagePrice,
    price: position.marketPrice,
    market_value: position.marketValue,
    unrealized_pnl: position.unrealizedPnl,
    day_pnl: position.dayPnl,
  };
  const topic = `brokerage/${slug}/positions/${position.key}`;
  now[topic] = JSON.stringify(figures);
  if (before[topic] === now[topic]) continue;
  const times = { ts: msg.sync.receivedAt, ts_ms: Date.parse(msg.sync.receivedAt) };
  messages.push({ topic, payload: { ...figures, ...times } });
}
for (const topic of Object.keys(before)) if (!(topic in now)) messages.push({ topic, payload: '' });
published[msg.account.key] = now;
context.set('published', published);
return [messages];
