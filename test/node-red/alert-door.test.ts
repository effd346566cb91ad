import assert from 'node:assert/strict';
import { messagesFor, statusMessage } from '../../src/node-red/messages.js';
import { sampleOf } from '../../src/node-red/alert/door.js';
import { delta } from '../../src/sync/delta.js';
import type { Kind } from '../../src/domain/update.js';
import {
  activitiesSnapshot,
  activity,
  after,
  balancesSnapshot,
  digest,
  execution,
  executionsSnapshot,
  order,
  ordersSnapshot,
  position,
  positionsSnapshot,
  stateOf,
  T0,
} from '../support/builders.js';

const AT = T0 + 5_000;
const CONNECTION = { key: 'c1', label: 'my gateway' };
const FRESHNESS = {
  asOf: null,
  receivedAt: T0,
  quality: 'live',
  complete: true,
  stale: false,
  staleSeconds: 3,
  via: 'tws',
  issues: [{ code: 'NAV_MISMATCH', severity: 'warning', message: 'Something does not add up.' }],
} as const;

/** Between two looks a position was sold, another bought, an order was filled. */
const before = stateOf(
  after([
    balancesSnapshot({ netLiquidation: 3_000, totalCash: 1_000 }),
    positionsSnapshot([position({ key: 'a' }), position({ key: 'b' })]),
    ordersSnapshot([order()]),
    executionsSnapshot([]),
    activitiesSnapshot([]),
  ]),
);
const state = stateOf(
  after([
    balancesSnapshot({ netLiquidation: 3_000, totalCash: 1_000 }),
    positionsSnapshot([position({ key: 'b', quantity: 20 }), position({ key: 'c' })]),
    ordersSnapshot([order({ status: 'filled', filledQuantity: 10, remainingQuantity: 0 })]),
    executionsSnapshot([execution()]),
    activitiesSnapshot([activity()]),
  ]),
);
const changes = delta(before, state, digest);
/** What account-sync sends, as it comes out of a wire or of MQTT. */
const messages = (kind: Kind, emit: 'snapshots' | 'changes') =>
  messagesFor(
    { kind, state, changes: changes.filter(({ of }) => of === kind), freshness: FRESHNESS, sequence: 1 },
    { label: 'Main', connection: CONNECTION, emit },
  ).map((message): unknown => JSON.parse(JSON.stringify(message)));
const samples = (kind: Kind, emit: 'snapshots' | 'changes' = 'snapshots') =>
  messages(kind, emit).map((message) => sampleOf(message, AT));

describe('what an alert node hears of account-sync', () => {
  const ACCOUNT = {
    key: state.account.key,
    label: 'Main',
    broker: 'ibkr',
    currency: 'USD',
    connection: 'c1',
  };
  const TRUST = {
    quality: 'live',
    stale: false,
    staleSeconds: 3,
    asOf: T0,
    issues: FRESHNESS.issues,
  };

  it('are the balances of an account, how old they are, and what is wrong with them', () => {
    assert.deepEqual(samples('balances'), [
      { at: AT, of: 'balances', account: ACCOUNT, trust: TRUST, balances: state.balances?.value },
    ]);
  });

  it('are all positions, or the one that changed, with what became of it', () => {
    const [all] = samples('positions');
    assert.ok(all?.of === 'positions' && all.complete);
    assert.deepEqual(
      all.positions,
      [...(state.positions?.value.values() ?? [])].map(({ value }) => value),
    );
    const told = changes.filter(({ of }) => of === 'positions');
    assert.deepEqual(all.changes, told);
    const single = samples('positions', 'changes');
    assert.deepEqual(
      single.map((one) => one?.of === 'positions' && !one.complete && one.changes),
      told.map((change) => [change]),
    );
  });

  it('are what was booked since the first look', () => {
    assert.deepEqual(samples('activities'), [
      { at: AT, of: 'activities', account: ACCOUNT, activities: [activity()] },
    ]);
  });

  it('are orders and fills', () => {
    const [orders] = samples('orders');
    assert.ok(orders?.of === 'orders' && orders.complete);
    assert.deepEqual(
      orders.changes,
      changes.filter(({ of }) => of === 'orders'),
    );
    const [fills] = samples('executions');
    assert.ok(fills?.of === 'executions');
    assert.deepEqual(
      fills.changes,
      changes.filter(({ of }) => of === 'executions'),
    );
    assert.equal(fills.changes.length, 1);
  });

  it('is how a connection stands', () => {
    const status = {
      state: 'degraded',
      reason: 'It refuses.',
      since: T0,
      nextAttemptAt: null,
      lostSince: null,
      loginExpiresAt: T0 + 1_000,
      quietUntil: null,
      via: 'tws',
    } as const;
    const message = statusMessage({
      status,
      state: 'degraded',
      reason: 'It refuses.',
      broker: 'ibkr',
      connection: CONNECTION,
      sequence: 1,
      at: T0,
      issues: [],
    });
    assert.deepEqual(sampleOf(JSON.parse(JSON.stringify(message)), AT), {
      at: AT,
      of: 'connection',
      connection: { ...CONNECTION, broker: 'ibkr' },
      status: {
        state: 'degraded',
        reason: 'It refuses.',
        since: T0,
        loginExpiresAt: T0 + 1_000,
        lostSince: null,
        quietUntil: null,
        issues: [],
        apiErrorPercent: null,
      },
    });
  });

  it('is how a connection stands, also in a message that says no more of it than its topic and its state', () => {
    const said = (word: string) => ({
      topic: 'schwab/Savings/status',
      sync: {
        kind: 'status',
        sequence: 1,
        asOf: null,
        receivedAt: new Date(T0).toISOString(),
        quality: 'live',
        complete: true,
        stale: false,
        staleSeconds: 0,
        via: 'schwab',
        issues: [],
      },
      payload: {
        state: word,
        reason: null,
        since: new Date(T0).toISOString(),
        nextAttemptAt: null,
        loginExpiresAt: null,
        via: 'schwab',
      },
    });
    const [down, live] = ['down', 'live'].map((word) => Object(sampleOf(said(word), AT)));
    assert.deepEqual(down.connection, { key: 'schwab/Savings/status', label: 'Savings', broker: 'schwab' });
    assert.deepEqual([down.status.lostSince, live.status.lostSince], [T0, null]);
  });

  it('is nothing where a message is another one, or damaged', () => {
    const [good] = messages('balances', 'snapshots');
    assert.notEqual(sampleOf(good, AT), null);
    for (const damage of [
      { payload: { netLiquidation: 'much' } },
      { sync: { kind: 'balances' } },
      { account: 'Main' },
      { sync: undefined },
    ])
      assert.equal(sampleOf({ ...Object(good), ...damage }, AT), null);
    for (const other of [null, undefined, 5, 'text', [], {}, { topic: 'x', payload: 1 }])
      assert.equal(sampleOf(other, AT), null);
  });

  it('misses no figure because of an issue that a later version names', () => {
    const [good] = messages('balances', 'snapshots');
    const { sync } = Object(good);
    const message = {
      ...Object(good),
      sync: { ...sync, issues: [{ code: 'LATER', severity: 'info', message: 'x' }, ...sync.issues] },
    };
    assert.deepEqual(sampleOf(message, AT), sampleOf(good, AT));
  });
});
