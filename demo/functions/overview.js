// One message with all that the overview shows: a page that is opened later starts complete.
const view = context.get('view') || { status: null, accounts: [] };

if (msg.sync.kind === 'status') {
  view.status = msg.payload;
} else {
  const row = { ...msg.account, balances: msg.payload, sync: msg.sync };
  view.accounts = [...view.accounts.filter(({ key }) => key !== row.key), row].sort((a, b) =>
    a.label.localeCompare(b.label),
  );
}
context.set('view', view);
return { payload: view };
