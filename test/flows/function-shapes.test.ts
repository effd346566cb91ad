import assert from 'node:assert/strict';
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
const anyRow = fc.dictionary(
  fc.constantFrom(...FIELDS),
  fc.oneof(leaf, fc.dictionary(fc.constantFrom(...FIELDS), leaf)),
);
const anything = fc.oneof(leaf, anyRow, fc.array(fc.oneof(leaf, anyRow), { maxLength: 4 }), fc.anything());

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

/** Names that every object has, and what cannot be made a text. */
const NASTY: readonly unknown[] = ['toString', '__proto__', Object.create(null), -1, []];
const WHOLE = {
  balances: { netLiquidation: 1, dayPnl: 1, ledger: [{ currency: 'EUR', exchangeRate: 1 }] },
  positions: [
    {
      quantity: -1,
      dayPnl: 1,
      marketPrice: 1,
      instrument: { assetClass: 'option', right: 'call', strike: 1 },
    },
  ],
  orders: [
    { isOpen: true, side: 'buy', remainingQuantity: 1, orderType: 'limit', legs: [{ instrument: {} }] },
  ],
  executions: [
    {
      executionId: 'e',
      side: 'buy',
      quantity: 1,
      price: 1,
      executedAt: '2026-11-24T15:00:00Z',
      instrument: {},
    },
  ],
  status: { state: 'live', reason: 'Reading through a.' },
};

/** A message of each kind in which one thing, anywhere, is as nasty as this. */
function* withOne(value: unknown): Generator<object> {
  for (const [kind, payload] of Object.entries(WHOLE)) {
    const message = toldMessage(kind, payload);
    for (const part of ['account', 'connection', 'sync'] as const)
      for (const name of Object.keys(message[part] ?? {}))
        yield { ...message, [part]: { ...message[part], [name]: value } };
    const rows: readonly object[] = [payload].flat();
    for (const row of rows) {
      for (const name of Object.keys(row))
        yield {
          ...message,
          payload: Array.isArray(payload) ? [{ ...row, [name]: value }] : { ...row, [name]: value },
        };
      for (const name of [
        'symbol',
        'assetClass',
        'underlying',
        'currency',
        'expiry',
        'strike',
        'right',
        'key',
      ])
        yield { ...message, payload: [{ ...row, instrument: { ...Object(row).instrument, [name]: value } }] };
    }
  }
}

describe('the functions of the example flows', () => {
  // A key such as __proto__ must not reach what all objects share.
  afterEach(() => assert.deepEqual(Object.keys(Object.prototype), []));

  for (const { file, short } of functions) {
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
        { numRuns: 30 },
      );
    });

    it(`${file}: ${short} bears one thing that is not what it should be, wherever that is`, () => {
      for (const value of NASTY) {
        const now = Date.parse('2026-11-24T21:15:00Z');
        const node = new FunctionNode({ file, short, now: () => now });
        for (const message of withOne(value)) {
          node.receive(message);
          for (const topic of ['tick', 'list', 'report', 'now']) node.receive({ topic });
        }
      }
    });
  }
});
