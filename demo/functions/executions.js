// The latest fills. Each message brings only what was not told before; a correction has the same id and a
// higher revision, and takes the place of what it corrects.
const KEEP = 100;
const fills = new Map((context.get('fills') || []).map((fill) => [fill.id, fill]));
for (const execution of msg.payload) {
  const id = `${msg.account.key}/${execution.executionId}`;
  const known = fills.get(id);
  if (known && known.execution.revision > execution.revision) continue;
  fills.set(id, { id, account: msg.account, execution });
}
const when = ({ execution }) => Date.parse(execution.executedAt) || 0;
const latest = [...fills.values()].sort((a, b) => when(b) - when(a)).slice(0, KEEP);
context.set('fills', latest);
return { payload: latest };
