import assert from 'node:assert/strict';
import { RateLimit, rateLimits } from '../../../src/brokers/schwab/rate-limit.js';
import { retryAfterMs } from '../../../src/brokers/schwab/retry-after.js';
import { ConnectionLost, RateLimited } from '../../../src/errors.js';
import { FakeClock } from '../../support/clocks.js';
import { settled } from '../../support/memory-broker.js';

const GO_ON = new AbortController().signal;

describe('the rate limit of an app key', () => {
  it('lets no more than its number through in any minute, in the order of asking', async () => {
    const clock = new FakeClock();
    const limit = new RateLimit(clock, 3);
    const passed: number[] = [];
    for (let index = 0; index < 7; index += 1) void limit.take(GO_ON).then(() => passed.push(index));
    await settled();
    assert.deepEqual(passed, [0, 1, 2]);
    clock.advance(59_999);
    await settled();
    assert.deepEqual(passed, [0, 1, 2]);
    clock.advance(1);
    await settled();
    assert.deepEqual(passed, [0, 1, 2, 3, 4, 5]);
    clock.advance(60_000);
    await settled();
    assert.deepEqual(passed, [0, 1, 2, 3, 4, 5, 6]);
  });

  it('says whether this minute has a turn left', async () => {
    const clock = new FakeClock();
    const limit = new RateLimit(clock, 1);
    assert.equal(limit.hasRoom, true);
    await limit.take(GO_ON);
    assert.equal(limit.hasRoom, false);
    clock.advance(60_000);
    assert.equal(limit.hasRoom, true);
  });

  it('lets whoever gives up go at once, and does not count him', async () => {
    const clock = new FakeClock();
    const limit = new RateLimit(clock, 1);
    await limit.take(GO_ON);
    const giveUp = new AbortController();
    const first = limit.take(GO_ON);
    const second = limit.take(giveUp.signal);
    const third = limit.take(GO_ON);
    giveUp.abort();
    await assert.rejects(second, ConnectionLost);
    clock.advance(60_000);
    await first;
    clock.advance(60_000);
    await third;
    assert.equal(clock.pending, 0);
  });

  it('refuses at once while Schwab wants a pause, and says how long', async () => {
    const clock = new FakeClock();
    const limit = new RateLimit(clock);
    limit.block(90_000);
    clock.advance(30_000);
    await assert.rejects(limit.take(GO_ON), (error: unknown) => {
      assert.ok(error instanceof RateLimited);
      assert.equal(error.retryAfterMs, 60_000);
      return /60 s/.test(error.message);
    });
    clock.advance(60_000);
    await limit.take(GO_ON);
  });

  it('does not refuse whom a timer wakes a moment before the pause is over', async () => {
    const clock = new FakeClock();
    const limit = new RateLimit(clock);
    limit.block(7_000);
    clock.advance(6_999);
    let hasTurn = false;
    const turn = limit.take(GO_ON).then(() => (hasTurn = true));
    await settled();
    assert.equal(hasTurn, false);
    clock.advance(1);
    await turn;
  });

  it('is one for everything that uses the key, and another for another key', async () => {
    const clock = new FakeClock();
    const limitOf = rateLimits(clock);
    assert.equal(limitOf('a'), limitOf('a'));
    limitOf('a').block(1_000);
    await limitOf('b').take(GO_ON);
  });
});

describe('Retry-After', () => {
  const at = Date.UTC(2026, 10, 24, 15, 0, 0);

  it('is seconds, or a date, and a minute when it says nothing', () => {
    assert.equal(retryAfterMs('30', at), 30_000);
    assert.equal(retryAfterMs('Tue, 24 Nov 2026 15:02:00 GMT', at), 120_000);
    for (const nothing of [null, '', 'soon', '-5', '1e9']) {
      const wait = retryAfterMs(nothing, at);
      assert.ok(wait >= 1_000 && wait <= 300_000, String(nothing));
    }
    assert.equal(retryAfterMs(null, at), 60_000);
  });

  it('is at least a second and at most five minutes', () => {
    assert.equal(retryAfterMs('0', at), 1_000);
    assert.equal(retryAfterMs('Tue, 24 Nov 2026 14:00:00 GMT', at), 1_000);
    assert.equal(retryAfterMs('86400', at), 300_000);
  });
});
