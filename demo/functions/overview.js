// One message with all that the overview shows: a page that is opened later starts complete. The state shown is
// that of the connection in the worst state.
const WORST_FIRST = ['misconfigured', 'login-required', 'down', 'stale', 'degraded', 'connecting', 'live'];
const NAMES = { ibkr: 'Interactive Brokers', schwab: 'Charles Schwab' };
const view = context.get('view') || { status: null, statuses: {}, accounts: [] };

if (msg.sync.kind === 'status') {
  const [broker] = msg.topic.split('/');
  const { reason } = msg.payload;
  view.statuses[broker] = { ...msg.payload, reason: reason && `${NAMES[broker] || broker}: ${reason}` };
  const rank = ({ state }) => WORST_FIRST.indexOf(state);
  [view.status] = Object.values(view.statuses).sort((a, b) => rank(a) - rank(b));
} else {
  const row = { ...msg.account, balances: msg.payload, sync: msg.sync };
  view.accounts = [...view.accounts.filter(({ key }) => key !== row.key), row].sort((a, b) =>
    a.label.localeCompare(b.label),
  );
}
context.set('view', view);
return { payload: view };
