import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { endpoints } from '../../../src/brokers/schwab/endpoints.js';
import { readAccountNumbers } from '../../../src/brokers/schwab/normalize/account-numbers.js';
import { readAccounts } from '../../../src/brokers/schwab/normalize/accounts.js';
import { readOrders } from '../../../src/brokers/schwab/normalize/orders.js';
import { readTransactions } from '../../../src/brokers/schwab/normalize/transactions.js';
import { problemOf } from '../../../src/brokers/schwab/problem.js';
import { readStreamerInfo } from '../../../src/brokers/schwab/schema/user-preference.js';
import {
  filledOrderRow,
  marginAccount,
  moneyRow,
  orderRow,
  stockLeg,
  stockRow,
  tradeRow,
} from '../../support/schwab-payloads.js';

const ROOT = new URL('../../../../', import.meta.url);
/** Schwab's own documents of its interfaces, beside the project; null where they are not laid. */
const FOLDER =
  ['../shared/samples/schwab/', '../../shared/samples/schwab/']
    .map((path) => fileURLToPath(new URL(path, ROOT)))
    .find((path) => existsSync(path)) ?? null;

/** Some enumerations hold numbers and null beside words. */
const Words = z
  .array(z.unknown())
  .transform((all) => all.filter((word) => typeof word === 'string'))
  .optional();
const Property = z.object({ enum: Words });
const Part = z.object({ $ref: z.string().optional() });
const Schema = z.object({
  properties: z.record(z.string(), Property).optional(),
  allOf: z.array(Part).optional(),
  oneOf: z.array(Part).optional(),
  enum: Words,
});
const Operation = z.object({ parameters: z.array(z.object({ name: z.string().optional() })).optional() });
const Document = z.object({
  components: z.object({ schemas: z.record(z.string(), Schema) }),
  paths: z.record(z.string(), z.object({ get: Operation.optional() })),
});
type Document = z.infer<typeof Document>;

function documentOf(name: string): Document {
  return Document.parse(JSON.parse(readFileSync(`${FOLDER ?? ''}/openapi-${name}.json`, 'utf8')));
}

/** The names of the properties of a schema, with those it is made of and those it can be. */
function propertiesOf(document: Document, name: string): ReadonlySet<string> {
  const schema = document.components.schemas[name];
  assert.ok(schema, `The document has no ${name}.`);
  const parts = [...(schema.allOf ?? []), ...(schema.oneOf ?? [])].flatMap(({ $ref }) =>
    $ref === undefined || $ref.endsWith(`/${name}`) ? [] : [$ref.slice($ref.lastIndexOf('/') + 1)],
  );
  // Kinds of an instrument name the list of kinds as what they are made of.
  const deeper = parts.filter((part) => !(schema.allOf !== undefined && part === 'TransactionInstrument'));
  return new Set([
    ...Object.keys(schema.properties ?? {}),
    ...deeper.flatMap((part) => [...propertiesOf(document, part)]),
  ]);
}

/** Words of an enumeration, which stands alone or at a property. */
function wordsOf(document: Document, name: string, property?: string): readonly string[] {
  const schema = document.components.schemas[name];
  const words = property === undefined ? schema?.enum : schema?.properties?.[property]?.enum;
  assert.ok(words && words.length > 0, `The document has no words for ${name}.`);
  return words;
}

/** The value, noting at `place` what is read of it; lists are places like their rows. */
function watched(value: unknown, place: string, read: Map<string, Set<string>>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((row) => watched(row, place, read));
  const names = read.get(place) ?? new Set();
  read.set(place, names);
  return new Proxy(value, {
    get(target, name) {
      if (typeof name !== 'string') return Reflect.get(target, name);
      names.add(name);
      return watched(Reflect.get(target, name), `${place}.${name}`, read);
    },
  });
}

/** Where in an answer → the schemas of the document that describe it. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  account: ['Account'],
  'account.securitiesAccount': ['MarginAccount', 'CashAccount'],
  'account.securitiesAccount.currentBalances': ['MarginBalance', 'CashBalance'],
  'account.securitiesAccount.initialBalances': ['MarginInitialBalance', 'CashInitialBalance'],
  'account.securitiesAccount.projectedBalances': ['MarginBalance', 'CashBalance'],
  'account.securitiesAccount.positions': ['Position'],
  'account.securitiesAccount.positions.instrument': ['AccountsInstrument'],
  'account.securitiesAccount.positions.instrument.optionDeliverables': ['AccountAPIOptionDeliverable'],
  number: ['AccountNumberHash'],
  order: ['Order'],
  'order.orderLegCollection': ['OrderLegCollection'],
  'order.orderLegCollection.instrument': ['AccountsInstrument'],
  'order.orderActivityCollection': ['OrderActivity'],
  'order.orderActivityCollection.executionLegs': ['ExecutionLeg'],
  'order.childOrderStrategies': ['Order'],
  'order.childOrderStrategies.orderLegCollection': ['OrderLegCollection'],
  'order.childOrderStrategies.orderLegCollection.instrument': ['AccountsInstrument'],
  transaction: ['Transaction'],
  'transaction.transferItems': ['TransferItem'],
  'transaction.transferItems.instrument': ['TransactionInstrument'],
  preference: ['UserPreference'],
  'preference.streamerInfo': ['StreamerInfo'],
};

const COMMON_BALANCE = 'In all nine public answers; the document has only what margin or cash accounts add.';
const BOTH_KINDS = 'One schema reads the instruments of accounts and of transactions; the others have it.';
const OLD_NAME = "TD Ameritrade's name of accountNumber, in old orders.";

/** What is read and is not in the document: place, property → why. */
const REALITY: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'account.securitiesAccount.currentBalances': {
    accruedInterest: COMMON_BALANCE,
    cashBalance: COMMON_BALANCE,
    liquidationValue: COMMON_BALANCE,
    longMarketValue: COMMON_BALANCE,
    longOptionMarketValue: COMMON_BALANCE,
    moneyMarketFund: COMMON_BALANCE,
    shortMarketValue: COMMON_BALANCE,
    shortOptionMarketValue: COMMON_BALANCE,
  },
  'account.securitiesAccount.positions.instrument': {
    expirationDate: BOTH_KINDS,
    optionPremiumMultiplier: BOTH_KINDS,
    strikePrice: BOTH_KINDS,
  },
  order: { accountId: OLD_NAME },
  'order.orderLegCollection.instrument': {
    expirationDate: BOTH_KINDS,
    optionPremiumMultiplier: BOTH_KINDS,
    strikePrice: BOTH_KINDS,
  },
  'order.orderActivityCollection': { activityId: 'In all public orders of Schwab that were filled.' },
  'order.childOrderStrategies': { accountId: OLD_NAME },
  'order.childOrderStrategies.orderLegCollection.instrument': {
    expirationDate: BOTH_KINDS,
    optionPremiumMultiplier: BOTH_KINDS,
    strikePrice: BOTH_KINDS,
  },
  'transaction.transferItems.instrument': { optionMultiplier: BOTH_KINDS },
};

/** Reads one answer of each kind, and gives what was read of it. */
function readEverything(): ReadonlyMap<string, ReadonlySet<string>> {
  const read = new Map<string, Set<string>>();
  const deliverables = { assetType: 'OPTION', symbol: 'X', optionDeliverables: [{}] };
  const account = marginAccount({ positions: [stockRow({ instrument: deliverables })] });
  const order = filledOrderRow({ childOrderStrategies: [orderRow({ orderId: 2 })] });
  const streamer = {
    streamerSocketUrl: 'a',
    schwabClientCustomerId: 'b',
    schwabClientCorrelId: 'c',
    schwabClientChannel: 'd',
    schwabClientFunctionId: 'e',
  };
  assert.equal(readAccounts(watched(account, 'account', read), () => 0).accounts.length, 1);
  assert.ok(readOrders(watched([order], 'order', read)).complete);
  assert.ok(readTransactions(watched([tradeRow()], 'transaction', read)).complete);
  assert.ok(readAccountNumbers(watched([{ accountNumber: '1', hashValue: 'A' }], 'number', read)));
  assert.ok(readStreamerInfo(watched({ streamerInfo: [streamer] }, 'preference', read)));
  return read;
}

describe("Schwab's documents of its interfaces", () => {
  let trader: Document;

  before(function readDocuments() {
    if (FOLDER === null) {
      process.stdout.write("    skipped: Schwab's documents are not beside the project\n");
      this.skip();
    }
    trader = documentOf('trader');
  });

  it('have every property that is read, or it is known why not', () => {
    const read = readEverything();
    assert.deepEqual([...read.keys()].toSorted(), Object.keys(PLACES).toSorted());
    for (const [place, schemas] of Object.entries(PLACES)) {
      const known = new Set(schemas.flatMap((schema) => [...propertiesOf(trader, schema)]));
      const missing = [...(read.get(place) ?? [])].filter((name) => !known.has(name));
      assert.deepEqual(missing.toSorted(), Object.keys(REALITY[place] ?? {}).toSorted(), place);
    }
    for (const place of Object.keys(REALITY)) assert.ok(PLACES[place], place);
  });

  it('have every address and every parameter that is asked with', () => {
    const range = { from: 0, to: 1 };
    const asked = [
      endpoints.accountNumbers(),
      endpoints.accounts(),
      endpoints.account('HASH'),
      endpoints.orders(range),
      endpoints.accountOrders('HASH', range),
      endpoints.order('HASH', '7'),
      endpoints.transactions('HASH', range),
      endpoints.userPreference(),
    ];
    assert.equal(asked.length, Object.keys(endpoints).length);
    for (const { path } of asked) {
      const { pathname, searchParams } = new URL(path, 'https://api.invalid');
      const name = pathname
        .replace('/trader/v1', '')
        .replace('/HASH', '/{accountNumber}')
        .replace('/orders/7', '/orders/{orderId}');
      const parameters = trader.paths[name]?.get?.parameters?.map((one) => one.name) ?? [];
      assert.ok(trader.paths[name]?.get, name);
      for (const parameter of searchParams.keys()) assert.ok(parameters.includes(parameter), parameter);
    }
    const types = new URL(endpoints.transactions('HASH', range).path, 'https://api.invalid').searchParams;
    const known = wordsOf(trader, 'TransactionType');
    for (const type of types.get('types')?.split(',') ?? []) assert.ok(known.includes(type), type);
  });

  it('have no status of an order that is not known here', () => {
    const words = wordsOf(trader, 'status');
    assert.deepEqual([words.length, words], [21, wordsOf(trader, 'apiOrderStatus')]);
    for (const status of words) {
      const { byAccount, issues } = readOrders(orderRow({ status }));
      const [order] = [...byAccount.values()].flatMap(({ orders }) => orders);
      assert.equal(order?.status === 'unknown', status === 'UNKNOWN', status);
      assert.deepEqual(issues, []);
    }
  });

  it('have no instruction and no effect of a leg that is not known here', () => {
    const words = wordsOf(trader, 'instruction');
    assert.equal(words.length, 10);
    for (const instruction of words)
      for (const positionEffect of wordsOf(trader, 'OrderLegCollection', 'positionEffect')) {
        const leg = stockLeg({ instruction, positionEffect });
        const { byAccount, issues } = readOrders(orderRow({ orderLegCollection: [leg] }));
        const [order] = [...byAccount.values()].flatMap(({ orders }) => orders);
        assert.equal(order?.side === 'unknown', instruction === 'EXCHANGE', instruction);
        const [told] = order?.legs ?? [];
        if (positionEffect === 'OPENING') assert.equal(told?.positionEffect, 'open');
        if (positionEffect === 'CLOSING') assert.equal(told?.positionEffect, 'close');
        assert.deepEqual(issues, []);
      }
  });

  it('have no asset type that is not known here', () => {
    const words = wordsOf(trader, 'assetType');
    const listed = ['AccountsBaseInstrument', 'TransactionBaseInstrument'].flatMap((name) =>
      wordsOf(trader, name, 'assetType'),
    );
    assert.deepEqual([...new Set([...words, ...listed])], words);
    for (const assetType of words) {
      const row = stockRow({ instrument: { assetType, symbol: 'ABC' } });
      // Of a money fund alone nothing is told beside securities that are worth something.
      const other = stockRow({ instrument: { assetType: 'EQUITY', symbol: 'ZZZ' } });
      const [account] = readAccounts(marginAccount({ positions: [row, other] }), () => 0).accounts;
      const told = account?.positions?.[0]?.instrument.assetClass;
      assert.ok(told);
      assert.equal(told === 'other', assetType === 'PRODUCT', assetType);
      assert.ok(account.issues.every(({ code }) => code !== 'UNKNOWN_ENUM'));
    }
  });

  it('have no kind of transaction that is not known here', () => {
    const words = wordsOf(trader, 'TransactionType');
    assert.equal(words.length, 15);
    for (const type of words) assert.deepEqual(readTransactions(moneyRow(type, 5)).issues, [], type);
    for (const status of wordsOf(trader, 'Transaction', 'status'))
      assert.equal(readTransactions(tradeRow({ status })).activities.length, status === 'INVALID' ? 0 : 1);
  });

  it('have words for order types and durations that are told in lower case', () => {
    for (const orderType of wordsOf(trader, 'orderType'))
      for (const duration of wordsOf(trader, 'duration')) {
        const { byAccount } = readOrders(orderRow({ duration, orderType }));
        const [order] = [...byAccount.values()].flatMap(({ orders }) => orders);
        assert.deepEqual(
          [order?.orderType, order?.timeInForce],
          [orderType.toLowerCase(), duration.toLowerCase()],
        );
      }
  });

  it('name what an error says, in both families', () => {
    const answer = { retryAfter: null, serverTime: null, correlationId: null, status: 400 };
    const told = (body: unknown): string => {
      const problem = problemOf({ ...answer, text: JSON.stringify(body) }, 'GET /orders', 0);
      assert.ok(problem.kind === 'failed');
      return problem.error.message;
    };
    const market = documentOf('market-data');
    assert.ok(propertiesOf(market, 'ErrorResponse').has('errors'));
    for (const name of ['status', 'title', 'detail']) assert.ok(propertiesOf(market, 'Error').has(name));
    for (const status of wordsOf(market, 'Error', 'status'))
      assert.match(
        told({ errors: [{ status, title: 'A title', detail: 'a detail' }] }),
        /400 A title: a detail/,
      );
    assert.deepEqual([...propertiesOf(trader, 'ServiceError')].toSorted(), ['errors', 'message']);
    assert.match(told({ message: 'A message', errors: ['and more'] }), /400 A message and more/);
  });
});
