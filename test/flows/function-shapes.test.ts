import fc from 'fast-check';
import { z } from 'zod';
import { EXAMPLES, exampleFlow, idInExample } from '../support/example-flow.js';
import { FunctionNode, toldMessage } from '../support/function-node.js';
import { readdirSync } from 'node:fs';

/** Those of alerts have an alert in front of them, and tests of their own. */
const FILES = readdirSync(EXAMPLES).filter((file) => !file.startsWith('alerts'));
const functions = FILES.flatMap((file) =>
  exampleFlow(file)
    .filter(({ name, type }) => type === 'function' && name !== 'outbox')
    .map(({ id }) => ({ file, short: id.slice(idInExample(file, '').length) })),
);

const KINDS = ['balances', 'positions', 'orders', 'executions', 'status', 'activities', 'other'];
const TOPICS = ['tick', 'list', 'report', 'now', 'forget', 'anything'];
const FIELDS = [
  'instrument',
  'legs',
  'ledger',
  'executionId',
  'executedAt',
  'revision',
  'quantity',
  'price',
  'dayPnl',
  'state',
  'reason',
  'netLiquidation',
  'isOpen',
  'side',
  'expiry',
  'assetClass',
  'marketPrice',
  'limitPrice',
  'orderType',
  'currency',
  'exchangeRate',
  'permId',
  'message',
  'code',
  'turn',
  'severity',
  'account',
  'symbol',
];

const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    '',
    0,
    -1,
    Number.NaN,
    Infinity,
    true,
    '2026-11-24',
    '__proto__',
    'toString',
  ),
  fc.string(),
  fc.double(),
);
const row = fc.dictionary(
  fc.constantFrom(...FIELDS),
  fc.oneof(leaf, fc.dictionary(fc.constantFrom(...FIELDS), leaf)),
);
const anything = fc.oneof(leaf, row, fc.array(fc.oneof(leaf, row), { maxLength: 4 }), fc.anything());

/** Of account-sync, but for one thing or more. */
const nearlyTold = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    payload: anything,
    field: fc.constantFrom('none', 'account', 'connection', 'sync', 'changes', 'payload'),
    junk: anything,
    inner: fc.constantFrom('key', 'label', 'currency', 'asOf', 'receivedAt', 'via', 'quality', 'stale'),
  })
  .map(({ field, inner, junk, kind, payload }): object => ({
    ...toldMessage(kind, payload, {
      account: field === 'account' ? { [inner]: junk } : {},
      connection: field === 'connection' ? { [inner]: junk } : {},
      sync: field === 'sync' ? { [inner]: junk } : {},
      changes: [{ before: junk, after: junk }],
    }),
    ...(field === 'none' ? {} : field === 'payload' ? { payload: junk } : {}),
  }));
const foreign = fc
  .record(
    {
      topic: fc.constantFrom(...TOPICS),
      payload: anything,
      alerts: anything,
      account: anything,
      connection: anything,
      sync: anything,
      changes: anything,
      log: fc.oneof(anything, fc.record({ turn: fc.integer({ min: 1, max: 3 }) })),
      error: anything,
      complete: anything,
    },
    { requiredKeys: ['topic'] },
  )
  .map((message): object => message);

describe('the functions of the example flows', () => {
  for (const { file, short } of functions)
    it(`${file}: ${short} bears whatever is wired into it, and every context that this has left behind`, () => {
      const Status = z.string().max(200);
      fc.assert(
        fc.property(fc.array(fc.oneof(nearlyTold, foreign), { maxLength: 12, size: 'max' }), (messages) => {
          let now = Date.parse('2026-11-24T21:05:00Z');
          const memory = new Map<string, string>();
          const node = new FunctionNode({ file, short, now: () => now, memory });
          for (const message of messages) {
            node.receive(message);
            now += 120_000;
          }
          const again = new FunctionNode({ file, short, now: () => now, memory });
          for (const topic of TOPICS) again.receive({ topic });
          Status.parse(again.status);
        }),
        { numRuns: 60 },
      );
    });
});
