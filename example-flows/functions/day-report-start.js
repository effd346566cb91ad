// Fills that were told while Node-RED was down are told afterwards; figures are old until they are told again.
context.set('startedAt', Date.now());
const memory = context.get('memory');
if (memory) {
  for (const account of Object.values(memory.accounts))
    for (const part of [account.balances, account.positions, account.orders])
      if (part) Object.assign(part, { isCurrent: false, doubt: 'old' });
  context.set('memory', memory);
}
