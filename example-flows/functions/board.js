// What the page shows: the alerts that go on (answers to "list"), and what was told lately. After an alert it asks anew.
// Out: 1 the page, 2 the question.
const MOST_TOLD = 20;
const board = context.get('board') || { ongoing: null, told: [], at: null };
let question = null;

if (Array.isArray(msg.alerts)) {
  board.at = msg.at || null;
  board.ongoing = msg.alerts.map(
    ({ account, acknowledged, connection, id, instrument, name, ruleId, severity, silenced, since }) => ({
      id,
      ruleId,
      severity,
      since,
      acknowledged,
      silenced,
      name: name || ruleId,
      about: [instrument, account || connection].filter(Boolean).join(', '),
    }),
  );
} else if (msg.alert && typeof msg.payload === 'string') {
  const { alert, topic } = msg;
  const { id, resolvedAt, severity, startedAt, state } = alert;
  board.told = [
    { key: msg._msgid, id, severity, state, line: topic, at: resolvedAt || startedAt },
    ...board.told,
  ].slice(0, MOST_TOLD);
  question = { topic: 'list' };
} else return null;

context.set('board', board);
const { at, ongoing, told } = board;
const lineOf = (id) => (told.find((one) => one.id === id && one.state === 'firing') || { line: null }).line;
const rows = ongoing && ongoing.map((one) => ({ ...one, line: lineOf(one.id) }));
return [{ payload: { ongoing: rows, told, at } }, question];
