import assert from 'node:assert/strict';
import { ConfigError, LoginRequired } from '../../src/errors.js';
import { Connection } from '../../src/runtime/connection.js';
import { balancesSnapshot, KEY, position, positionsSnapshot, T0 } from '../support/builders.js';
import { FakeClock } from '../support/clocks.js';
import { lost, MemoryBroker, MemoryLogger, settled } from '../support/memory-broker.js';

const DETAILS = { broker: 'ibkr', code: 'x' };

function setUp() {
  const clock = new FakeClock(T0);
  const broker = new MemoryBroker();
  const connection = new Connection({ broker, clock, chance: () => 0.5, logger: new MemoryLogger() });
  connection.start();
  return { broker, clock, connection };
}

async function live() {
  const given = setUp();
  const session = await given.broker.accept();
  const when = { account: KEY, from: { receivedAt: given.clock.now() } };
  const figures = [
    balancesSnapshot({ netLiquidation: 2_000, totalCash: 1_000 }, when),
    positionsSnapshot([position()], when),
  ];
  await session.answer(...figures);
  return { ...given, figures, session };
}

describe('a connection that is opened again', () => {
  it('leaves its session, connects at once and keeps what it knows', async () => {
    const { broker, connection, figures, session } = await live();
    connection.reopen();
    await settled();
    assert.deepEqual([session.closed, broker.attempts], [1, 2]);
    assert.equal(connection.status.state, 'degraded');
    assert.equal(connection.store.state.accounts.get(KEY)?.positions?.value.size, 1);
    const next = await broker.accept();
    await next.answer(...figures);
    assert.equal(connection.status.state, 'live');
    await connection.close();
  });

  it('does not wait out its pause, nor for a login, nor for another configuration', async () => {
    const errors = [
      lost(),
      new LoginRequired('Log in.', DETAILS),
      new ConfigError('No key.', { ...DETAILS, retrySlowly: false }),
      new ConfigError('Locked.', { ...DETAILS, retrySlowly: true }),
    ];
    for (const act of ['reopen', 'retryNow'] as const)
      for (const error of errors) {
        const { broker, connection } = setUp();
        await broker.refuse(error);
        assert.equal(broker.attempts, 1);
        connection[act]();
        await settled();
        assert.equal(broker.attempts, 2, `${act} after ${error.message}`);
        await connection.close();
      }
  });

  it('tries again at once when an attempt that was under way fails', async () => {
    const { broker, connection } = setUp();
    connection.reopen();
    await broker.refuse(lost());
    assert.equal(broker.attempts, 2);
    await connection.close();
  });

  it('does not use what an attempt that was under way was made of', async () => {
    const { broker, connection } = setUp();
    connection.reopen();
    const session = await broker.accept();
    await settled();
    assert.deepEqual([session.closed, broker.attempts], [1, 2]);
    await connection.close();
  });

  it('is not disturbed by a retry while it works', async () => {
    const { broker, connection, session } = await live();
    connection.retryNow();
    await settled();
    assert.deepEqual([session.closed, broker.attempts, connection.status.state], [0, 1, 'live']);
    await session.end(lost());
    assert.equal(broker.attempts, 1, 'the pause before the next attempt was left out');
    await connection.close();
  });

  it('stays closed once it is closed', async () => {
    const { broker, clock, connection } = await live();
    await connection.close();
    connection.reopen();
    connection.retryNow();
    await settled();
    assert.deepEqual([broker.attempts, clock.pending], [1, 0]);
  });
});
