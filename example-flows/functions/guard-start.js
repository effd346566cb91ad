// Whatever was true before the start has to be told again.
const memory = context.get('memory');
if (memory) {
  for (const account of Object.values(memory.accounts))
    Object.assign(account, { isCurrent: false, doubt: 'old' });
  context.set('memory', { ...memory, firing: null });
}
