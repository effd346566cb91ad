import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { LoginRequired, RateLimited } from '../../../src/errors.js';
import { refusalOf } from '../../../src/brokers/schwab/stream/address.js';
import { converse } from '../../../src/brokers/schwab/stream/conversation.js';
import { News } from '../../../src/brokers/schwab/stream/news.js';
import { endingOf, nextStep } from '../../../src/brokers/schwab/stream/next-step.js';
import { pause, within } from '../../../src/brokers/schwab/stream/waiting.js';
import { WakeUps } from '../../../src/brokers/schwab/stream/wake-ups.js';
import { FakeClock } from '../../support/clocks.js';
import { scriptedStreamer } from '../../support/scripted-streamer.js';

describe('where the access token may go', () => {
  it('is a host of schwab.com over wss, or a loopback address', () => {
    for (const url of [
      'wss://streamer-api.schwab.com/ws',
      'wss://STREAMER-API.schwab.com:443/ws',
      'ws://127.0.0.1:8080/ws',
      'ws://localhost:8080',
      'ws://[::1]:8080',
      'wss://127.0.0.1/ws',
    ])
      assert.equal(refusalOf(url), null, url);
  });

  it('is nowhere else, however much it looks like it', () => {
    for (const url of [
      'ws://streamer-api.schwab.com/ws',
      'https://streamer-api.schwab.com/ws',
      'wss://schwab.com.example/ws',
      'wss://evilschwab.com/ws',
      'wss://streamer-api.schwab.com@example.com/ws',
      'wss://user:pass@streamer-api.schwab.com/ws',
      'wss://example.com/streamer-api.schwab.com',
      'wss://example.com#.schwab.com',
      'wss://streamer-api.schwab.com/ws#x',
      'wss://127.0.0.1.example.com/',
      'wss://localhost.example.com/',
      'ws://10.0.0.1/ws',
      'file:///etc/passwd',
      '',
      'streamer',
    ])
      assert.equal(typeof refusalOf(url), 'string', url);
    assert.equal(
      refusalOf('wss://example.com/ws'),
      'The access token is not sent to wss://example.com: it is not wss to a host of schwab.com. Polling goes on.',
    );
  });
});

describe('what follows an ending', () => {
  const lost = { kind: 'lost', reason: 'cut' } as const;
  const waitAfter = (endings: number, chance: number): number | null => {
    const step = nextStep(lost, { endings, refusals: 0 }, () => chance);
    return step.kind === 'wait' ? step.delayMs : null;
  };

  it('is a wait between 1 s and a bound that doubles up to 5 min', () => {
    assert.deepEqual(
      [0, 1, 2, 7, 8, 5_000].map((endings) => waitAfter(endings, 0)),
      [1_000, 1_000, 1_000, 1_000, 1_000, 1_000],
    );
    assert.deepEqual(
      [0, 1, 2, 7, 8, 5_000].map((endings) => waitAfter(endings, 0.5)),
      [1_500, 2_500, 4_500, 128_500, 150_500, 150_500],
    );
    assert.ok((waitAfter(5_000, 0.999_999) ?? 0) <= 300_000);
  });

  it('is as long a wait as a rate limit asks for, up to 5 min', () => {
    const limited = (retryAfterMs: number): unknown =>
      nextStep(
        endingOf(new RateLimited('Slow down.', { broker: 'schwab', code: '429', retryAfterMs })),
        { endings: 0, refusals: 0 },
        () => 0,
      );
    assert.deepEqual(limited(30_000), { kind: 'wait', reason: 'Slow down.', delayMs: 30_000 });
    assert.deepEqual(limited(86_400_000), { kind: 'wait', reason: 'Slow down.', delayMs: 300_000 });
  });

  it('is the end where a person has to log in, and shows no message of an unknown error', () => {
    assert.deepEqual(endingOf(new LoginRequired('Log in again.', { broker: 'schwab', code: 'login' })), {
      kind: 'final',
      reason: 'Log in again.',
    });
    assert.deepEqual(endingOf(new Error('token abc')), {
      kind: 'lost',
      reason: 'The login for Schwab’s streamer could not be prepared.',
    });
  });
});

describe('wake-ups', () => {
  const started = (): { clock: FakeClock; wakeUps: WakeUps; at: number[] } => {
    const clock = new FakeClock();
    const at: number[] = [];
    return { clock, at, wakeUps: new WakeUps(clock, () => at.push(clock.monotonic())) };
  };

  it('come after 1.5 s of quiet and once more 10 s later', () => {
    const { at, clock, wakeUps } = started();
    wakeUps.happened();
    clock.advance(1_000);
    wakeUps.happened();
    clock.advance(60_000);
    assert.deepEqual(at, [2_500, 12_500]);
    assert.equal(clock.pending, 0);
  });

  it('are put off for 5 s at most while events keep coming', () => {
    const { at, clock, wakeUps } = started();
    for (let second = 0; second < 12; second += 1) {
      wakeUps.happened();
      clock.advance(1_000);
    }
    clock.advance(60_000);
    assert.deepEqual(at, [5_000, 10_000, 12_500, 22_500]);
  });

  it('leave no timer when closed', () => {
    const { at, clock, wakeUps } = started();
    wakeUps.happened();
    clock.advance(2_000);
    wakeUps.happened();
    wakeUps.close();
    assert.equal(clock.pending, 0);
    assert.equal(at.length, 1);
  });
});

describe('news', () => {
  it('is what was not told within 5 minutes; what has no identity always is', () => {
    const clock = new FakeClock();
    const news = new News(clock);
    assert.deepEqual([news.isNew('a'), news.isNew('a'), news.isNew('b')], [true, false, true]);
    assert.deepEqual([news.isNew(null), news.isNew(null)], [true, true]);
    clock.advance(299_999);
    assert.equal(news.isNew('a'), false);
    clock.advance(1);
    assert.equal(news.isNew('a'), true);
  });

  it('does not keep more than 1,000', () => {
    const news = new News(new FakeClock());
    for (let n = 0; n < 5_000; n += 1) news.isNew(String(n));
    assert.deepEqual([news.isNew('4999'), news.isNew('0')], [false, true]);
  });
});

describe('what runs for weeks', () => {
  it('leaves no listener at the signal and no timer after an attempt, a wait or a login', async () => {
    const server = await scriptedStreamer((_request, line) => line.cut());
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const login = {
      url: server.url,
      customerId: 'customer',
      correlId: 'correl',
      channel: 'N9',
      functionId: 'APIAPP',
      accessToken: 'token',
    };
    const { ending } = await converse(
      { clock, login, onSubscribed: assert.fail, onFrame: () => assert.fail('a frame') },
      signal,
    );
    assert.equal(ending.kind, 'lost');
    const paused = pause(clock, 1_000, signal);
    clock.advance(1_000);
    await paused;
    const limits = { clock, ms: 1_000, signal };
    assert.equal(await within(Promise.resolve(1), limits), 1);
    await assert.rejects(within(Promise.reject(new Error('no')), limits), /no/);
    const late = within(new Promise(() => undefined), limits);
    clock.advance(1_000);
    assert.equal(await late, null);
    assert.deepEqual([getEventListeners(signal, 'abort').length, clock.pending], [0, 0]);
    await server.close();
  });
});
