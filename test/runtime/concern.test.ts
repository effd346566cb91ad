import assert from 'node:assert/strict';
import { LoginRequired } from '../../src/errors.js';
import { nodeState } from '../../src/node-red/node-state.js';
import { nodeStatus } from '../../src/node-red/status.js';
import { Connection } from '../../src/runtime/connection.js';
import type { Concern } from '../../src/runtime/concern.js';
import { balancesSnapshot, KEY, position, positionsSnapshot, T0 } from '../support/builders.js';
import { FakeClock } from '../support/clocks.js';
import { MemoryBroker, MemoryLogger, settled } from '../support/memory-broker.js';
import { MemoryLogin } from '../support/memory-login.js';

const LOCKED = 'The system keychain is locked. Unlock it, then press “Retry”.';
const HOUR_MS = 3_600_000;

class MemoryConcern implements Concern {
  sentence: string | null = null;
  readonly listeners = new Set<() => void>();

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  become(sentence: string | null): void {
    this.sentence = sentence;
    for (const listener of this.listeners) listener();
  }
}

function figures(clock: FakeClock) {
  const when = { account: KEY, from: { receivedAt: clock.now() } };
  return [
    balancesSnapshot({ netLiquidation: 2_000, totalCash: 1_000 }, when),
    positionsSnapshot([position()], when),
  ];
}

async function live() {
  const clock = new FakeClock(T0);
  const login = new MemoryLogin(T0 + 7 * 24 * HOUR_MS);
  const broker = Object.assign(new MemoryBroker(), { login });
  const logger = new MemoryLogger();
  const concern = new MemoryConcern();
  const connection = new Connection({ broker, clock, chance: () => 0.5, logger, concern });
  connection.start();
  const session = await broker.accept();
  await session.answer(...figures(clock));
  const said = () => [connection.status.state, connection.status.reason];
  const shown = () =>
    nodeStatus(
      nodeState({
        status: connection.status,
        accounts: [...connection.store.state.accounts.values()],
        staleAfterMs: HOUR_MS,
        at: clock.now(),
      }),
    );
  return { broker, clock, concern, connection, logger, login, said, session, shown };
}

describe('a concern about a connection that works', () => {
  it('is its reason while it stays live, yellow in the editor, and in the log once', async () => {
    const { concern, connection, logger, said, shown } = await live();
    assert.deepEqual(shown(), { fill: 'green', shape: 'dot', text: 'live' });
    concern.become(LOCKED);
    concern.become(LOCKED);
    assert.deepEqual(said(), ['live', LOCKED]);
    assert.deepEqual(shown(), { fill: 'yellow', shape: 'dot', text: 'live, The system keychain is locked' });
    concern.become(null);
    assert.deepEqual(said(), ['live', null]);
    assert.deepEqual(shown(), { fill: 'green', shape: 'dot', text: 'live' });
    assert.deepEqual(logger.lines, [`warn ${LOCKED}`]);
    await connection.close();
  });

  it('hides no trouble, and is told when that is over', async () => {
    const { clock, concern, connection, said, session } = await live();
    session.tell({ kind: 'link', state: 'lost', reason: 'The servers are gone.' });
    concern.become(LOCKED);
    assert.deepEqual(said(), ['degraded', 'The servers are gone.']);
    session.tell({ kind: 'link', state: 'up', reason: null }, ...figures(clock));
    assert.deepEqual(said(), ['live', LOCKED]);
    await connection.close();
  });

  it('does not wake or end what waits for a login', async () => {
    const { broker, concern, connection, said, session } = await live();
    await session.end(new LoginRequired('Log in.', { broker: 'schwab', code: 'x' }));
    concern.become(LOCKED);
    await settled();
    assert.deepEqual([said(), broker.attempts], [['login-required', 'Log in.'], 1]);
    await connection.close();
  });

  it('gives way to the warning of a login once it is over', async () => {
    const { clock, concern, connection, login, said } = await live();
    login.become(clock.now() + HOUR_MS);
    concern.become(LOCKED);
    assert.deepEqual(said(), ['live', LOCKED]);
    concern.become(null);
    assert.match(said()[1] ?? '', /The login ends/);
    await connection.close();
  });

  it('is listened to until the connection is closed', async () => {
    const { clock, concern, connection } = await live();
    await connection.close();
    assert.deepEqual([concern.listeners.size, clock.pending], [0, 0]);
  });
});
