// Nobody knows how old these figures are until they are told again.
const memory = context.get('memory');
if (memory) {
  for (const byConnection of Object.values(memory.accounts))
    for (const one of Object.values(byConnection)) one.isCurrent = false;
  context.set('memory', memory);
}
