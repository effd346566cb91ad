import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { FEED_FIELDS } from './message-docs/feed-fields.mjs';
import { typesIn, typeWords } from './message-docs/interfaces.mjs';

// Fills the tables and examples of docs/messages.md, which stand between `<!-- kind name -->` and `<!-- end -->`: tables
// from the types and their docstrings, examples from what the simulators tell. `--check` writes nothing. Needs a build.
const root = new URL('..', import.meta.url);
const page = new URL('docs/messages.md', root);
const domain = new URL('src/domain/', root);
const types = typesIn([
  ...readdirSync(domain).map((name) => new URL(name, domain)),
  new URL('src/alerts/text/message.ts', root),
  new URL('src/node-red/messages.ts', root),
  new URL('src/runtime/status.ts', root),
  new URL('src/sync/freshness.ts', root),
]);
const { exampleMessages } = await import('../dist/test/docs/example-messages.js');
const examples = await exampleMessages();

const BLOCK = /<!-- (fields|payload|example) (\S+) -->\n[\s\S]*?<!-- end -->/g;
const before = readFileSync(page, 'utf8');
const links = new Set([...before.matchAll(/^#+ (\w+)$/gm)].map(([, heading]) => heading));
const makers = { fields: fieldsOf, payload: payloadOf, example: exampleOf };
const filled = before.replace(
  BLOCK,
  (_all, kind, name) => `<!-- ${kind} ${name} -->\n\n${makers[kind](name)}\n\n<!-- end -->`,
);
const after = await format(filled, { ...(await resolveConfig(page)), parser: 'markdown' });
if (!process.argv.includes('--check')) writeFileSync(page, after);
else if (after !== before) {
  console.error('docs/messages.md is older than its sources: run node scripts/make-message-docs.mjs');
  process.exitCode = 1;
}

/** An interface as a table. Where an example has one, its fields are held against it. */
function fieldsOf(name) {
  const fields = types.fieldsOf(name);
  for (const { name: field, text } of fields)
    if (text === '') throw new Error(`${name}.${field} has no docstring.`);
  const example = objectOf(name);
  if (example !== null) sameNames(name, fields, example);
  return table(
    fields.map(({ name: field, text, type }) => [`\`${field}\``, typeWords(type, types, links), text]),
  );
}

/** A payload of the mqtt feed as a table. */
function payloadOf(leaf) {
  const fields = FEED_FIELDS[leaf];
  const example = examples.mqtt.get(leaf);
  sameNames(
    leaf,
    Object.keys(fields).map((name) => ({ name })),
    example,
  );
  for (const [field, [words]] of Object.entries(fields))
    if (!words.split(', ').includes(example[field] === null ? 'null' : typeof example[field]))
      throw new Error(`${leaf}.${field} is ${example[field]}, and not ${words}.`);
  return table(Object.entries(fields).map(([field, [words, text]]) => [`\`${field}\``, words, text]));
}

function exampleOf(name) {
  const [kind, leaf] = name.split('/');
  const example = leaf === undefined ? examples[kind] : examples.mqtt.get(leaf);
  if (example === undefined) throw new Error(`There is no example ${name}.`);
  return `\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\``;
}

/** Where an interface is found in the examples; null = in none. */
function objectOf(name) {
  const { alert, balances, executions, activities, orders, positions, status } = examples;
  const [position] = positions.payload;
  const [order] = orders.payload;
  const found = {
    AccountMessage: balances,
    SyncInfo: balances.sync,
    ConnectionInfo: balances.connection,
    Balances: balances.payload,
    CurrencyBalance: balances.payload.ledger[0],
    LookAhead: balances.payload.lookAhead,
    Position: position,
    Instrument: position.instrument,
    Order: order,
    OrderLeg: order.legs[0],
    Execution: executions.payload[0],
    Activity: activities.payload[0],
    StatusPayload: status.payload,
    AlertMessage: alert,
    Alert: withoutCount(alert.alert),
  };
  return found[name] ?? null;
}

/** `count` is the message's, not the alert's. */
function withoutCount({ count: _count, ...alert }) {
  return alert;
}

function sameNames(name, fields, example) {
  const documented = fields.filter(({ name: field }) => !field.includes('.')).map(({ name: field }) => field);
  const found = Object.keys(example);
  const odd = [
    ...documented.filter((field) => !found.includes(field)),
    ...found.filter((field) => !documented.includes(field)),
  ];
  if (odd.length > 0) throw new Error(`${name}: ${odd.join(', ')} is in the table or in the example only.`);
}

function table(rows) {
  const lines = rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  return ['| field | type | what it is |', '| --- | --- | --- |', ...lines].join('\n');
}
