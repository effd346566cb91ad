// Positions are old until they are told again.
context.set('startedAt', Date.now());
const memory = context.get('memory');
if (memory) {
  for (const account of Object.values(memory.accounts))
    Object.assign(account, { isCurrent: false, doubt: 'old' });
  context.set('memory', memory);
}
