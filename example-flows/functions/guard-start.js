// Whatever was true before the start has to be told again.
const memory = context.get('memory');
if (memory) {
  for (const account of Object.values(memory.accounts)) account.isCurrent = false;
  context.set('memory', { ...memory, firing: null });
}
