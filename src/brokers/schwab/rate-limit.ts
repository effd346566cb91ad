import { RateLimited } from '../../errors.js';
import type { Clock } from '../../ports.js';
import { pause } from '../../resilience/pause.js';
import { abortable, closed } from './abortable.js';

const WINDOW_MS = 60_000;
/** Half of what others report as Schwab's limit (Schwabdev, docs/api.md: 120 a minute). */
const REQUESTS_PER_MINUTE = 60;
/** Timers fire a little before their time now and then: whoever has waited as long as was asked is not refused. */
const A_MOMENT_MS = 100;

/** At most so many requests in any minute, for everything that uses one app key. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perMinute: number;
  readonly #sent: number[] = [];
  #blockedUntil = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(clock: Clock, perMinute = REQUESTS_PER_MINUTE) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** Whether this minute has a turn left, whatever Schwab said. */
  get hasRoom(): boolean {
    this.#forgetOld(this.#clock.monotonic());
    return this.#sent.length < this.#perMinute;
  }

  /** Schwab said to wait: nobody sends anything before. */
  block(waitMs: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#clock.monotonic() + waitMs);
  }

  /**
   * Resolves when one request may go out, in the order of asking.
   * @throws RateLimited while Schwab wants none, ConnectionLost when the signal says stop
   */
  async take(signal: AbortSignal): Promise<void> {
    const turn = this.#turn.then(async () => await this.#next(signal));
    // The queue goes on after one that gave up; whoever gives up does not wait for its turn.
    this.#turn = turn.catch(() => undefined);
    await abortable(turn, signal);
  }

  async #next(signal: AbortSignal): Promise<void> {
    for (;;) {
      if (signal.aborted) throw closed();
      const now = this.#clock.monotonic();
      const blockedMs = this.#blockedUntil - now;
      if (blockedMs > A_MOMENT_MS) throw stillBlocked(blockedMs);
      if (blockedMs > 0) {
        await pause(blockedMs, this.#clock, signal);
        continue;
      }
      this.#forgetOld(now);
      const [oldest] = this.#sent;
      if (oldest === undefined || this.#sent.length < this.#perMinute) {
        this.#sent.push(now);
        return;
      }
      await pause(oldest + WINDOW_MS - now, this.#clock, signal);
    }
  }

  #forgetOld(now: number): void {
    while (this.#sent[0] !== undefined && now - this.#sent[0] >= WINDOW_MS) this.#sent.shift();
  }
}

/** One limit for each app key, however many connections use it. */
export function rateLimits(clock: Clock): (appKey: string) => RateLimit {
  const limits = new Map<string, RateLimit>();
  return (appKey) => {
    const limit = limits.get(appKey) ?? new RateLimit(clock);
    limits.set(appKey, limit);
    return limit;
  };
}

function stillBlocked(waitMs: number): RateLimited {
  const message = `Schwab asked for a pause; the next request goes out in ${Math.ceil(waitMs / 1000)} s.`;
  return new RateLimited(message, { broker: 'schwab', code: 'paused', retryAfterMs: waitMs });
}
