// The open orders of every account. Balances tell, too, when a connection cannot read orders at all.
const accounts = context.get('accounts') || [];
const known = accounts.find(({ key }) => key === msg.account.key);
const isList = msg.sync.kind === 'orders';
const unavailable = msg.sync.issues.some(({ code }) => code === 'ORDERS_UNAVAILABLE');
if (!isList && (known ? known.unavailable : false) === unavailable) return null;

const orders = isList ? msg.payload.filter(({ isOpen }) => isOpen) : known ? known.orders : null;
const mine = { ...msg.account, stale: msg.sync.stale, unavailable, orders };
const next = [...accounts.filter(({ key }) => key !== mine.key), mine].sort((a, b) =>
  a.label.localeCompare(b.label),
);
context.set('accounts', next);
return { payload: next };
