import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import * as fc from 'fast-check';
import {
  ConfigError,
  ConnectionLost,
  LoginRequired,
  ProtocolError,
  RateLimited,
  Rejected,
} from '../../src/errors.js';
import { boundedCall, CALL_MS, NoRetry, type BoundedCallOptions } from '../../src/resilience/bounded-call.js';
import { FakeClock } from '../support/clocks.js';
import { settled } from '../support/memory-broker.js';

const DETAILS = { broker: 'schwab', code: 'x' };
const lost = (message = 'Gone.') => new ConnectionLost(message, DETAILS);
const wait = (retryAfterMs: number) => new RateLimited('Wait.', { ...DETAILS, retryAfterMs });

type Work = (signal: AbortSignal, attempt: number) => Promise<string>;

/** A call at work, and what came of it. */
function call(work: Work, given: Partial<BoundedCallOptions<string>> = {}) {
  const clock = new FakeClock();
  const stop = new AbortController();
  /** When each attempt began. */
  const begun: number[] = [];
  let end: { readonly at: number; readonly value?: string; readonly error?: unknown } | null = null;
  boundedCall(
    async (signal, attempt) => {
      begun.push(clock.monotonic());
      return await work(signal, attempt);
    },
    {
      clock,
      chance: () => 0.5,
      signal: stop.signal,
      timedOut: () => lost('Too slow.'),
      mayRetry: () => true,
      ...given,
    },
  ).then(
    (value) => (end = { at: clock.monotonic(), value }),
    (error: unknown) => (end = { at: clock.monotonic(), error }),
  );
  return {
    begun,
    clock,
    stop,
    get end() {
      return end;
    },
    /** Lets time pass, timer by timer. */
    pass: async (ms: number, stepMs = 250): Promise<void> => {
      await settled();
      for (let passed = 0; passed < ms; passed += stepMs) {
        clock.advance(Math.min(stepMs, ms - passed));
        await settled();
      }
    },
  };
}

const failing =
  (...errors: readonly unknown[]): Work =>
  async (_signal, attempt) => {
    const error = errors[attempt - 1];
    if (error !== undefined) throw error;
    return `attempt ${attempt}`;
  };
/** Ends with its signal, as fetch does, and with an error of its own. */
const hanging: Work = (signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('fetch was cut off')), { once: true });
  });
const deaf: Work = () => new Promise(() => {});

describe('a bounded call', () => {
  it('tries again what passes by itself, after a wait that grows and is jittered', async () => {
    const calling = call(failing(lost(), new ProtocolError('Html.', DETAILS)));
    await calling.pass(10_000);
    assert.deepEqual(calling.end, { at: 1_500, value: 'attempt 3' });
    assert.deepEqual(calling.begun, [0, 500, 1_500]);
    assert.equal(calling.clock.pending, 0);
  });

  it('gives up after three tries, with the last error', async () => {
    const calling = call(failing(lost('1'), lost('2'), lost('3')));
    await calling.pass(10_000);
    assert.equal(calling.begun.length, 3);
    assert.match(String(calling.end?.error), /3/);
    assert.equal(calling.clock.pending, 0);
  });

  it('does not try again what only a person can mend, what was refused, and a mistake in the program', async () => {
    const errors = [
      new LoginRequired('Log in.', DETAILS),
      new ConfigError('Wrong.', { ...DETAILS, retrySlowly: true }),
      new ConfigError('Wrong.', { ...DETAILS, retrySlowly: false }),
      new Rejected('No.', DETAILS),
      new TypeError('x is not a function'),
      // p-retry takes these for a network's.
      new TypeError('fetch failed'),
      new SyntaxError('Unexpected token'),
      new NoRetry(lost('once only')),
    ];
    for (const error of errors) {
      const calling = call(failing(error));
      await calling.pass(10_000);
      assert.equal(calling.begun.length, 1, String(error));
      const thrown = error instanceof NoRetry ? error.originalError : error;
      assert.equal(calling.end?.error, thrown, 'another error than the one that was thrown');
    }
  });

  it('waits as long as it is asked to when that fits in, and not at all when it does not', async () => {
    const fitting = call(failing(wait(7_000)), { chance: () => 0 });
    await fitting.pass(CALL_MS);
    assert.deepEqual(fitting.end, { at: 7_000, value: 'attempt 2' });
    const twice = call(failing(wait(12_000), wait(7_001)), { chance: () => 0 });
    await twice.pass(CALL_MS);
    assert.equal(twice.end?.at, 12_000);
    assert.ok(twice.end?.error instanceof RateLimited);
    const tight = call(failing(wait(12_000), wait(7_000)), { chance: () => 0 });
    await tight.pass(CALL_MS);
    assert.deepEqual(tight.end, { at: 19_000, value: 'attempt 3' });
    const long = call(failing(wait(CALL_MS)), { chance: () => 0 });
    await settled();
    assert.equal(long.end?.at, 0);
    assert.ok(long.end?.error instanceof RateLimited);
  });

  it('gives an attempt ten seconds, and all of them twenty', async () => {
    for (const work of [hanging, deaf]) {
      const calling = call(work);
      await calling.pass(60_000);
      assert.deepEqual(calling.begun, [0, 10_500]);
      assert.equal(calling.end?.at, CALL_MS);
      assert.match(String(calling.end?.error), /Too slow/);
      assert.equal(calling.clock.pending, 0);
    }
  });

  it('tells the work that its time is over', async () => {
    const told: AbortSignal[] = [];
    const calling = call(async (signal) => {
      told.push(signal);
      return await deaf(signal, 1);
    });
    await calling.pass(9_750);
    assert.deepEqual(
      told.map(({ aborted }) => aborted),
      [false],
    );
    await calling.pass(250);
    assert.equal(told[0]?.aborted, true);
  });

  it('stops when nothing is left to spend', async () => {
    const calling = call(failing(lost()), { mayRetry: () => false });
    await settled();
    assert.equal(calling.begun.length, 1);
    assert.ok(calling.end?.error instanceof ConnectionLost);
  });

  it('asks whether it may try again only when it would', async () => {
    let asked = 0;
    const mayRetry = (): boolean => {
      asked += 1;
      return true;
    };
    const calling = call(failing(lost(), lost(), lost()), { mayRetry });
    await calling.pass(10_000);
    await call(failing(wait(CALL_MS)), { mayRetry }).pass(1_000);
    await call(failing(new Rejected('No.', DETAILS)), { mayRetry }).pass(1_000);
    assert.equal(asked, 2);
  });

  it('ends at once when it is told to: before, in an attempt, deaf or not, and between two', async () => {
    const reason = new Error('Closed.');
    for (const [work, afterMs] of [
      [hanging, 100],
      [deaf, 100],
      [failing(lost()), 100],
      [hanging, 10_250],
    ] as const) {
      const calling = call(work);
      await calling.pass(afterMs, afterMs);
      const count = calling.begun.length;
      calling.stop.abort(reason);
      await settled();
      assert.deepEqual(calling.end, { at: afterMs, error: reason });
      assert.equal(calling.clock.pending, 0, 'a timer was left behind');
      await calling.pass(30_000, 10_000);
      assert.equal(calling.begun.length, count, 'an attempt began after the end');
    }
    const never = call(failing(), { signal: AbortSignal.abort(reason) });
    await settled();
    assert.deepEqual(never.end, { at: 0, error: reason });
    assert.deepEqual(never.begun, []);
  });

  it('asks for no retry because of an attempt that was called off, whatever the reason is', async () => {
    let asked = 0;
    const calling = call(hanging, { mayRetry: () => (asked += 1) > 0 });
    await settled();
    const reason = lost('Closed.');
    calling.stop.abort(reason);
    await calling.pass(1_000);
    assert.equal(asked, 0);
    assert.equal(calling.end?.error, reason);
  });

  it('leaves no listener at a signal that outlives it', async () => {
    const { signal } = new AbortController();
    const listening = (): number => getEventListeners(signal, 'abort').length;
    for (const work of [failing(), failing(lost()), failing(new Rejected('No.', DETAILS)), deaf]) {
      const calling = call(work, { signal });
      await settled();
      assert.ok(calling.end !== null || listening() > 0);
      await calling.pass(60_000, 1_000);
      assert.equal(listening(), 0);
    }
  });

  it('makes an error of whatever is thrown', async () => {
    const calling = call(failing('a text'));
    await calling.pass(1_000);
    assert.equal(calling.begun.length, 1);
    assert.ok(calling.end?.error instanceof Error);
  });

  it('puts what stands around an attempt around its time limit, too', async () => {
    const seen: string[] = [];
    const calling = call(deaf, {
      around: async (attempt) => {
        try {
          return await attempt();
        } catch (error) {
          seen.push(String(error));
          throw error;
        }
      },
    });
    await calling.pass(CALL_MS);
    assert.deepEqual(seen, ['ConnectionLost: Too slow.', 'ConnectionLost: Too slow.']);
  });

  it('never has more than three tries, lasts no longer than twenty seconds, and leaves no timer', async () => {
    const outcomes = fc.constantFrom('lost', 'wait', 'long-wait', 'hang', 'deaf', 'rejected', 'good');
    const plans = fc.array(fc.record({ what: outcomes, afterMs: fc.integer({ min: 0, max: 15_000 }) }), {
      minLength: 3,
      maxLength: 3,
    });
    const stops = fc.option(fc.integer({ min: 0, max: 25_000 }), { nil: null });
    const chances = fc.double({ min: 0, max: 0.999, noNaN: true });
    await fc.assert(
      fc.asyncProperty(plans, chances, stops, async (plan, chance, stopAtMs) => {
        const calling: ReturnType<typeof call> = call(
          async (signal, attempt) => {
            const { afterMs, what } = plan[attempt - 1] ?? { what: 'good', afterMs: 0 };
            if (what === 'hang' || what === 'deaf')
              return await (what === 'deaf' ? deaf : hanging)(signal, attempt);
            await new Promise<void>((resolve) => {
              const timer = calling.clock.after(afterMs, resolve);
              signal.addEventListener('abort', () => timer.cancel());
            });
            if (what === 'lost') throw lost();
            if (what === 'wait') throw wait(3_000);
            if (what === 'long-wait') throw wait(60_000);
            if (what === 'rejected') throw new Rejected('No.', DETAILS);
            return what;
          },
          { chance: () => chance },
        );
        if (stopAtMs !== null) calling.clock.after(stopAtMs, () => calling.stop.abort());
        await calling.pass(26_000, 500);
        assert.ok(calling.begun.length <= 3);
        assert.ok(calling.end !== null && calling.end.at <= CALL_MS, `ended at ${calling.end?.at}`);
        if (stopAtMs !== null) assert.ok(calling.end.at <= Math.max(stopAtMs, 0) + 500);
        assert.equal(calling.clock.pending, 0);
      }),
      { numRuns: 150 },
    );
  });
});
