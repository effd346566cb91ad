import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readAccountNumbers } from '../../../src/brokers/schwab/normalize/account-numbers.js';
import { readAccounts } from '../../../src/brokers/schwab/normalize/accounts.js';
import { withCommissions } from '../../../src/brokers/schwab/normalize/commissions.js';
import { readOrders } from '../../../src/brokers/schwab/normalize/orders.js';
import { readTransactions } from '../../../src/brokers/schwab/normalize/transactions.js';
import { netTransfers } from '../../../src/brokers/schwab/normalize/transfers.js';
import { readStreamerInfo } from '../../../src/brokers/schwab/schema/user-preference.js';
import {
  ACCOUNT_NUMBER,
  cashAccount,
  fillActivity,
  filledOrderRow,
  marginAccount,
  moneyRow,
  orderRow,
  putLeg,
  shortPutRow,
  stockRow,
  tradeRow,
  type Row,
} from '../../support/schwab-payloads.js';

const SPREAD = orderRow({
  orderId: 1000000000009,
  orderType: 'NET_CREDIT',
  quantity: 2,
  filledQuantity: 2,
  remainingQuantity: 0,
  status: 'FILLED',
  orderLegCollection: [
    putLeg(1, 25, { instruction: 'SELL_TO_OPEN', quantity: 2 }),
    putLeg(2, 20, { instruction: 'BUY_TO_OPEN', quantity: 2 }),
  ],
  orderActivityCollection: [
    fillActivity(
      [
        { legId: 1, quantity: 2, price: 2.06 },
        { legId: 2, quantity: 2, price: 0.86 },
      ],
      { activityId: 80000000009 },
    ),
  ],
});

const TREE = orderRow({
  orderId: 1000000000002,
  orderStrategyType: 'TRIGGER',
  childOrderStrategies: [
    {
      orderId: 1000000000003,
      orderStrategyType: 'OCO',
      childOrderStrategies: [orderRow({ orderId: 1000000000004 }), orderRow({ orderId: 1000000000005 })],
    },
  ],
});

const ACCOUNTS: readonly Row[] = [marginAccount(), cashAccount({ accountNumber: '87654321' })];
const ORDERS: readonly Row[] = [
  orderRow({ orderId: 1000000000006, accountNumber: 87654321 }),
  filledOrderRow(),
  SPREAD,
  TREE,
];
const TRANSACTIONS: readonly Row[] = [
  tradeRow(),
  moneyRow('ACH_RECEIPT', 100),
  moneyRow('DIVIDEND_OR_INTEREST', 1.5, { activityId: 80000000003, description: 'ORACLE CORP' }),
  moneyRow('JOURNAL', -30, { activityId: 80000000004 }),
];

/** Everything that comes out of three answers, as one plain value. */
function readAll(accounts: unknown, orders: unknown, transactions: unknown) {
  const moved = readTransactions(transactions);
  const ordered = readOrders(orders);
  const owned = readAccounts(accounts, () => netTransfers(moved.activities));
  const byAccount = [...ordered.byAccount].map(([number, { executions, orders: own }]) => ({
    number,
    orders: own,
    executions: withCommissions(executions, moved.activities),
  }));
  return { owned, byAccount, moved, net: netTransfers(moved.activities) };
}

/** Place → number, for every number in a value. */
function numbersIn(value: unknown, place = ''): ReadonlyMap<string, number> {
  if (typeof value === 'number') return new Map([[place, value]]);
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).flatMap(([name, part]) => [...numbersIn(part, `${place}.${name}`)]));
}

function assertPlainNumbers(value: unknown): void {
  for (const [place, number] of numbersIn(value))
    assert.ok(Number.isFinite(number) && !Object.is(number, -0), `${place} is ${number}`);
}

type Way = readonly (string | number)[];

/** The ways to all values in an answer, its own excepted. */
function waysIn(value: unknown, way: Way = []): readonly Way[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [[...way, name], ...waysIn(part, [...way, name])]);
}

/** A copy with another value at the end of a way; undefined takes it out. */
function changed(value: unknown, [name, ...rest]: Way, put: (before: unknown) => unknown): unknown {
  if (name === undefined) return put(value);
  if (Array.isArray(value))
    return value.map((part: unknown, at) => (String(at) === String(name) ? changed(part, rest, put) : part));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
      if (key !== name) return [[key, part]];
      const after = changed(part, rest, put);
      return after === undefined ? [] : [[key, after]];
    }),
  );
}

const ODD = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    'constructor',
    '__proto__',
    true,
    [],
    {},
    [null],
    -0,
    -1,
    1e308,
    -1e308,
    5e-324,
    Number.MAX_VALUE,
    '-0',
    'NaN',
    '1e999',
    '2026-02-30',
    9_007_199_254_740_992,
  ),
  fc.double(),
  fc.string(),
  fc.json({ maxDepth: 2 }).map((text): unknown => JSON.parse(text)),
);

/** What happens to one place of an answer: replaced by something odd, or, when it is a list, doubled. */
const HARM = fc.record({ at: fc.nat(), odd: ODD, double: fc.boolean() });

function harmed(answer: unknown, harms: readonly { at: number; odd: unknown; double: boolean }[]): unknown {
  let now = answer;
  for (const { at, double, odd } of harms) {
    const ways = waysIn(now);
    const way = ways[at % ways.length];
    if (way === undefined) return now;
    now = changed(now, way, (before) => (double && Array.isArray(before) ? [...before, ...before] : odd));
  }
  return now;
}

const HARMS = fc.array(HARM, { minLength: 1, maxLength: 4 });

describe('whatever Schwab answers', () => {
  it('is read without a throw, and no number is one that is none', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const answer: unknown = JSON.parse(text);
        assertPlainNumbers(readAll(answer, answer, answer));
        readAccountNumbers(answer);
        readStreamerInfo(answer);
      }),
    );
  });

  it('is read without a throw when it is an answer that was damaged', () => {
    fc.assert(
      fc.property(HARMS, HARMS, HARMS, (first, second, third) => {
        assertPlainNumbers(
          readAll(harmed(ACCOUNTS, first), harmed(ORDERS, second), harmed(TRANSACTIONS, third)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('has positions with a quantity, and fills and orders with quantities of 0 or more', () => {
    fc.assert(
      fc.property(HARMS, HARMS, (first, second) => {
        const { byAccount, owned } = readAll(harmed(ACCOUNTS, first), harmed(ORDERS, second), []);
        for (const { positions } of owned.accounts)
          for (const { averagePrice, instrument, key, quantity } of positions ?? []) {
            assert.notEqual(quantity, 0);
            assert.match(key, /^[a-z0-9_-]+$/);
            assert.ok((instrument.multiplier ?? 1) > 0);
            assert.ok(averagePrice === null || averagePrice >= 0, `average price ${averagePrice}`);
          }
        for (const { executions, orders } of byAccount) {
          for (const { quantity } of executions) assert.ok(quantity > 0);
          const keys = orders.map(({ key }) => key);
          assert.equal(new Set(keys).size, keys.length);
          for (const { filledQuantity, quantity, remainingQuantity } of orders)
            for (const figure of [filledQuantity, quantity, remainingQuantity])
              assert.ok(figure === null || figure >= 0, `quantity ${figure}`);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives no number of an account to the figures, also where a text of Schwab names it', () => {
    const said = `for account ${ACCOUNT_NUMBER} of yours`;
    const texts = new Set(['description', 'statusDescription', 'tag']);
    const talking = (answer: unknown): unknown =>
      waysIn(answer)
        .filter((way) => texts.has(String(way.at(-1))))
        .reduce((now, way) => changed(now, way, () => said), answer);
    const accounts = talking([marginAccount(), cashAccount()]);
    const orders = talking([
      ...ORDERS,
      orderRow({ orderId: 1000000000007, status: 'REJECTED', statusDescription: 'No.' }),
    ]);
    const { byAccount, moved, owned } = readAll(accounts, orders, talking(TRANSACTIONS));
    const figures = JSON.stringify([
      owned.accounts.map(({ balances, issues, positions }) => [balances, issues, positions]),
      owned.issues,
      byAccount.map(({ executions, orders: own }) => [executions, own]),
      moved,
    ]);
    assert.ok(figures.includes('for account …4567 of yours'));
    // The description of the put, 7 tags, a rejection and 3 transactions.
    assert.equal(figures.match(/for account …4567/g)?.length, 1 + 7 + 1 + 3);
    assert.ok(!figures.includes(ACCOUNT_NUMBER));
  });
});

describe('rows in another order', () => {
  const sorted = (rows: readonly unknown[]): readonly string[] =>
    rows.map((row) => JSON.stringify(row)).toSorted();

  it('are the same positions and balances', () => {
    const rows = [
      stockRow(),
      shortPutRow(),
      ...['A', 'B', 'C'].map((symbol) => stockRow({ instrument: { symbol } })),
    ];
    const told = (positions: readonly Row[]) => {
      const [account] = readAccounts(marginAccount({ positions }), () => 0).accounts;
      return [sorted(account?.positions ?? []), account?.balances];
    };
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        assert.deepEqual(told(shuffled), told(rows));
      }),
    );
  });

  it('are the same orders, fills and transactions, also when some of them come twice', () => {
    const rows = [...ORDERS, orderRow({ orderId: 1000000000004 }), TREE, filledOrderRow()];
    const told = (orders: readonly Row[], transactions: readonly Row[]) => {
      const { byAccount, moved, net } = readAll([], orders, transactions);
      return [
        sorted(byAccount.flatMap((one) => one.orders)),
        sorted(byAccount.flatMap((one) => one.executions)),
        sorted(moved.activities),
        net,
      ];
    };
    assert.equal(
      told(rows, TRANSACTIONS)[0]
        ?.toString()
        .match(/"rawStatus"/g)?.length,
      6,
    );
    fc.assert(
      fc.property(
        fc.shuffledSubarray(rows, { minLength: rows.length }),
        fc.shuffledSubarray([...TRANSACTIONS], { minLength: TRANSACTIONS.length }),
        (orders, transactions) => {
          assert.deepEqual(told(orders, transactions), told(rows, TRANSACTIONS));
        },
      ),
    );
  });
});

describe('a figure that is missing', () => {
  /** Every number of an answer, and how it is left out. */
  const blanks = (answer: unknown): readonly (readonly [string, unknown])[] =>
    waysIn(answer).flatMap((way) => {
      if (!isFigure(answer, way)) return [];
      return ([null, undefined, 'n/a', ''] as const).map(
        (blank) => [`${way.join('.')} = ${String(blank)}`, changed(answer, way, () => blank)] as const,
      );
    });

  function isFigure(answer: unknown, way: Way): boolean {
    let found = false;
    changed(answer, way, (value) => {
      found = typeof value === 'number';
      return value;
    });
    return found;
  }

  /** Numbers may go; none may become another one, and no row with numbers may appear. */
  function assertNoOther(after: unknown, before: ReadonlyMap<string, number>, what: string): void {
    for (const [place, number] of numbersIn(after))
      assert.equal(number, before.get(place), `${place} became ${number} by ${what}`);
  }

  /** Whether all numbers of a value are those of another one. */
  const isLess = (after: unknown, before: unknown): boolean => {
    const known = numbersIn(before);
    return [...numbersIn(after)].every(([place, number]) => known.get(place) === number);
  };

  it('makes no other figure of the balances and positions of an account', () => {
    for (const account of [
      marginAccount(),
      cashAccount(),
      marginAccount({
        positions: [
          stockRow({
            longQuantity: 588,
            previousSessionLongQuantity: 588,
            averagePrice: 66,
            marketValue: 51_891,
            currentDayCost: 39_191.67,
            currentDayProfitLoss: -39_462.15,
            longOpenProfitLoss: 13_083,
          }),
        ],
      }),
    ]) {
      const figures = (answer: unknown) =>
        readAccounts(answer, () => 0).accounts.map(({ balances, positions }) => ({ balances, positions }));
      const before = numbersIn(figures(account));
      assert.ok(before.size > 20);
      const all = blanks(account);
      assert.ok(all.length > 80);
      for (const [what, answer] of all) assertNoOther(figures(answer), before, what);
    }
  });

  it('never makes a position vanish', () => {
    for (const [what, answer] of blanks(marginAccount()))
      for (const { positions } of readAccounts(answer, () => 0).accounts)
        assert.ok(positions === null || positions.length === 2, what);
  });

  it('makes no other figure of orders and fills, and none of them vanishes from a complete list', () => {
    for (const order of ORDERS) {
      const told = (answer: unknown) => {
        const { byAccount, complete } = readOrders(answer);
        return { complete, all: [...byAccount.values()] };
      };
      const before = told(order);
      const figures = numbersIn(before.all.map(({ orders }) => orders));
      const fills = before.all.flatMap(({ executions }) => executions);
      for (const [what, answer] of blanks(order)) {
        const after = told(answer);
        assertNoOther(
          after.all.map(({ orders }) => orders),
          figures,
          what,
        );
        for (const fill of after.all.flatMap(({ executions }) => executions))
          assert.ok(
            fills.some((one) => isLess(fill, one)),
            `another fill by ${what}`,
          );
        const count = after.all.flatMap(({ orders }) => orders).length;
        assert.ok(!after.complete || count === before.all.flatMap(({ orders }) => orders).length, what);
      }
    }
  });

  it('makes no other figure of transactions and of what was transferred', () => {
    for (const row of TRANSACTIONS) {
      const told = (answer: unknown) => {
        const { activities, complete } = readTransactions(answer);
        return { activities, net: complete ? netTransfers(activities) : null };
      };
      const before = numbersIn(told(row));
      for (const [what, answer] of blanks(row)) assertNoOther(told(answer), before, what);
    }
  });

  it('leaves positions as they were when a row is unreadable, and orders incomplete', () => {
    const rows = [stockRow(), shortPutRow()];
    const unreadable = ODD.filter((odd) => typeof odd !== 'object' || odd === null || Array.isArray(odd));
    fc.assert(
      fc.property(unreadable, fc.nat(2), (odd, at) => {
        const positions = [...rows.slice(0, at), odd, ...rows.slice(at)];
        const [account] = readAccounts(marginAccount({ positions }), () => 0).accounts;
        assert.equal(account?.positions, null);
        const { byAccount, complete } = readOrders([orderRow(), odd]);
        assert.deepEqual([complete, byAccount.get(ACCOUNT_NUMBER)?.orders.length], [false, 1]);
      }),
    );
  });
});
