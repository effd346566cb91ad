import assert from 'node:assert/strict';
import { ConfigError, LoginRequired, ProtocolError, RateLimited, Rejected } from '../../src/errors.js';
import { Connection } from '../../src/runtime/connection.js';
import type { ConnectionStatus } from '../../src/runtime/status.js';
import {
  account,
  accounts,
  balancesSnapshot,
  balancesUpsert,
  KEY,
  ordersSnapshot,
  position,
  positionsSnapshot,
  quantities,
  stateOf,
  T0,
} from '../support/builders.js';
import { FakeClock } from '../support/clocks.js';
import { lost, MemoryBroker, MemoryLogger, settled, type MemorySession } from '../support/memory-broker.js';

const EVERYTHING = { kind: null, account: null };
const details = { broker: 'ibkr', code: 'x' };

function setUp(broker = new MemoryBroker(), chance: () => number = () => 0.5) {
  const clock = new FakeClock(T0);
  const logger = new MemoryLogger();
  const connection = new Connection({ broker, clock, chance, logger });
  const told: ConnectionStatus[] = [];
  connection.onStatus((status) => told.push(status));
  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settled();
  };
  connection.start();
  return { advance, broker, clock, connection, logger, told };
}

/** All that a first answer holds: 1 000 of cash, ten shares worth 1 000. */
function figures(clock: FakeClock, key = KEY) {
  const when = { account: key, from: { receivedAt: clock.now() } };
  return [
    balancesSnapshot({ netLiquidation: 2_000, totalCash: 1_000 }, when),
    positionsSnapshot([position()], when),
  ];
}

async function live(given = setUp()) {
  const session = await given.broker.accept();
  await session.answer(...figures(given.clock));
  return { ...given, session };
}

const short = (status: ConnectionStatus) => [status.state, status.reason];

describe('a connection', () => {
  describe('that starts', () => {
    it('is connecting, then loading, then live when balances and positions of all accounts came', async () => {
      const broker = new MemoryBroker(account(), account({ key: 'b' }));
      const { clock, connection, told } = setUp(broker);
      assert.deepEqual(connection.status, {
        state: 'connecting',
        reason: 'Connecting to 127.0.0.1:4002.',
        since: T0,
        nextAttemptAt: null,
        lostSince: T0,
        loginExpiresAt: null,
        quietUntil: null,
        via: 'tws',
      });
      const session = await broker.accept();
      assert.deepEqual(session.requests, [EVERYTHING]);
      assert.deepEqual(short(connection.status), ['connecting', 'Loading the account data.']);
      session.tell(...figures(clock), ordersSnapshot([]));
      assert.equal(connection.status.state, 'connecting');
      clock.advance(500);
      await session.answer(...figures(clock, 'b'));
      assert.deepEqual(told.map(short), [
        ['connecting', 'Loading the account data.'],
        ['live', null],
      ]);
      assert.equal(connection.status.since, T0 + 500);
      assert.equal(connection.isFresh('b', 'positions'), true);
      assert.equal(connection.isFresh('b', 'orders'), false);
      await connection.close();
    });

    it('is not live by images of accounts that are not its own', async () => {
      const { broker, clock, connection } = setUp();
      const session = await broker.accept();
      session.tell(accounts());
      await session.answer(...figures(clock, 'stranger'));
      assert.deepEqual(short(connection.status), ['down', 'Some figures have not come yet.']);
      assert.equal(connection.isFresh('stranger', 'balances'), false);
      await connection.close();
    });

    it('is not live while its first positions are refused, and says why', async () => {
      const { broker, connection } = setUp();
      const session = await broker.accept();
      await session.answer(
        balancesSnapshot({ netLiquidation: 2_000, totalCash: 1_000 }),
        positionsSnapshot([]),
      );
      assert.deepEqual(short(connection.status), [
        'degraded',
        'The broker sent no position, yet net liquidation and cash differ by 1000.00; the last positions are kept.',
      ]);
      assert.equal(connection.isFresh(KEY, 'positions'), false);
      await connection.close();
    });

    it('opens one session however often it is started', async () => {
      const { broker, connection } = setUp();
      connection.start();
      connection.start();
      assert.equal(broker.attempts, 1);
      await connection.close();
      connection.start();
      await settled();
      assert.equal(broker.attempts, 1);
    });
  });

  describe('that cannot be made', () => {
    it('is down, names the reason and the time of the next attempt, and tries again', async () => {
      const { advance, broker, connection, told } = setUp();
      await broker.refuse(lost('127.0.0.1:4002 refused the connection.'));
      assert.deepEqual(connection.status, {
        state: 'down',
        reason: '127.0.0.1:4002 refused the connection.',
        since: T0,
        nextAttemptAt: T0 + 500,
        lostSince: T0,
        loginExpiresAt: null,
        quietUntil: null,
        via: 'tws',
      });
      await advance(499);
      assert.equal(broker.attempts, 1);
      await advance(1);
      assert.equal(broker.attempts, 2);
      assert.equal(told.at(-1)?.nextAttemptAt, null);
      await connection.close();
    });

    it('waits with a jitter between nothing and a bound that doubles up to a minute', async () => {
      for (const [chance, waits] of [
        [1 - Number.EPSILON, [999, 1_999, 3_999, 7_999, 15_999, 31_999, 59_999, 59_999]],
        [0, [0, 0, 0, 0, 0, 0, 0, 0]],
      ] as const) {
        const { advance, broker, clock, connection } = setUp(new MemoryBroker(), () => chance);
        for (const wait of waits) {
          await broker.refuse(lost());
          assert.equal(connection.status.nextAttemptAt, clock.now() + wait);
          await advance(wait);
        }
        assert.equal(broker.attempts, waits.length + 1);
        await connection.close();
      }
    });

    it('says what the user must do, and tries again each minute where that may be done at the other end', async () => {
      const { advance, broker, connection } = setUp();
      const refused = new ConfigError('The client id 17 is in use.', { ...details, retrySlowly: true });
      await broker.refuse(refused);
      assert.deepEqual(short(connection.status), ['misconfigured', 'The client id 17 is in use.']);
      await advance(59_999);
      assert.equal(broker.attempts, 1);
      await advance(1);
      assert.equal(broker.attempts, 2);
      await connection.close();
    });

    it('stops where trying again does not help', async () => {
      for (const [error, state] of [
        [new ConfigError('This TWS is too old.', { ...details, retrySlowly: false }), 'misconfigured'],
        [new LoginRequired('Log in again.', details), 'login-required'],
      ] as const) {
        const { advance, broker, clock, connection } = setUp();
        await broker.refuse(error);
        assert.deepEqual(short(connection.status), [state, error.message]);
        assert.equal(connection.status.nextAttemptAt, null);
        assert.equal(clock.pending, 0);
        await advance(86_400_000);
        assert.equal(broker.attempts, 1);
        await connection.close();
      }
    });

    it('waits as long as the broker asks for', async () => {
      const { advance, broker, connection } = setUp();
      await broker.refuse(new RateLimited('Too many requests.', { ...details, retryAfterMs: 20_000 }));
      await advance(19_999);
      assert.equal(broker.attempts, 1);
      await advance(1);
      assert.equal(broker.attempts, 2);
      await connection.close();
    });

    it('survives a mistake in the program', async () => {
      const { advance, broker, connection } = setUp();
      await broker.refuse(new TypeError('x is not a function'));
      assert.deepEqual(short(connection.status), ['down', 'x is not a function']);
      await advance(60_000);
      assert.equal(broker.attempts, 2);
      await connection.close();
    });
  });

  describe('whose session ends', () => {
    it('is degraded, keeps its figures, and is live again when new ones came', async () => {
      const { advance, broker, clock, connection, session, told } = await live();
      await advance(120_000);
      told.length = 0;
      await session.end(lost());
      assert.equal(session.closed, 1);
      assert.deepEqual(quantities(connection.store.state), { '265598': 10 });
      assert.equal(connection.isFresh(KEY, 'balances'), false);
      await advance(500);
      const next = await broker.accept();
      assert.deepEqual(short(connection.status), ['degraded', 'Loading the account data.']);
      await next.answer(...figures(clock));
      assert.deepEqual(
        told.map(({ state, reason, nextAttemptAt }) => [state, reason, nextAttemptAt]),
        [
          ['degraded', 'The gateway closed the connection.', T0 + 120_500],
          ['degraded', 'The gateway closed the connection.', null],
          ['degraded', 'Loading the account data.', null],
          ['live', null, null],
        ],
      );
      await connection.close();
    });

    it('is left alone by what the old session still tells', async () => {
      const { connection, session } = await live();
      await session.end(lost());
      const before = connection.store.state;
      session.tell(balancesUpsert({ netLiquidation: 5 }), accounts());
      await session.end(lost('Again.'));
      assert.equal(connection.store.state, before);
      assert.equal(connection.status.reason, 'The gateway closed the connection.');
      await connection.close();
    });

    it('is left alone by an attempt that failed and still tells something', async () => {
      const { advance, broker, connection, session } = await live();
      await session.end(lost());
      await advance(500);
      const before = connection.store.state;
      await broker.refuse(lost(), balancesUpsert({ netLiquidation: 5 }), accounts());
      assert.equal(connection.store.state, before);
      await connection.close();
    });

    it('knows since when nothing has come, through all attempts, until something comes again', async () => {
      const { advance, broker, clock, connection, session } = await live();
      assert.equal(connection.status.lostSince, null);
      await advance(5_000);
      const lostSince = clock.now();
      await session.end(lost());
      assert.deepEqual([connection.status.state, connection.status.lostSince], ['degraded', lostSince]);
      await advance(500);
      await broker.refuse(lost());
      await advance(60_000);
      const next = await broker.accept();
      assert.deepEqual([connection.status.state, connection.status.lostSince], ['degraded', lostSince]);
      await next.answer(...figures(clock));
      assert.equal(connection.status.lostSince, null);
      await connection.close();
    });

    it('does not hammer a gateway whose sessions end as soon as they are loaded', async () => {
      const { advance, broker, clock, connection } = setUp();
      const waits: number[] = [];
      for (let round = 0; round < 5; round++) {
        const session = await broker.accept();
        await session.answer(...figures(clock));
        await session.end(new ProtocolError('Misaligned.', details));
        waits.push((connection.status.nextAttemptAt ?? 0) - clock.now());
        await advance(60_000);
      }
      assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000]);
      const session = await broker.accept();
      await session.answer(...figures(clock));
      await advance(60_000);
      await session.end(lost());
      assert.equal(connection.status.nextAttemptAt, clock.now() + 500);
      await connection.close();
    });

    it('goes on when the session cannot even be closed', async () => {
      const { advance, broker, connection, logger, session } = await live();
      session.closeFailure = new Error('No such socket.');
      await session.end(lost());
      await advance(60_000);
      assert.equal(broker.attempts, 2);
      assert.deepEqual(logger.lines, ['warn The session did not close cleanly: No such socket.']);
      await connection.close();
    });

    it('goes on when a reader of its status fails, and tells the others', async () => {
      const given = setUp();
      given.connection.onStatus(() => {
        throw new Error('Boom.');
      });
      const others: ConnectionStatus[] = [];
      given.connection.onStatus((status) => others.push(status));
      await live(given);
      assert.equal(given.connection.status.state, 'live');
      assert.deepEqual(others, given.told);
      assert.deepEqual(
        new Set(given.logger.lines),
        new Set(['error A reader of the connection failed: Boom.']),
      );
      await given.connection.close();
    });
  });

  describe('to a gateway that has lost its own', () => {
    it('is degraded with the reason, and live when figures have come through the link that is back', async () => {
      const { clock, connection, session, told } = await live();
      told.length = 0;
      session.tell({ kind: 'link', state: 'lost', reason: 'IBKR servers unreachable.' });
      session.tell({ kind: 'link', state: 'limited', reason: 'No market values.' });
      session.tell({ kind: 'link', state: 'up', reason: null });
      assert.equal(connection.isFresh(KEY, 'balances'), false);
      session.tell(...figures(clock));
      const since = clock.now();
      assert.deepEqual(
        told.map((status) => [...short(status), status.lostSince]),
        [
          ['degraded', 'IBKR servers unreachable.', since],
          ['degraded', 'No market values.', since],
          ['degraded', 'Some figures have not come yet.', since],
          ['degraded', 'Some figures have not come yet.', null],
          ['live', null, null],
        ],
      );
      await connection.close();
    });
  });

  describe('that polls', () => {
    it('asks for everything again after pollMs, counted from the last answer', async () => {
      const { advance, clock, connection, session } = await live();
      await advance(59_999);
      assert.equal(session.requests.length, 1);
      await advance(1);
      assert.deepEqual(session.requests, [EVERYTHING, EVERYTHING]);
      await advance(600_000);
      assert.equal(session.requests.length, 2, 'not while an answer is outstanding');
      await session.answer(...figures(clock));
      await advance(60_000);
      assert.equal(session.requests.length, 3);
      await connection.close();
    });

    it('polls as often as it is told to from now on', async () => {
      const { advance, connection, session } = await live();
      connection.pollMs = 5_000;
      assert.equal(connection.pollMs, 5_000);
      await advance(5_000);
      assert.equal(session.requests.length, 2);
      await connection.close();
    });

    it('is degraded by a failed refresh until one succeeds, whatever rows come in between', async () => {
      const { advance, clock, connection, logger, session, told } = await live();
      told.length = 0;
      await advance(60_000);
      await session.fail(new Rejected('The gateway did not send the positions in 20 s.', details));
      session.tell(balancesUpsert({ netLiquidation: 2_001, totalCash: 1_000 }));
      assert.deepEqual(short(connection.status), [
        'degraded',
        'The gateway did not send the positions in 20 s.',
      ]);
      assert.deepEqual(logger.lines, ['warn The gateway did not send the positions in 20 s.']);
      await advance(60_000);
      await session.answer(...figures(clock));
      assert.deepEqual(told.map(short), [
        ['degraded', 'The gateway did not send the positions in 20 s.'],
        ['live', null],
      ]);
      assert.equal(session.requests.length, 3);
      await connection.close();
    });

    it('is down when not even the first refresh worked, and asks again', async () => {
      const { advance, broker, clock, connection } = setUp();
      const session = await broker.accept();
      await session.fail(new Rejected('No balances.', details));
      assert.deepEqual(short(connection.status), ['down', 'No balances.']);
      await advance(60_000);
      await session.answer(...figures(clock));
      assert.deepEqual(short(connection.status), ['live', null]);
      await connection.close();
    });
  });

  describe('in which something vanishes', () => {
    const without = balancesSnapshot({ netLiquidation: 2_000, totalCash: 1_000 });
    const other = position({ key: 'other', quantity: 1, marketValueBase: null });

    it('asks again a second later, twice, and closes at the next poll what is still missing and what no balance can speak for', async () => {
      const { advance, clock, connection, session } = await live();
      session.tell(without, positionsSnapshot([other]));
      assert.deepEqual(quantities(connection.store.state), { '265598': 10, other: 1 });
      await advance(999);
      assert.equal(session.requests.length, 1);
      await advance(1);
      assert.deepEqual(session.requests, [EVERYTHING, EVERYTHING]);
      const answer = async () =>
        await session.answer(positionsSnapshot([other], { from: { receivedAt: clock.now() } }));
      await answer();
      assert.deepEqual(quantities(connection.store.state), { '265598': 10, other: 1 });
      await advance(1_000);
      await answer();
      await advance(50_000);
      assert.equal(session.requests.length, 3);
      assert.deepEqual(quantities(connection.store.state), { '265598': 10, other: 1 });
      await advance(10_000);
      await answer();
      assert.deepEqual(quantities(connection.store.state), { other: 1 });
      await connection.close();
    });

    it('looks again no more than twice between two polls while an image is refused', async () => {
      const { advance, connection, session } = await live();
      const empty = [without, positionsSnapshot([])];
      session.tell(...empty);
      const looks: number[] = [];
      for (let second = 1; second <= 65; second++) {
        const before = session.requests.length;
        await advance(1_000);
        if (session.requests.length === before) continue;
        looks.push(second);
        await session.answer(...empty);
      }
      // A minute behind the last of them is the poll, and behind that the looks begin anew.
      assert.deepEqual(looks, [1, 2, 62, 63, 64]);
      assert.deepEqual(quantities(connection.store.state), { '265598': 10 });
      await connection.close();
    });
  });

  describe('that is asked to refresh', () => {
    it('passes the request on and resolves with its answer', async () => {
      const { connection, session } = await live();
      const request = { kind: 'orders', account: KEY } as const;
      let done = false;
      const refreshed = connection.refresh(request).then(() => (done = true));
      await settled();
      assert.deepEqual([session.requests.at(-1), done], [request, false]);
      await session.answer(ordersSnapshot([]));
      await refreshed;
      assert.equal(stateOf(connection.store.state).orders?.value.size, 0);
      await connection.close();
    });

    it('fails with the reason while there is no session, and with what the session throws', async () => {
      const { advance, broker, connection } = setUp();
      await broker.refuse(lost('127.0.0.1:4002 refused the connection.'));
      await assert.rejects(connection.refresh(EVERYTHING), {
        name: 'ConnectionLost',
        code: 'not-connected',
        message: '127.0.0.1:4002 refused the connection.',
      });
      await advance(500);
      const session = await broker.accept();
      await session.answer();
      const failing = assert.rejects(connection.refresh(EVERYTHING), { message: 'Orders cannot be had.' });
      await session.fail(new Rejected('Orders cannot be had.', details));
      await failing;
      await connection.close();
    });
  });

  describe('that is closed', () => {
    /** Closes, and checks that nothing goes on after it. */
    async function closes({
      advance,
      broker,
      clock,
      connection,
      told,
    }: ReturnType<typeof setUp>): Promise<void> {
      const attempts = broker.attempts;
      told.length = 0;
      await connection.close();
      assert.equal(clock.pending, 0);
      await advance(86_400_000);
      assert.equal(broker.attempts, attempts);
      assert.deepEqual(told, []);
      await connection.close();
      for (const session of broker.sessions) assert.ok(session.closed > 0);
    }

    it('is so before it was started', async () => {
      const { clock, connection } = setUp();
      const idle = new Connection({
        broker: new MemoryBroker(),
        clock,
        chance: () => 0,
        logger: new MemoryLogger(),
      });
      await idle.close();
      await connection.close();
    });

    it('ends an attempt to connect', async () => {
      await closes(setUp());
    });

    it('closes a session that opens all the same', async () => {
      const given = setUp();
      given.broker.heedsSignal = false;
      const closing = closes(given);
      const session: MemorySession = await given.broker.accept();
      await closing;
      assert.deepEqual([session.closed, session.requests], [1, []]);
    });

    it('ends the pause between two attempts', async () => {
      const given = setUp();
      await given.broker.refuse(lost());
      assert.equal(given.clock.pending, 1);
      await closes(given);
    });

    it('ends a session, its timers and what was asked of it, without a word of warning', async () => {
      const given = await live();
      const asked = assert.rejects(given.connection.refresh(EVERYTHING), {
        message: 'The connection was closed.',
      });
      await given.advance(60_000);
      given.session.tell(positionsSnapshot([]));
      await closes(given);
      await asked;
      assert.deepEqual(given.logger.lines, []);
    });

    it('ends a session that cannot be closed', async () => {
      const given = await live();
      given.session.closeFailure = new Error('No such socket.');
      await closes(given);
      assert.deepEqual(given.logger.lines, ['warn The session did not close cleanly: No such socket.']);
    });

    it('takes nothing from a session that is being closed', async () => {
      const { connection, session } = await live();
      const before = connection.store.state;
      const closing = connection.close();
      session.tell(balancesUpsert({ netLiquidation: 5 }));
      await closing;
      assert.equal(connection.store.state, before);
    });
  });

  it('tells a reader nothing more once it has left, also in the midst of a telling', async () => {
    const given = setUp();
    const heard: string[] = [];
    const leave = given.connection.onStatus(({ state }) => {
      heard.push(`first ${state}`);
      leave();
      leaveSecond();
    });
    const leaveSecond = given.connection.onStatus(({ state }) => heard.push(`second ${state}`));
    given.connection.onStatus(({ state }) => heard.push(`third ${state}`));
    await live(given);
    assert.deepEqual(heard, ['first connecting', 'third connecting', 'third live']);
    await given.connection.close();
  });
});
