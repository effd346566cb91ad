import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Broker } from '../../../src/ports.js';
import { Connection } from '../../../src/runtime/connection.js';
import type { ConnectionStatus } from '../../../src/runtime/status.js';
import { Subscription, type AccountChange } from '../../../src/runtime/subscription.js';
import { eventually, FakeClock } from '../../support/clocks.js';
import { settled } from '../../support/memory-broker.js';
import { schwabStage } from '../../support/schwab-stage.js';
import { oneWay } from '../../support/one-way.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const POLL_MS = HOUR_MS;
/** A Tuesday, eleven in the morning in New York. */
const NOW = Date.UTC(2026, 10, 24, 16, 0, 0);

async function setUp() {
  const clock = new FakeClock(NOW);
  const stage = await schwabStage({ clock, now: () => clock.now() });
  const { logger, schwab } = stage;
  const asked = watched(stage.broker);
  const connection = new Connection({ broker: asked.broker, clock, chance: () => 0.5, logger });
  connection.pollMs = POLL_MS;
  const statuses: ConnectionStatus[] = [];
  const changes: AccountChange[] = [];
  connection.onStatus((status) => statuses.push(status));
  const subscription = new Subscription({
    ladder: oneWay(connection, clock),
    clock,
    digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
    coalesceMs: 250,
    staleAfterMs: 2 * HOUR_MS,
    wants: () => true,
    onChange: (change) => changes.push(change),
    onFlush: () => {},
  });
  connection.start();
  /** Lets `ms` pass in pieces, and every question that falls due be answered. */
  const pass = async (ms: number, piece = POLL_MS): Promise<void> => {
    for (let left = ms; left > 0; left -= piece) {
      clock.advance(Math.min(piece, left));
      await asked.answered();
    }
  };
  const close = async (): Promise<void> => {
    await subscription.close();
    await connection.close();
    await schwab.close();
  };
  return { ...stage, changes, clock, close, connection, pass, statuses };
}

/** A broker whose questions a test can wait for. */
function watched(broker: Broker) {
  const open = new Set<Promise<unknown>>();
  const track = async <T>(work: Promise<T>): Promise<T> => {
    const own = work.finally(() => open.delete(own));
    open.add(own);
    return await own;
  };
  return {
    broker: {
      ...broker,
      open: async (events, signal) => {
        const session = await track(broker.open(events, signal));
        return {
          accounts: session.accounts,
          refresh: async (request) => await track(session.refresh(request)),
          close: async () => await session.close(),
        };
      },
    } satisfies Broker,
    answered: async () => {
      while (open.size > 0) await Promise.allSettled(open);
      await settled();
    },
  };
}

describe('seven days with one login', function () {
  this.timeout(60_000);

  it('are data by themselves, four warnings, an end without a storm, and data again after a new login', async () => {
    const { changes, clock, close, connection, logIn, pass, schwab, statuses } = await setUp();
    try {
      await eventually(() => connection.status.state === 'login-required');
      await logIn();
      await eventually(() => connection.status.state === 'live');
      const positions = [...connection.store.state.accounts.values()].reduce(
        (count, account) => count + (account.positions?.value.size ?? 0),
        0,
      );

      await pass(7 * DAY_MS - HOUR_MS / 2);
      const refreshes = schwab.tokenRequests.filter(({ grant }) => grant === 'refresh_token');
      assert.ok(refreshes.length > 150, `${refreshes.length} refreshes`);
      assert.ok(refreshes.every(({ status }) => status === 200));
      assert.equal(connection.status.state, 'live');
      const warnings = statuses.flatMap(({ reason }) => /less than (.*?):/.exec(reason ?? '')?.[1] ?? []);
      assert.deepEqual([...new Set(warnings)], ['48 hours', '24 hours', '6 hours', 'an hour']);

      await pass(2 * HOUR_MS);
      assert.equal(connection.status.state, 'login-required');
      assert.match(connection.status.reason ?? '', /has ended.*log in again/);
      await pass(3 * DAY_MS);
      const refused = schwab.tokenRequests.filter(({ status }) => status !== 200);
      assert.deepEqual(refused, [{ grant: 'refresh_token', status: 400 }]);
      const requests = schwab.requests.length;
      await pass(DAY_MS);
      assert.equal(schwab.requests.length, requests, 'something was asked although the login is over');
      const last = changes.findLast(({ kind }) => kind === 'positions');
      assert.deepEqual([last?.freshness.stale, last?.freshness.via], [true, 'cache']);
      assert.ok((last?.state.positions?.value.size ?? 0) >= 0);

      await logIn();
      await eventually(() => connection.status.state === 'live');
      clock.advance(250);
      const fresh = changes.findLast(({ kind }) => kind === 'positions');
      assert.deepEqual([fresh?.freshness.stale, fresh?.freshness.quality], [false, 'live']);
      assert.equal(
        [...connection.store.state.accounts.values()].reduce(
          (count, account) => count + (account.positions?.value.size ?? 0),
          0,
        ),
        positions,
      );
      const events = changes.flatMap((change) => change.changes);
      assert.deepEqual(
        events.filter(({ change, of }) => of === 'positions' && change === 'closed'),
        [],
      );
    } finally {
      await close();
    }
  });
});
