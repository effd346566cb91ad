import assert from 'node:assert/strict';
import type { BrokerUpdate } from '../../../src/domain/update.js';
import { ConnectionLost, LoginRequired, type BrokerageError } from '../../../src/errors.js';
import type { BrokerCounters, BrokerSession } from '../../../src/ports.js';
import { EMPTY_STATE } from '../../../src/sync/state.js';
import { reconcile } from '../../../src/sync/reconcile.js';
import { FakeClock } from '../../support/clocks.js';
import { keyOf, schwabStage, type SchwabStage, type SchwabStageOptions } from '../../support/schwab-stage.js';

const EVERYTHING = { kind: null, account: null } as const;
/** A Tuesday, eleven in the morning in New York. */
const NOW = Date.UTC(2026, 10, 24, 16, 0, 0);
/** The supervisor's longest wait. */
const CAP_MS = 60_000;

describe('hiccups and outages of Schwab', () => {
  let stage: SchwabStage;
  let clock: FakeClock;
  let session: BrokerSession | null;
  let state = EMPTY_STATE;
  let ends: BrokerageError[];

  const events = {
    update: (update: BrokerUpdate): void => void (state = reconcile(state, update)),
    ended: (error: BrokerageError): void => void ends.push(error),
  };
  async function connect(): Promise<BrokerSession> {
    await session?.close();
    return (session = await stage.broker.open(events, new AbortController().signal));
  }
  /** A session that has looked twice, so that the next look is an ordinary one. */
  async function open(given: Partial<SchwabStageOptions> = {}): Promise<BrokerSession> {
    stage = await schwabStage({ clock, chance: () => 0, now: () => clock.now(), ...given });
    await stage.logIn();
    const opened = await connect();
    await opened.refresh(EVERYTHING);
    await opened.refresh(EVERYTHING);
    return opened;
  }
  const counters = (): BrokerCounters => stage.broker.counters?.() ?? assert.fail('nothing is counted');
  /** The addresses that were asked while `work` ran. */
  const asked = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    const before = stage.schwab.requests.length;
    await work();
    return stage.schwab.requests.slice(before).map(({ path }) => path.split('?')[0] ?? '');
  };
  const askedFor = async (word: string, work: () => Promise<unknown>): Promise<number> =>
    (await asked(work)).filter((path) => path.endsWith(word)).length;
  const look = async (): Promise<unknown> =>
    await session?.refresh(EVERYTHING).then(
      () => null,
      (error: unknown) => error,
    );
  const netLiquidations = () =>
    new Map([...state.accounts].map(([key, { balances }]) => [key, balances?.value.netLiquidation]));
  const truth = () =>
    new Map(
      stage.schwab.market
        .ledger()
        .schwab.accounts.map(({ accountNumber, netLiquidation }) => [keyOf(accountNumber), netLiquidation]),
    );
  const issues = () =>
    [...state.notices.values()].map(({ account, issue, of }) => `${account} ${of} ${issue.code}`).toSorted();

  beforeEach(() => {
    clock = new FakeClock(NOW);
    session = null;
    state = EMPTY_STATE;
    ends = [];
  });
  afterEach(async () => {
    await session?.close();
    assert.deepEqual(stage.schwab.violations, []);
    await stage.schwab.close();
    assert.equal(clock.pending, 0, 'a timer was left behind');
  });

  describe('that pass by themselves', () => {
    for (const where of ['/accounts$', '/orders$', '/transactions'])
      it(`are not noticed when one question in the middle of a look fails (${where.replace('$', '')})`, async () => {
        await open();
        stage.schwab.market.tick();
        clock.advance(11 * 60_000);
        const fault = stage.schwab.fault('schwab-status', `503x1@${where}`);
        assert.equal(await look(), null);
        fault.clear();
        assert.deepEqual(netLiquidations(), truth());
        assert.deepEqual(issues(), []);
        assert.deepEqual(ends, []);
        const { breaker, failures, retries } = counters();
        assert.deepEqual({ breaker, failures, retries }, { breaker: 'closed', failures: 1, retries: 1 });
        assert.equal(session?.nextLookMs?.(60_000), 15_000, 'it is polled as if something were wrong');
      });

    it('are not noticed when the connection is made, either', async () => {
      stage = await schwabStage({ clock, chance: () => 0, now: () => clock.now() });
      await stage.logIn();
      stage.schwab.fault('schwab-status', '503x2');
      await connect();
      assert.equal(counters().retries, 2);
    });

    it('wait as long as Schwab asks when that is short', async () => {
      await open();
      const fault = stage.schwab.fault('schwab-429', '3@/accounts$');
      const looking = look();
      while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
      fault.clear();
      clock.advance(3_000);
      assert.equal(await looking, null);
      assert.deepEqual(issues(), []);
    });

    it('do not keep a closed session waiting', async () => {
      await open();
      stage.schwab.fault('schwab-429', '3@/accounts$');
      const looking = look();
      while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
      await session?.close();
      const error = await looking;
      assert.ok(error instanceof ConnectionLost && error.code === 'closed');
    });

    it('are counted, attempt by attempt', async () => {
      await open();
      const before = counters();
      stage.schwab.fault('schwab-status', '503x2@/orders$');
      const paths = await asked(look);
      const { failures, requests, retries } = counters();
      assert.deepEqual(
        { requests: requests - before.requests, failures, retries },
        { requests: paths.length, failures: 2, retries: 2 },
      );
    });
  });

  describe('that last', () => {
    it('open the breaker after five failures; one trial goes out half a minute later', async () => {
      await open();
      const fault = stage.schwab.fault('schwab-status', '503@/orders$');
      assert.equal(await askedFor('/orders', look), 3);
      assert.equal(await askedFor('/orders', look), 2);
      assert.equal(counters().breaker, 'open');
      assert.equal(counters().nextTrialAt, clock.now() + 30_000);
      clock.advance(30_000);
      assert.equal(await askedFor('/orders', look), 1);
      assert.equal(counters().breaker, 'open');
      assert.deepEqual(
        ends.map(({ name }) => name),
        ['ConnectionLost'],
      );
      fault.clear();
    });

    it('cost nothing while the breaker is open, and the session is lost after three looks all the same', async () => {
      await open();
      stage.schwab.fault('schwab-status', '503@/orders$');
      await look();
      await look();
      assert.equal(await askedFor('/orders', look), 0);
      assert.match(ends[0]?.message ?? '', /503.*next trial goes out at 16:00:30 UTC/);
    });

    it('leave the transactions alone that do not come, and go on with the rest', async () => {
      await open();
      stage.schwab.fault('schwab-status', '503@/transactions');
      let sent = 0;
      for (let minute = 0; minute < 40; minute += 1) {
        clock.advance(60_000);
        sent += await askedFor('/transactions', look);
      }
      assert.deepEqual(netLiquidations(), truth());
      assert.deepEqual(ends, []);
      // Due from the tenth minute on: five failures, then trials after 30 s, 1, 2, 4 and each 5 minutes.
      assert.ok(sent >= 5 && sent <= 5 + 9, `${sent} requests in 30 minutes`);
    });

    it('are over with the first attempt of the supervisor after Schwab is back, however long it was away', async () => {
      await open();
      const fault = stage.schwab.fault('schwab-status', '503');
      for (let count = 0; count < 3; count += 1) await look();
      assert.equal(ends.length, 1);
      let sent = 0;
      for (let attempt = 0; attempt < 120; attempt += 1) {
        clock.advance(CAP_MS);
        sent += (await asked(async () => await assert.rejects(connect(), ConnectionLost))).length;
      }
      // Four of the five failures that open the breaker may be retries; then each attempt is one request.
      assert.ok(sent <= 120 + 4, `${sent} requests`);
      fault.clear();
      clock.advance(CAP_MS);
      await connect();
      assert.equal(counters().breaker, 'closed');
      assert.equal(await look(), null);
      assert.deepEqual(netLiquidations(), truth());
    });

    it('do not reach into a session that was opened anew', async () => {
      await open();
      const fault = stage.schwab.fault('schwab-status', '503@/orders$');
      await look();
      await look();
      assert.equal(counters().breaker, 'open');
      fault.clear();
      await connect();
      assert.equal(counters().breaker, 'closed');
      assert.equal(await look(), null);
    });

    it('are told from a login that is over, which a new login ends', async () => {
      await open();
      stage.schwab.revokeLogin();
      assert.ok((await look()) instanceof LoginRequired);
      assert.equal(counters().breaker, 'isolated');
      assert.equal(counters().nextTrialAt, null);
      await assert.rejects(connect(), LoginRequired);
      await stage.logIn();
      await connect();
      assert.equal(counters().breaker, 'closed');
      assert.equal(await look(), null);
    });
  });
});
