// The positions of every account, with what the table shows of them.
const row = ({ instrument, ...position }) => ({
  key: position.key,
  symbol: instrument.symbol,
  assetClass: instrument.assetClass,
  expiry: instrument.expiry,
  strike: instrument.strike,
  right: instrument.right,
  multiplier: instrument.multiplier,
  exchange: instrument.exchange,
  description: instrument.description,
  quantity: position.quantity,
  averagePrice: position.averagePrice,
  marketPrice: position.marketPrice,
  marketValue: position.marketValue,
  marketValueBase: position.marketValueBase,
  unrealizedPnl: position.unrealizedPnl,
  dayPnl: position.dayPnl,
  currency: position.currency,
});

const accounts = context.get('accounts') || [];
const mine = { ...msg.account, sync: msg.sync, positions: msg.payload.map(row) };
const next = [...accounts.filter(({ key }) => key !== mine.key), mine].sort((a, b) =>
  a.label.localeCompare(b.label),
);
context.set('accounts', next);
return { payload: next };
