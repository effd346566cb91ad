import assert from 'node:assert/strict';
import type { Account } from '../../src/domain/account.js';
import type { Kind } from '../../src/domain/update.js';
import { Connection } from '../../src/runtime/connection.js';
import { Subscription, type AccountChange } from '../../src/runtime/subscription.js';
import {
  account,
  accounts,
  balancesSnapshot,
  balancesUpsert,
  digest,
  execution,
  executionsSnapshot,
  executionsUpsert,
  KEY,
  order,
  ordersSnapshot,
  ordersUpsert,
  position,
  positionsSnapshot,
  positionsUpsert,
  T0,
} from '../support/builders.js';
import { FakeClock } from '../support/clocks.js';
import { lost, MemoryBroker, MemoryLogger, settled } from '../support/memory-broker.js';
import { oneWay } from '../support/one-way.js';

const COALESCE_MS = 250;
const STALE_AFTER_MS = 180_000;
const EVERYTHING = { kind: null, account: null };

/** What a reader was told, without the figures themselves. */
function short({ kind, changes, freshness, sequence, state }: AccountChange) {
  const what = changes.map(({ change, of }) => `${of} ${change}`);
  const { quality, stale } = freshness;
  return [state.account.key, kind, sequence, stale ? `${quality}, stale` : quality, ...what].join(' ');
}

async function setUp(given: { broker?: MemoryBroker; wants?: (account: Account) => boolean } = {}) {
  const { broker = new MemoryBroker(), wants = () => true } = given;
  const clock = new FakeClock(T0);
  const connection = new Connection({ broker, clock, chance: () => 0.5, logger: new MemoryLogger() });
  connection.pollMs = 3_600_000;
  const told: AccountChange[] = [];
  let flushes = 0;
  const subscription = new Subscription({
    ladder: oneWay(connection, clock),
    clock,
    digest,
    coalesceMs: COALESCE_MS,
    staleAfterMs: STALE_AFTER_MS,
    wants,
    onChange: (change) => told.push(change),
    onFlush: () => (flushes += 1),
  });
  connection.start();
  const session = await broker.accept();
  /** What is told until the news of this moment are out. */
  const news = (ms = COALESCE_MS): readonly string[] => {
    told.length = 0;
    clock.advance(ms);
    return told.map(short);
  };
  const close = async (): Promise<void> => {
    await subscription.close();
    await connection.close();
    assert.equal(clock.pending, 0);
  };
  return { broker, clock, close, connection, flushes: () => flushes, news, session, subscription, told };
}

/** Each kind once, as of now. */
function everything(clock: FakeClock) {
  const when = { from: { receivedAt: clock.now() } };
  return [
    balancesSnapshot({ netLiquidation: 2_000, totalCash: 1_000 }, when),
    positionsSnapshot([position()], when),
    ordersSnapshot([order()], when),
    executionsSnapshot([execution()], when),
  ];
}

/** A reader that has been told of everything. */
async function reading(...given: Parameters<typeof setUp>) {
  const all = await setUp(...given);
  await all.session.answer(...everything(all.clock));
  assert.deepEqual(all.news(), [
    `${KEY} balances 1 live`,
    `${KEY} positions 1 live`,
    `${KEY} orders 1 live`,
    `${KEY} executions 1 live executions reported`,
  ]);
  return all;
}

describe('a subscription', () => {
  it('tells of many updates once, when they have calmed down', async () => {
    const { clock, close, flushes, news, session, told } = await reading();
    const before = flushes();
    for (let netLiquidation = 2_001; netLiquidation <= 2_100; netLiquidation++) {
      session.tell(balancesUpsert({ netLiquidation, totalCash: 1_000 }));
      if (netLiquidation % 50 === 0) clock.advance(100);
    }
    assert.equal(flushes(), before);
    assert.deepEqual(news(), [`${KEY} balances 2 live`]);
    assert.equal(told[0]?.state.balances?.value.netLiquidation, 2_100);
    assert.equal(flushes(), before + 1);
    assert.deepEqual(news(10_000), []);
    await close();
  });

  it('waits without a timer while nothing is known', async () => {
    const clock = new FakeClock(T0);
    const broker = new MemoryBroker();
    const connection = new Connection({ broker, clock, chance: () => 0.5, logger: new MemoryLogger() });
    const subscription = new Subscription({
      ladder: oneWay(connection, clock),
      clock,
      digest,
      coalesceMs: COALESCE_MS,
      staleAfterMs: STALE_AFTER_MS,
      wants: () => true,
      onChange: () => assert.fail('There is nothing to tell.'),
      onFlush: () => assert.fail('There is nothing to tell.'),
    });
    assert.equal(clock.pending, 0);
    await subscription.close();
    await connection.close();
  });

  it('tells the difference to what it told last', async () => {
    const { close, news, session, told } = await reading();
    session.tell(positionsUpsert([position({ quantity: 20 })]));
    session.tell(positionsUpsert([position({ quantity: 30 }), position({ key: 'new' })]));
    assert.deepEqual(news(), [`${KEY} positions 2 live positions changed positions opened`]);
    assert.deepEqual(
      told[0]?.changes.map(({ eventId: _id, ...change }) => change),
      [
        { of: 'positions', change: 'changed', before: position(), after: position({ quantity: 30 }) },
        { of: 'positions', change: 'opened', before: null, after: position({ key: 'new' }) },
      ],
    );
    session.tell(positionsUpsert([position({ quantity: 40 })]));
    session.tell(positionsUpsert([position({ quantity: 30 })]));
    // The picture was drawn anew, and nothing in it changed.
    assert.deepEqual(news(), [`${KEY} positions 3 live`]);
    await close();
  });

  it('tells nothing when a complete image says what was known', async () => {
    const { clock, close, news, session } = await reading();
    clock.advance(10_000);
    session.tell(...everything(clock));
    assert.deepEqual(news(), []);
    await close();
  });

  it('counts the news of each kind of each account without a gap', async () => {
    const broker = new MemoryBroker(account(), account({ key: 'b' }));
    const { close, news, session } = await setUp({ broker });
    const tell = (key: string, netLiquidation: number) =>
      session.tell(balancesSnapshot({ netLiquidation }, { account: key }));
    tell(KEY, 1);
    assert.deepEqual(news(), [`${KEY} balances 1 live`]);
    tell(KEY, 2);
    tell('b', 1);
    assert.deepEqual(news(), [`${KEY} balances 2 live`, 'b balances 1 live']);
    session.tell(ordersSnapshot([]));
    tell('b', 2);
    assert.deepEqual(news(), [`${KEY} orders 1 live`, 'b balances 2 live']);
    await close();
  });

  it('tells only of the accounts that its reader wants', async () => {
    const broker = new MemoryBroker(account(), account({ key: 'b' }));
    const { close, news, session } = await setUp({ broker, wants: ({ key }) => key === 'b' });
    session.tell(balancesSnapshot({}), balancesSnapshot({}, { account: 'b' }));
    assert.deepEqual(news(), ['b balances 1 live']);
    await close();
  });

  it('begins with what is known when its reader comes later, without events but for fills', async () => {
    const { clock, close, connection } = await reading();
    const late: string[] = [];
    const second = new Subscription({
      ladder: oneWay(connection, clock),
      clock,
      digest,
      coalesceMs: COALESCE_MS,
      staleAfterMs: STALE_AFTER_MS,
      wants: () => true,
      onChange: (change) => late.push(short(change)),
      onFlush: () => {},
    });
    clock.advance(COALESCE_MS);
    assert.deepEqual(late, [
      `${KEY} balances 1 live`,
      `${KEY} positions 1 live`,
      `${KEY} orders 1 live`,
      `${KEY} executions 1 live executions reported`,
    ]);
    await second.close();
    await close();
  });

  it('tells each fill once, whatever becomes of the connection', async () => {
    const { broker, clock, close, news, session } = await reading();
    session.tell(executionsUpsert([execution({ executionId: '0002.01' })]));
    assert.deepEqual(news(), [`${KEY} executions 2 live executions reported`]);
    await session.end(lost());
    assert.deepEqual(news(), [
      `${KEY} balances 2 cached, stale`,
      `${KEY} positions 2 cached, stale`,
      `${KEY} orders 2 cached, stale`,
    ]);
    clock.advance(500);
    await settled();
    const next = await broker.accept();
    await next.answer(...everything(clock));
    assert.deepEqual(news(), [`${KEY} balances 3 live`, `${KEY} positions 3 live`, `${KEY} orders 3 live`]);
    await close();
  });

  it('says that data are stale by their age alone, at that moment and once', async () => {
    const { close, flushes, news } = await reading();
    assert.deepEqual(news(STALE_AFTER_MS - COALESCE_MS), []);
    const before = flushes();
    assert.deepEqual(news(1), [
      `${KEY} balances 2 live, stale`,
      `${KEY} positions 2 live, stale`,
      `${KEY} orders 2 live, stale`,
    ]);
    assert.equal(flushes(), before + 1);
    assert.deepEqual(news(3_000_000), []);
    await close();
  });

  it('says so of each kind in its turn, however old another already is', async () => {
    const { clock, close, news, session } = await reading();
    clock.advance(100_000);
    const when = { from: { receivedAt: clock.now() } };
    session.tell(positionsSnapshot([position()], when));
    assert.deepEqual(news(STALE_AFTER_MS - 100_000), [
      `${KEY} balances 2 live, stale`,
      `${KEY} orders 2 live, stale`,
    ]);
    // Orders stay as old as they are; the positions must turn stale all the same.
    session.tell(
      balancesSnapshot({ netLiquidation: 2_000, totalCash: 1_000 }, { from: { receivedAt: clock.now() } }),
    );
    assert.deepEqual(news(), [`${KEY} balances 3 live`]);
    assert.deepEqual(news(100_000), [`${KEY} positions 2 live, stale`]);
    assert.deepEqual(news(100_000), [`${KEY} balances 4 live, stale`]);
    await close();
  });

  it('wakes up at the right moment though the wall clock was set back', async () => {
    const { clock, close, news } = await reading();
    clock.setWallClock(T0 - 3_600_000);
    assert.deepEqual(news(STALE_AFTER_MS), [
      `${KEY} balances 2 live, stale`,
      `${KEY} positions 2 live, stale`,
      `${KEY} orders 2 live, stale`,
    ]);
    assert.deepEqual(news(3_600_001), []);
    await close();
  });

  it('tells that the link is lost, and of figures that come through the one that is back', async () => {
    const { clock, close, news, session } = await reading();
    session.tell({ kind: 'link', state: 'lost', reason: 'gone' });
    assert.deepEqual(news(), [
      `${KEY} balances 2 cached, stale`,
      `${KEY} positions 2 cached, stale`,
      `${KEY} orders 2 cached, stale`,
    ]);
    session.tell({ kind: 'link', state: 'up', reason: null });
    assert.deepEqual(news(), []);
    session.tell(...everything(clock));
    assert.deepEqual(news(), [`${KEY} balances 3 live`, `${KEY} positions 3 live`, `${KEY} orders 3 live`]);
    await close();
  });

  it('tells of a notice about the whole connection with every kind, and that an account is gone', async () => {
    const { close, news, session, told } = await reading();
    const issue = { code: 'ORDERS_UNAVAILABLE', severity: 'info', message: 'Read-only.' } as const;
    session.tell({ kind: 'notice', of: 'orders', account: null, issue });
    assert.deepEqual(news(), [`${KEY} balances 2 live`, `${KEY} positions 2 live`, `${KEY} orders 2 live`]);
    assert.deepEqual(told[0]?.freshness.issues, [issue]);
    session.tell(accounts());
    assert.deepEqual(news(), [
      `${KEY} balances 3 cached, stale`,
      `${KEY} positions 3 cached, stale`,
      `${KEY} orders 3 cached, stale`,
    ]);
    await close();
  });

  describe('that is asked', () => {
    const ask = async (kind: Kind | null, key: string | null = null) => {
      const all = await reading();
      const answered: string[] = [];
      await all.subscription.answer({ kind, account: key }, (change) => answered.push(short(change)));
      return { ...all, answered };
    };

    it('answers at once with every kind but fills, changed or not', async () => {
      const { answered, close, news } = await ask(null);
      assert.deepEqual(answered, [
        `${KEY} balances 2 live`,
        `${KEY} positions 2 live`,
        `${KEY} orders 2 live`,
      ]);
      assert.deepEqual(news(), []);
      await close();
    });

    it('answers with the kind and the account that it is asked for', async () => {
      for (const [kind, key, expected] of [
        ['positions', null, [`${KEY} positions 2 live`]],
        ['positions', KEY, [`${KEY} positions 2 live`]],
        ['positions', 'another', []],
        ['executions', null, []],
      ] as const) {
        const { answered, close } = await ask(kind, key);
        assert.deepEqual(answered, expected);
        await close();
      }
    });

    it('puts the news that were still to be told into the answer, and tells them once', async () => {
      const { close, news, session, subscription } = await reading();
      session.tell(ordersUpsert([order({ limitPrice: 96 })]));
      const answered: string[] = [];
      await subscription.answer({ kind: 'balances', account: null }, (change) =>
        answered.push(short(change)),
      );
      assert.deepEqual(answered, [`${KEY} balances 2 live`, `${KEY} orders 2 live orders changed`]);
      assert.deepEqual(news(), []);
      await close();
    });

    it('keeps silent when it was closed while the answer was on its way', async () => {
      const { clock, connection, subscription, told } = await reading();
      await subscription.close();
      await connection.close();
      told.length = 0;
      await subscription.answer(EVERYTHING, (change) => told.push(change));
      assert.deepEqual([told, clock.pending], [[], 0]);
    });
  });

  it('leaves no timer when it is closed with news to be told, and hears nothing more', async () => {
    const { clock, connection, flushes, session, subscription, told } = await reading();
    session.tell(balancesUpsert({ netLiquidation: 1, totalCash: 1 }));
    const before = flushes();
    told.length = 0;
    await subscription.close();
    session.tell(balancesUpsert({ netLiquidation: 2, totalCash: 1 }));
    clock.advance(STALE_AFTER_MS * 2);
    await connection.close();
    await subscription.close();
    assert.deepEqual([told, flushes(), clock.pending], [[], before, 0]);
  });
});
