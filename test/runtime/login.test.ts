import assert from 'node:assert/strict';
import { ConfigError, LoginRequired } from '../../src/errors.js';
import { Connection } from '../../src/runtime/connection.js';
import { dayAndTime, loginWarning, nextWarningAt } from '../../src/runtime/login-warning.js';
import type { ConnectionStatus } from '../../src/runtime/status.js';
import { balancesSnapshot, KEY, position, positionsSnapshot, T0 } from '../support/builders.js';
import { FakeClock } from '../support/clocks.js';
import { lost, MemoryBroker, MemoryLogger, settled } from '../support/memory-broker.js';
import { MemoryLogin } from '../support/memory-login.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DETAILS = { broker: 'schwab', code: 'x' };

function setUp(expiresAt: number | null = T0 + 7 * DAY_MS) {
  const clock = new FakeClock(T0);
  const login = new MemoryLogin(expiresAt);
  const broker = Object.assign(new MemoryBroker(), { login });
  const logger = new MemoryLogger();
  const connection = new Connection({ broker, clock, chance: () => 0.5, logger });
  const told: ConnectionStatus[] = [];
  connection.onStatus((status) => told.push(status));
  connection.start();
  return { broker, clock, connection, logger, login, told };
}

function figures(clock: FakeClock) {
  const when = { account: KEY, from: { receivedAt: clock.now() } };
  return [
    balancesSnapshot({ netLiquidation: 2_000, totalCash: 1_000 }, when),
    positionsSnapshot([position()], when),
  ];
}

async function live(given = setUp()) {
  const session = await given.broker.accept();
  await session.answer(...figures(given.clock));
  given.told.splice(0);
  return { ...given, session };
}

describe('a login that ends by itself', () => {
  it('is in every status with its end', async () => {
    const { connection } = await live();
    assert.equal(connection.status.state, 'live');
    assert.equal(connection.status.loginExpiresAt, T0 + 7 * DAY_MS);
    assert.equal(connection.status.reason, null);
  });

  it('is warned of 48, 24, 6 and 1 hours before its end, once each, while the data stay live', async () => {
    const { clock, connection, logger, told } = await live();
    for (let hour = 0; hour < 7 * 24; hour += 1) {
      clock.advance(HOUR_MS);
      await settled();
    }
    const warnings = told.map(({ reason, state }) => [state, /less than (.*?):/.exec(reason ?? '')?.[1]]);
    assert.deepEqual(warnings, [
      ['live', '48 hours'],
      ['live', '24 hours'],
      ['live', '6 hours'],
      ['live', 'an hour'],
    ]);
    assert.match(connection.status.reason ?? '', /log in again/);
    assert.equal(logger.lines.filter((line) => line.startsWith('warn The login ends')).length, 4);
  });

  it('is warned of at once when Node-RED starts within the last two days', async () => {
    const { connection } = await live(setUp(T0 + 10 * HOUR_MS));
    assert.match(connection.status.reason ?? '', /in less than 24 hours/);
  });

  it('hides no trouble behind its warning', async () => {
    const { clock, connection, session } = await live(setUp(T0 + HOUR_MS));
    session.tell({ kind: 'link', state: 'lost', reason: 'The servers are gone.' });
    assert.equal(connection.status.reason, 'The servers are gone.');
    session.tell({ kind: 'link', state: 'up', reason: null }, ...figures(clock));
    assert.match(connection.status.reason ?? '', /The login ends/);
  });

  it('is said to be over, tried no more, and keeps the last data', async () => {
    const { broker, clock, connection, login, session } = await live();
    login.become(null);
    await session.end(new LoginRequired('The login has ended.', DETAILS));
    clock.advance(DAY_MS);
    await settled();
    const { loginExpiresAt, nextAttemptAt, reason, state } = connection.status;
    assert.deepEqual(
      { loginExpiresAt, nextAttemptAt, reason, state },
      { loginExpiresAt: null, nextAttemptAt: null, reason: 'The login has ended.', state: 'login-required' },
    );
    assert.equal(broker.attempts, 1);
    assert.equal(connection.isFresh(KEY, 'positions'), false);
    assert.equal(connection.store.state.accounts.get(KEY)?.positions?.value.size, 1);
    await connection.close();
  });

  it('starts the connection again as soon as the user has logged in, and nothing was closed meanwhile', async () => {
    const { broker, clock, connection, login, session } = await live();
    login.become(null);
    await session.end(new LoginRequired('The login has ended.', DETAILS));
    login.become(clock.now() + 7 * DAY_MS);
    await settled();
    assert.equal(broker.attempts, 2);
    await live({ ...(await wrap()) });
    assert.equal(connection.status.state, 'live');
    assert.equal(connection.store.state.accounts.get(KEY)?.closedVersions.size, 0);

    async function wrap() {
      return { broker, clock, connection, logger: new MemoryLogger(), login, told: [] };
    }
  });

  it('that is there at last ends the wait for another try', async () => {
    const { broker, login } = setUp(null);
    await broker.refuse(new ConfigError('Wrong key.', { ...DETAILS, retrySlowly: false }));
    login.become(T0 + 7 * DAY_MS);
    await settled();
    assert.equal(broker.attempts, 2);
  });

  it('renewed early takes the warning back, and does not disturb the session', async () => {
    const { broker, connection, login, session, told } = await live(setUp(T0 + HOUR_MS));
    login.become(T0 + 7 * DAY_MS);
    await settled();
    assert.deepEqual(
      told.map(({ loginExpiresAt, reason, state }) => ({ loginExpiresAt, reason, state })),
      [{ loginExpiresAt: T0 + 7 * DAY_MS, reason: null, state: 'live' }],
    );
    assert.equal(broker.attempts, 1);
    await session.end(lost());
    assert.equal(broker.attempts, 1, 'the pause before the next attempt was left out');
    assert.notEqual(connection.status.nextAttemptAt, null);
  });

  it('renewed while an attempt is under way is tried again when that attempt fails for want of it', async () => {
    const { broker, login } = setUp(null);
    login.become(T0 + 7 * DAY_MS);
    await broker.refuse(new LoginRequired('Not logged in.', DETAILS));
    assert.equal(broker.attempts, 2);
  });

  it('leaves neither a timer nor a listener when the connection is closed', async () => {
    const { clock, connection, login } = await live();
    await connection.close();
    assert.equal(clock.pending, 0);
    assert.equal(login.listeners.size, 0);
  });
});

describe('the warning of a login', () => {
  it('is due at four moments and at no other', () => {
    const end = T0 + 7 * DAY_MS;
    assert.equal(loginWarning(end, end - 48 * HOUR_MS - 1), null);
    const hoursAt = (left: number) => loginWarning(end, end - left)?.hours;
    assert.deepEqual(
      [48 * HOUR_MS, 24 * HOUR_MS + 1, 24 * HOUR_MS, 6 * HOUR_MS, HOUR_MS, 0, -DAY_MS].map(hoursAt),
      [48, 48, 24, 6, 1, 1, 1],
    );
    const due: number[] = [];
    for (let at: number | null = T0; at !== null; at = nextWarningAt(end, at)) due.push((end - at) / HOUR_MS);
    assert.deepEqual(due, [168, 48, 24, 6, 1]);
  });

  it('names day and time as a person at the host reads them', () => {
    const at = new Date(2026, 11, 4, 18, 2).getTime();
    assert.equal(dayAndTime(at), 'Fri 4 Dec, 18:02');
    assert.equal(dayAndTime(new Date(2026, 11, 4, 0, 5).getTime()), 'Fri 4 Dec, 00:05');
  });
});
