import { FIRST_STEPS_OF_ACCOUNTS, flow, variable } from './nodes.mjs';

const { accountSync, code, comment, ibkr, idOf, node, tab, tick } = flow('execution-log');

export const nodes = [
  tab({
    label: 'Log of executions',
    info: 'Writes each fill into a CSV file, one file a year.',
    env: [variable('LOG_FOLDER', 'brokerage-log')],
  }),
  comment({
    name: 'Fills in a CSV file: double-click here for the three steps',
    drawn: 400,
    info: `Core nodes only.

${FIRST_STEPS_OF_ACCOUNTS} Another broker? Copy the account node and wire its third output into **rows**.
2. Double-click the tab *Log of executions*, choose *Environment Variables*: the folder of the files (\`LOG_FOLDER\`), best from the root on (\`/data/brokerage-log\` in Docker). A relative one begins where Node-RED was started.
3. Deploy. \`executions-2026.csv\` begins with its first fill; the year is that in New York.

One row for each fill, and one for what comes later: \`event\` is \`fill\`, \`correction\` (\`corrects\` names what it replaces) or \`commission\` (told after the fill; without quantity and price, so that sums stay right). Empty is not known. Cells are quoted by RFC 4180; a text that a spreadsheet would take for a formula gets an apostrophe.

**Each row once, also after a restart:** the file itself is the memory. It is read before each write, and what is in it is not written again; so no lost or old context can cause a second row or leave one out. Do not change the first column, and keep the file closed in programs that lock it: rows wait until it can be written, which **rows** shows. What waits then survives a restart only where context is kept in files (\`contextStorage\`).

**As SQL**, with *node-red-node-sqlite*: put a function that makes one message for each fill, and a *sqlite* node with *SQL Query: Prepared Statement*, behind the third output. The primary key does what the reading of the file does here.

\`\`\`sql
CREATE TABLE IF NOT EXISTS executions (
  account TEXT NOT NULL, execution_id TEXT NOT NULL, revision INTEGER NOT NULL,
  executed_at TEXT, symbol TEXT, side TEXT, quantity REAL NOT NULL, price REAL,
  commission REAL, commission_currency TEXT, realized_pnl REAL,
  PRIMARY KEY (account, execution_id, revision));

INSERT INTO executions VALUES ($account, $execution_id, $revision, $executed_at, $symbol, $side,
  $quantity, $price, $commission, $commission_currency, $realized_pnl)
ON CONFLICT DO UPDATE SET commission = excluded.commission,
  commission_currency = excluded.commission_currency, realized_pnl = excluded.realized_pnl;
\`\`\``,
  }),
  ibkr(),
  accountSync('accounts', { name: 'accounts', at: 'first', y: 140, wires: [[], [], ['rows'], []] }),
  tick('tick', { name: 'every 10 s', seconds: 10, topic: 'tick', at: 'first', y: 220, wires: [['rows']] }),
  node('written', {
    type: 'complete',
    name: 'rows are written',
    scope: [idOf('append')],
    uncaught: false,
    at: 'first',
    y: 280,
    wires: [['rows']],
  }),
  node('failed', {
    type: 'catch',
    name: 'a file has failed',
    scope: [idOf('read'), idOf('append')],
    uncaught: false,
    at: 'first',
    y: 340,
    wires: [['rows']],
  }),
  node('content', {
    type: 'link in',
    name: 'what is in it',
    label: '',
    drawn: 120,
    links: [idOf('as-read')],
    l: true,
    at: 'first',
    y: 400,
    wires: [['rows']],
  }),
  code('rows', {
    name: 'rows',
    file: 'execution-log.js',
    start: 'execution-log-start.js',
    outputs: 2,
    at: 'third',
    y: 140,
    wires: [['read'], ['append']],
  }),
  node('read', {
    type: 'file in',
    name: 'read the file',
    filename: 'filename',
    filenameType: 'msg',
    format: 'utf8',
    chunk: false,
    sendError: false,
    encoding: 'utf8',
    allProps: false,
    at: 'fourth',
    y: 120,
    wires: [['as-read']],
  }),
  node('as-read', {
    type: 'link out',
    name: 'what is in it',
    mode: 'link',
    links: [idOf('content')],
    l: true,
    at: 'fifth',
    y: 120,
  }),
  node('append', {
    type: 'file',
    name: 'append to the file',
    drawn: 180,
    filename: 'filename',
    filenameType: 'msg',
    appendNewline: false,
    createDir: true,
    overwriteFile: 'false',
    encoding: 'utf8',
    at: 'fourth',
    y: 200,
    wires: [[]],
  }),
];
