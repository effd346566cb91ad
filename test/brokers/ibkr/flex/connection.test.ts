import assert from 'node:assert/strict';
import { Connection } from '../../../../src/runtime/connection.js';
import { freshness } from '../../../../src/sync/freshness.js';
import { flexStage, keyOf, type FlexStage } from '../../../support/flex-stage.js';

const HOUR_MS = 3_600_000;
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

describe('a connection through the Flex Web Service', () => {
  let stage: FlexStage;
  let connection: Connection;
  beforeEach(async () => {
    stage = await flexStage();
    // Not half: a wait of 30 s would look like an exchange to the clock.
    connection = new Connection({
      broker: stage.broker,
      clock: stage.clock,
      chance: () => 0.4,
      logger: quiet,
    });
  });
  afterEach(async () => {
    await connection.close();
    await stage.flex.close();
    assert.equal(stage.clock.pending, 0);
  });

  /** Until the look is true. */
  const until = async (look: () => boolean): Promise<void> =>
    await stage.clock.drive(
      new Promise((resolve) => {
        const again = (): unknown => (look() ? resolve() : setImmediate(again));
        again();
      }),
      1_000,
    );
  const pass = async (ms: number): Promise<void> => {
    const end = stage.clock.now() + ms;
    await until(() => stage.clock.now() >= end);
  };

  it('is live, with figures that call themselves delayed', async () => {
    connection.start();
    await until(() => connection.status.state === 'live');
    const { state } = connection.store;
    for (const { account } of stage.flex.accounts) {
      const key = keyOf(account);
      const known = state.accounts.get(key);
      assert.ok(known);
      for (const kind of ['balances', 'positions', 'executions'] as const) {
        const told = freshness({
          state,
          account: known,
          of: kind,
          fresh: connection.isFresh(key, kind),
          at: stage.clock.now(),
          staleAfterMs: HOUR_MS,
        });
        assert.deepEqual(
          [told?.quality, told?.via, told?.complete, told?.asOf],
          ['delayed', 'flex', true, Date.parse('2026-11-23T21:00:00Z')],
        );
      }
      assert.equal(known.orders, null);
    }
  });

  it('stops asking when only the user can help', async () => {
    stage.flex.fault('code=1015');
    connection.start();
    await until(() => connection.status.state === 'misconfigured');
    await pass(HOUR_MS);
    assert.equal(stage.flex.requests.length, 1);
    assert.match(connection.status.reason ?? '', /token is not valid/);
  });

  it('leaves a locked token alone, however often it looks', async () => {
    stage.flex.fault('code=1025');
    connection.start();
    await until(() => connection.status.reason?.includes('locked') === true);
    await pass(HOUR_MS);
    assert.equal(stage.flex.requests.length, 1);
    assert.match(connection.status.reason ?? '', /The next request goes out in \d+ min/);
  });

  it('asks seldom while a statement is not finished', async function () {
    this.timeout(30_000);
    stage.flex.fault('code=1019');
    connection.start();
    await pass(HOUR_MS);
    assert.ok(stage.flex.requests.length <= 80, `${stage.flex.requests.length} requests in an hour`);
    stage.flex.clearFaults();
    await until(() => connection.status.state === 'live');
  });
});
