// Fills as rows of a CSV file, one file a year, each row once. The file is the only memory of what is in it: it is read
// before each write, so that neither a restart nor a crash, nor a repeated message makes a second row.
// In: fills of account-sync, the file as it was read, what became of a write (Complete, Catch), ticks.
// Out: 1 a file to be read, 2 rows to be appended.
// @include told.js
// @include new-york.js
// @include csv.js
const FOLDER = textOf(env.get('LOG_FOLDER')) || '.';
const ANSWER_WITHIN_MS = 30000;
const COLUMNS = [
  'id',
  'event',
  'executed_at',
  'account',
  'broker',
  'symbol',
  'asset_class',
  'expiry',
  'strike',
  'right',
  'multiplier',
  'side',
  'quantity',
  'price',
  'currency',
  'commission',
  'commission_currency',
  'realized_pnl',
  'order_id',
  'corrects',
];
const HEADER = `${COLUMNS.join(',')}\r\n`;

const now = Date.now();
/** rows: what waits, oldest first, { file, id, line }; turn: the file that is read or written now */
const memory = context.get('memory') || { rows: [], turn: null, count: 0, trouble: null };
const about = told();

if (about.kind === 'executions' && about.account !== null) {
  const changes = rowsOf(msg.changes);
  for (const row of rowsOf(msg.payload)) {
    const executionId = textOf(row.executionId);
    if (executionId === null) continue;
    const revision = numberOf(row.revision) || 1;
    const change = changes.find((one) => objectOf(one.after).executionId === executionId);
    const isTold = change !== undefined && objectOf(change.before).revision === revision;
    // What comes later than the fill is a row of its own without quantity, so that sums stay right.
    const event = isTold ? 'commission' : revision > 1 ? 'correction' : 'fill';
    const id = `${about.account.key}:${executionId}.${revision}${isTold ? '.commission' : ''}`;
    const at = timeOf(row.executedAt) || about.asOf;
    const instrument = objectOf(row.instrument);
    const values = [
      id,
      event,
      timeOf(row.executedAt),
      about.account.label,
      textOf(objectOf(msg.account).broker),
      textOf(instrument.symbol),
      textOf(instrument.assetClass),
      textOf(instrument.expiry),
      numberOf(instrument.strike),
      textOf(instrument.right),
      numberOf(instrument.multiplier),
      textOf(row.side),
      isTold ? null : numberOf(row.quantity),
      isTold ? null : numberOf(row.price),
      textOf(instrument.currency),
      numberOf(row.commission),
      textOf(row.commissionCurrency),
      numberOf(row.realizedPnl),
      textOf(row.permId) || textOf(row.orderId),
      textOf(row.correctionOf),
    ];
    const year = at === null ? 'unknown' : newYork(Date.parse(at)).date.slice(0, 4);
    memory.rows.push({ file: `${FOLDER}/executions-${year}.csv`, id: cell(id), line: csvLine(values) });
  }
}

let write = null;
const turn = memory.turn;
const isOwn = turn !== null && numberOf(objectOf(msg.log).turn) === turn.number;
const endTurn = (trouble) => {
  memory.turn = null;
  memory.trouble = trouble;
};
if (isOwn && msg.error && !(turn.step === 'read' && isMissing(msg.error))) {
  endTurn(textOf(objectOf(msg.error).message) || 'an error without words');
} else if (isOwn && turn.step === 'read' && (msg.error || typeof msg.payload === 'string')) {
  const text = msg.error ? '' : msg.payload;
  const known = firstCells(text);
  const last = lastLine(text);
  const due = memory.rows.filter(({ file }) => file === turn.file);
  const fresh = due.filter(
    ({ id, line }, index) =>
      !known.has(id) && line !== last && due.findIndex((one) => one.id === id) === index,
  );
  turn.ids = due.map(({ id }) => id);
  if (fresh.length > 0) {
    Object.assign(turn, { step: 'write', at: now });
    write = {
      filename: turn.file,
      payload: gapAfter(text, HEADER) + fresh.map(({ line }) => `${line}\r\n`).join(''),
      log: { turn: turn.number },
    };
  } else {
    memory.rows = memory.rows.filter(({ file, id }) => file !== turn.file || !turn.ids.includes(id));
    endTurn(null);
  }
} else if (isOwn && turn.step === 'write' && msg.complete) {
  memory.rows = memory.rows.filter(({ file, id }) => file !== turn.file || !turn.ids.includes(id));
  endTurn(null);
} else if (turn !== null && (now - turn.at > ANSWER_WITHIN_MS || now < turn.at)) {
  endTurn(`${turn.file} could not be ${turn.step === 'read' ? 'read' : 'written'} in time`);
}

let read = null;
// After a trouble the next try waits for the tick.
if (memory.turn === null && memory.rows.length > 0 && (memory.trouble === null || msg.topic === 'tick')) {
  memory.count += 1;
  const [{ file }] = memory.rows;
  memory.turn = { number: memory.count, file, step: 'read', at: now, ids: [] };
  read = { filename: file, log: { turn: memory.count } };
}
context.set('memory', memory);
node.status(
  memory.trouble !== null
    ? { fill: 'red', shape: 'ring', text: `${memory.rows.length} rows wait: ${memory.trouble}`.slice(0, 80) }
    : {
        fill: 'green',
        shape: 'dot',
        text: memory.rows.length > 0 ? `${memory.rows.length} rows wait` : 'all written',
      },
);
return [read, write];
