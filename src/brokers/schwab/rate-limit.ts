import { RateLimited } from '../../errors.js';
import type { Clock } from '../../ports.js';
import { abortable, closed } from './abortable.js';

const WINDOW_MS = 60_000;
/** Half of what others report as Schwab's limit (Schwabdev, docs/api.md: 120 a minute). */
const REQUESTS_PER_MINUTE = 60;

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
      if (now < this.#blockedUntil) throw stillBlocked(this.#blockedUntil - now);
      while (this.#sent[0] !== undefined && now - this.#sent[0] >= WINDOW_MS) this.#sent.shift();
      const [oldest] = this.#sent;
      if (oldest === undefined || this.#sent.length < this.#perMinute) {
        this.#sent.push(now);
        return;
      }
      await this.#wait(oldest + WINDOW_MS - now, signal);
    }
  }

  async #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const stop = (): void => {
        timer.cancel();
        resolve();
      };
      const timer = this.#clock.after(delayMs, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      signal.addEventListener('abort', stop, { once: true });
    });
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
