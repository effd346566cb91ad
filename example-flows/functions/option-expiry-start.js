// Positions are old until they are told again.
context.set('startedAt', Date.now());
const memory = context.get('memory');
if (memory) {
  for (const account of Object.values(memory.accounts)) account.isCurrent = false;
  context.set('memory', memory);
}
