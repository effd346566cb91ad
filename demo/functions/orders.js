// The open orders of every account, newest news of each.
const accounts = context.get('accounts') || [];
const mine = { ...msg.account, sync: msg.sync, orders: msg.payload.filter(({ isOpen }) => isOpen) };
const next = [...accounts.filter(({ key }) => key !== mine.key), mine].sort((a, b) =>
  a.label.localeCompare(b.label),
);
context.set('accounts', next);
return { payload: next };
