import assert from 'node:assert/strict';
import { nodeState } from '../../src/node-red/node-state.js';
import { nodeStatus } from '../../src/node-red/status.js';
import { Connection } from '../../src/runtime/connection.js';
import { balancesSnapshot, positionsSnapshot } from '../support/builders.js';
import { FakeClock } from '../support/clocks.js';
import { lost, MemoryBroker, MemoryLogger, settled } from '../support/memory-broker.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START = Date.UTC(2026, 10, 25, 4, 0);
/** From 45 minutes after the start for an hour. */
const FROM = START + 45 * MINUTE_MS;
const UNTIL = FROM + HOUR_MS;
const SENTENCE = 'Maintenance until 00:45 ET: it comes back by itself.';

async function live() {
  const clock = new FakeClock(START);
  const broker = Object.assign(new MemoryBroker(), {
    maintenance: (at: number) => (at >= FROM && at < UNTIL ? { until: UNTIL, sentence: SENTENCE } : null),
    likelyReason: (at: number, goodSince: number | null) =>
      at >= UNTIL && goodSince === START ? 'Log in again.' : null,
  });
  const connection = new Connection({ broker, clock, chance: () => 0.5, logger: new MemoryLogger() });
  connection.start();
  const figures = () => {
    const when = { from: { receivedAt: clock.now() } };
    return [balancesSnapshot({ netLiquidation: 1_000, totalCash: 1_000 }, when), positionsSnapshot([], when)];
  };
  const session = await broker.accept();
  await session.answer(...figures());
  const stands = () =>
    nodeState({
      status: connection.status,
      accounts: [...connection.store.state.accounts.values()],
      staleAfterMs: 3 * MINUTE_MS,
      at: clock.now(),
    });
  /** Time goes on, and every attempt that is made fails. */
  const fail = async (ms: number): Promise<void> => {
    for (const until = clock.now() + ms; clock.now() < until;) {
      clock.advance(Math.min(MINUTE_MS, until - clock.now()));
      await settled();
      if (broker.isOpening) await broker.refuse(lost('It refuses.'));
    }
  };
  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settled();
  };
  return { advance, broker, clock, connection, fail, figures, session, stands };
}

describe('a connection that is lost during maintenance', () => {
  it('is degraded and grey with the end of it, however old the data, and calls nobody', async () => {
    const { advance, connection, fail, session, stands } = await live();
    await advance(46 * MINUTE_MS);
    await session.end(lost());
    await fail(30 * MINUTE_MS);
    const { dataOf, reason, state } = stands();
    assert.equal(state, 'degraded');
    assert.equal(reason, `${SENTENCE} It refuses.`);
    assert.equal(dataOf, START);
    const { fill, shape, text } = nodeStatus(stands());
    assert.deepEqual([fill, shape], ['grey', 'ring']);
    assert.match(text ?? '', /^Maintenance until 00:45 ET, oldest data \d\d:\d\d$/);
    assert.equal(connection.status.quietUntil, UNTIL);
    await connection.close();
  });

  it('is told as what it is the moment the window ends, before any retry', async () => {
    const { advance, clock, connection, session, stands } = await live();
    await advance(46 * MINUTE_MS);
    await session.end(lost());
    const told: (readonly [number, string])[] = [];
    connection.onStatus(({ state }) => told.push([clock.now(), state]));
    clock.advance(UNTIL - clock.now() - 1);
    assert.equal(connection.status.quietUntil, UNTIL);
    clock.advance(1);
    assert.equal(connection.status.quietUntil, null);
    assert.match(connection.status.reason ?? '', /^Maintenance has ended, yet the connection is not back: /);
    assert.equal(stands().state, 'stale');
    assert.equal(told.at(-1)?.[0], UNTIL);
    await connection.close();
    assert.equal(clock.pending, 0);
  });

  it('names what the calendar knows once that is so', async () => {
    const { advance, connection, fail, session } = await live();
    await advance(46 * MINUTE_MS);
    await session.end(lost());
    await fail(HOUR_MS);
    assert.equal(
      connection.status.reason,
      'Maintenance has ended, yet the connection is not back: It refuses. Log in again.',
    );
    await connection.close();
  });

  it('is live again like any other, and begins anew after that', async () => {
    const { advance, broker, connection, fail, figures, session } = await live();
    await advance(46 * MINUTE_MS);
    await session.end(lost());
    await fail(10 * MINUTE_MS);
    await advance(2 * MINUTE_MS);
    const next = await broker.accept();
    assert.equal(connection.status.quietUntil, UNTIL);
    await next.answer(...figures());
    assert.deepEqual([connection.status.state, connection.status.reason], ['live', null]);
    await advance(HOUR_MS);
    await next.end(lost());
    assert.equal(connection.status.reason?.startsWith('Maintenance'), false);
    await connection.close();
  });

  it('was lost before it: then it is no maintenance', async () => {
    const { advance, connection, fail, session, stands } = await live();
    await advance(44 * MINUTE_MS);
    await session.end(lost());
    await fail(20 * MINUTE_MS);
    assert.deepEqual([connection.status.quietUntil, stands().state], [null, 'stale']);
    await connection.close();
  });

  it('may have lost only its broker behind the gateway', async () => {
    const { advance, connection, session } = await live();
    await advance(46 * MINUTE_MS);
    session.tell({ kind: 'link', state: 'lost', reason: 'The gateway has lost its broker.' });
    assert.deepEqual(
      [connection.status.state, connection.status.reason],
      ['degraded', `${SENTENCE} The gateway has lost its broker.`],
    );
    await connection.close();
  });
});

describe('figures that the broker calls unready', () => {
  it('are asked for again after a minute, however seldom the user polls', async () => {
    const { advance, connection, session, clock } = await live();
    connection.pollMs = HOUR_MS;
    const issue = { code: 'ACCOUNT_RESETTING', severity: 'warning', message: 'Resetting.' } as const;
    const unready = () => ({ from: { receivedAt: clock.now(), partial: true, issues: [issue] } });
    await advance(HOUR_MS);
    await session.answer(balancesSnapshot({ netLiquidation: 0, totalCash: 0 }, unready()));
    // Two looks soon, since an image was refused; then every minute.
    for (const delayMs of [1_000, 1_000]) {
      await advance(delayMs);
      await session.answer(balancesSnapshot({ netLiquidation: 0, totalCash: 0 }, unready()));
    }
    const before = session.requests.length;
    await advance(59_000);
    assert.equal(session.requests.length, before);
    await advance(1_000);
    assert.equal(session.requests.length, before + 1);
    await connection.close();
  });
});
