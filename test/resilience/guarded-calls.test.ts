import assert from 'node:assert/strict';
import { ConfigError, ConnectionLost, LoginRequired, RateLimited, Rejected } from '../../src/errors.js';
import { BREAKER_OPEN } from '../../src/resilience/endpoint-breaker.js';
import { GuardedCalls } from '../../src/resilience/guarded-calls.js';
import { FakeClock } from '../support/clocks.js';

const DETAILS = { broker: 'schwab', code: '503' };
const lost = () => new ConnectionLost('Schwab cannot answer (503).', DETAILS);

function setUp() {
  const clock = new FakeClock();
  const calls = new GuardedCalls({ broker: 'schwab', clock, chance: () => 0 });
  let sent = 0;
  const ask = async (outcome: unknown, given: Partial<Parameters<GuardedCalls['call']>[1]> = {}) =>
    await calls
      .call(
        async () => {
          sent += 1;
          if (outcome instanceof Error) throw outcome;
          return outcome;
        },
        {
          endpoint: 'accounts',
          signal: new AbortController().signal,
          prepare: async () => {},
          timedOut: lost,
          hasRoom: () => true,
          ...given,
        },
      )
      .catch((error: unknown) => error);
  /** How many attempts went out while `work` ran. */
  const during = async (work: () => Promise<unknown>): Promise<number> => {
    const before = sent;
    await work();
    return sent - before;
  };
  /** Fails until the endpoint is given up. */
  const giveUp = async (): Promise<void> => {
    while (calls.counters.breaker === 'closed') await ask(lost());
  };
  return { ask, calls, clock, during, giveUp };
}

describe('the calls of a connection', () => {
  it('gives an endpoint up after five failures, retries among them, and says when it is tried again', async () => {
    const { ask, calls, clock, during } = setUp();
    assert.equal(await during(async () => await ask(lost())), 3);
    assert.equal(await during(async () => await ask(lost())), 2);
    clock.advance(1_000);
    let refusal: unknown = null;
    assert.equal(await during(async () => (refusal = await ask('never'))), 0);
    assert.ok(refusal instanceof ConnectionLost && refusal.code === BREAKER_OPEN);
    assert.match(refusal.message, /503.*next trial goes out at 15:00:30 UTC/);
    assert.deepEqual(calls.counters, {
      requests: 5,
      failures: 5,
      recent: { requests: 5, failures: 5 },
      retries: 3,
      breaker: 'open',
      nextTrialAt: clock.now() + 29_000,
    });
  });

  it('sends one trial when it is due, without a retry, and goes on when that succeeds', async () => {
    const { ask, calls, clock, during, giveUp } = setUp();
    await giveUp();
    clock.advance(30_000);
    assert.equal(await during(async () => await ask(lost())), 1);
    clock.advance(59_999);
    assert.equal(await during(async () => await ask('early')), 0);
    clock.advance(1);
    assert.equal(await ask('good'), 'good');
    assert.equal(calls.counters.breaker, 'closed');
    assert.equal(calls.counters.nextTrialAt, null);
  });

  it('has one trial out, however many ask', async () => {
    const { ask, clock, during, giveUp } = setUp();
    await giveUp();
    clock.advance(30_000);
    const answers: unknown[] = [];
    const many = async (): Promise<void> =>
      void answers.push(...(await Promise.all([ask('good'), ask('good'), ask('good')])));
    assert.equal(await during(many), 1);
    assert.equal(answers.filter((answer) => answer === 'good').length, 1);
  });

  it('gives up one endpoint and not its neighbours', async () => {
    const { ask, giveUp } = setUp();
    await giveUp();
    assert.equal(await ask('good', { endpoint: 'orders' }), 'good');
  });

  it('does not hold refusals of our own making, nor being told to wait, against an endpoint', async () => {
    const { ask, calls, during } = setUp();
    const wait = new RateLimited('Wait.', { ...DETAILS, retryAfterMs: 60_000 });
    for (const error of [new Rejected('No.', DETAILS), wait, new TypeError('a mistake')])
      assert.equal(
        await during(async () => await Promise.all(Array.from({ length: 9 }, () => ask(error)))),
        9,
      );
    assert.equal(calls.counters.breaker, 'closed');
    assert.equal(calls.counters.failures, 0);
  });

  it('does not count what was called off, neither as a failure nor against the trial', async () => {
    const { ask, calls, clock, giveUp } = setUp();
    await giveUp();
    const { failures } = calls.counters;
    clock.advance(30_000);
    const stop = new AbortController();
    const asked = calls.call(
      async () => {
        stop.abort();
        throw lost();
      },
      {
        endpoint: 'accounts',
        signal: stop.signal,
        prepare: async () => {},
        timedOut: lost,
        hasRoom: () => true,
      },
    );
    await assert.rejects(asked);
    assert.equal(calls.counters.failures, failures);
    assert.equal(await ask('good'), 'good');
  });

  it('asks nothing more where only the user can help, until somebody tries anew', async () => {
    for (const error of [
      new LoginRequired('Log in.', DETAILS),
      new ConfigError('Wrong app.', { ...DETAILS, retrySlowly: false }),
    ]) {
      const { ask, calls, clock, during } = setUp();
      await ask(error);
      assert.equal(calls.counters.breaker, 'isolated');
      clock.advance(24 * 3_600_000);
      assert.equal(await during(async () => assert.equal(await ask('never'), error)), 0);
      calls.allowTrials();
      assert.equal(await ask('good'), 'good');
      assert.equal(calls.counters.breaker, 'closed');
    }
  });

  it('is isolated, too, when what a call needs cannot be had without the user', async () => {
    const { ask, calls, during } = setUp();
    const ended = new LoginRequired('Log in.', DETAILS);
    const prepare = async (): Promise<void> => {
      throw ended;
    };
    assert.equal(await during(async () => assert.equal(await ask('never', { prepare }), ended)), 0);
    assert.equal(calls.counters.breaker, 'isolated');
    calls.reset();
    const passing = async (): Promise<void> => {
      throw lost();
    };
    for (let time = 0; time < 9; time += 1) await ask('never', { prepare: passing });
    assert.equal(calls.counters.breaker, 'closed');
  });

  it('forgets what was wrong when it has been mended', async () => {
    const { ask, calls, giveUp } = setUp();
    await giveUp();
    calls.reset();
    assert.equal(await ask('good'), 'good');
  });

  it('retries no more than its budget, whatever the endpoint, and again when time has passed', async () => {
    const { ask, calls, clock, during } = setUp();
    const each = async (): Promise<void> => {
      for (let number = 0; number < 9; number += 1) await ask(lost(), { endpoint: `account ${number}` });
    };
    assert.equal(await during(each), 9 + 3);
    assert.equal(calls.counters.retries, 3);
    clock.advance(5 * 60_000);
    assert.equal(await during(async () => await ask(lost(), { endpoint: 'orders' })), 3);
  });

  it('does not queue for a retry, and pays nothing for the one that it did not make', async () => {
    const { ask, calls, during } = setUp();
    assert.equal(await during(async () => await ask(lost(), { hasRoom: () => false })), 1);
    assert.equal(calls.counters.retries, 0);
  });
});
