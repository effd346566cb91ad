import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ConnectionLost, RateLimited } from '../../../../src/errors.js';
import { flexPaces, type FlexPace } from '../../../../src/brokers/ibkr/flex/index.js';
import { FakeClock } from '../../../support/clocks.js';
import { flexStage } from '../../../support/flex-stage.js';

const GAP_MS = 1_100;
const NEVER = new AbortController().signal;
const refusal = (retryAfterMs: number): RateLimited =>
  new RateLimited('Too many requests.', { broker: 'ibkr', code: '1018', retryAfterMs });

/** Lets promises go as far as they come. */
const settle = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

function assertWithinPace(sent: readonly number[]): void {
  sent.forEach((at, index) => {
    const before = sent[index - 1];
    if (before !== undefined) assert.ok(at - before >= GAP_MS, `${at - before} ms after the one before`);
    const inMinute = sent.filter((other) => other <= at && at - other < 60_000);
    assert.ok(inMinute.length <= 8, `${inMinute.length} in a minute`);
  });
}

describe('the pace of requests with a Flex token', () => {
  let clock: FakeClock;
  let pace: FlexPace;
  beforeEach(() => {
    clock = new FakeClock();
    pace = flexPaces(clock)('token');
  });

  it('is one for each token, whoever asks', () => {
    const paces = flexPaces(clock);
    assert.equal(paces('a'), paces('a'));
    assert.notEqual(paces('a'), paces('b'));
  });

  it('lets the first go at once', async () => {
    await pace.take(NEVER);
    assert.equal(clock.pending, 0);
  });

  it('keeps its distance and its number, however many ask at whatever times', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ waitMs: fc.integer({ min: 0, max: 20_000 }), many: fc.integer({ min: 1, max: 5 }) }),
          {
            maxLength: 15,
          },
        ),
        async (askings) => {
          const time = new FakeClock();
          const one = flexPaces(time)('token');
          const sent: number[] = [];
          const takes: Promise<void>[] = [];
          for (const { many, waitMs } of askings) {
            time.advance(waitMs);
            for (let i = 0; i < many; i += 1)
              takes.push(one.take(new AbortController().signal).then(() => void sent.push(time.monotonic())));
            await settle();
          }
          for (let i = 0; i < 2_000 && sent.length < takes.length; i += 1) {
            time.advance(500);
            await settle();
          }
          await Promise.all(takes);
          assert.equal(sent.length, takes.length);
          assertWithinPace(sent);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('looks at the time again after a wait: a machine that was busy must not send two at once', async () => {
    const sent: number[] = [];
    for (let i = 0; i < 3; i += 1) void pace.take(NEVER).then(() => sent.push(clock.monotonic()));
    await settle();
    // All timers that were due in the meantime fire together.
    clock.advance(10_000);
    await settle();
    assert.deepEqual(sent, [0, 10_000]);
    clock.advance(GAP_MS);
    await settle();
    assert.deepEqual(sent, [0, 10_000, 11_100]);
  });

  it('pauses for as long as it was told, and says why and for how long', async () => {
    const waiting = pace.take(NEVER).then(async () => await pace.take(NEVER));
    await settle();
    pace.pause(refusal(60_000));
    pace.pause(refusal(1_000));
    clock.advance(2_000);
    await assert.rejects(waiting, RateLimited);
    await assert.rejects(
      pace.take(NEVER),
      (error) => error instanceof RateLimited && error.retryAfterMs === 58_000 && error.code === '1018',
    );
    clock.advance(58_000);
    await pace.take(NEVER);
  });

  it('gives up at once when told to, and leaves no timer', async () => {
    const giveUp = new AbortController();
    await pace.take(NEVER);
    const waiting = pace.take(giveUp.signal);
    await settle();
    assert.equal(clock.pending, 1);
    giveUp.abort();
    await assert.rejects(waiting, ConnectionLost);
    assert.equal(clock.pending, 0);
    await assert.rejects(pace.take(giveUp.signal), ConnectionLost);
  });

  it('holds against a service that counts, whatever is asked and whatever fails', async function () {
    this.timeout(60_000);
    const faults = [
      '',
      'code=1001*2',
      'code=1019*6',
      'code=1017*1',
      'http=500*1',
      'code=1003*2',
      'truncated*1',
      'code=1004*1',
    ];
    const acts = fc.array(
      fc.record({
        fault: fc.constantFrom(...faults),
        act: fc.constantFrom('open', 'open twice', 'refresh', 'refresh'),
        waitMs: fc.constantFrom(0, 500, 61_000, 3_600_000, 8 * 3_600_000),
      }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(acts, async (steps) => {
        const stage = await flexStage();
        const { broker, clock: time, ear, flex, signal } = stage;
        try {
          let session = await time.drive(broker.open(ear, signal));
          for (const { act, fault, waitMs } of steps) {
            time.advance(waitMs);
            flex.clearFaults();
            if (fault !== '') flex.fault(fault);
            if (act === 'refresh')
              await time.drive(Promise.allSettled([session.refresh({ kind: null, account: null })]));
            else {
              const openings =
                act === 'open'
                  ? [broker.open(ear, signal)]
                  : [broker.open(ear, signal), broker.open(ear, signal)];
              for (const opened of await time.drive(Promise.allSettled(openings)))
                if (opened.status === 'fulfilled') session = opened.value;
            }
          }
          assertWithinPace(flex.requests.map(({ at }) => at));
          assert.ok(!flex.requests.some(({ code }) => code === 1018), 'the service found them too many');
        } finally {
          await flex.close();
        }
      }),
      { numRuns: 15 },
    );
  });
});
