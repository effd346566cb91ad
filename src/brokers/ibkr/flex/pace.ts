import { createHash } from 'node:crypto';
import { RateLimited } from '../../../errors.js';
import type { Clock } from '../../../ports.js';
import { pause } from './waiting.js';

/** IBKR takes one request a second and ten a minute of a token; what is left is for the user's own scripts. */
const GAP_MS = 1_100;
const WINDOW_MS = 60_000;
const PER_WINDOW = 8;

/** When requests with one token may go out. */
export class FlexPace {
  readonly #clock: Clock;
  /** When the last requests went out, on the monotonic clock; never more than a window holds. */
  #sent: readonly number[] = [];
  #paused: { readonly until: number; readonly refusal: RateLimited } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nobody sends anything for as long as the refusal says, and hears it instead. */
  pause(refusal: RateLimited): void {
    const until = this.#clock.monotonic() + refusal.retryAfterMs;
    if (this.#paused === null || this.#paused.until < until) this.#paused = { until, refusal };
  }

  /**
   * Resolves when one request may go out; it then counts as sent.
   * @throws RateLimited during a pause, ConnectionLost as soon as the signal says stop
   */
  async take(signal: AbortSignal): Promise<void> {
    for (;;) {
      // Looked at after each wait: timers come late on a busy machine, and others wait as well.
      const now = this.#clock.monotonic();
      if (this.#paused !== null && now < this.#paused.until) throw stillPaused(this.#paused, now);
      const delayMs = untilNext(this.#sent, now);
      if (delayMs > 0 || signal.aborted) {
        await pause(delayMs, this.#clock, signal);
        continue;
      }
      this.#sent = [...this.#sent, now].slice(-PER_WINDOW);
      return;
    }
  }
}

/** Milliseconds until another request is allowed; not above 0 = now. */
function untilNext(sent: readonly number[], now: number): number {
  const last = sent.at(-1);
  const first = sent.at(-PER_WINDOW);
  return Math.max(
    last === undefined ? 0 : last + GAP_MS - now,
    first === undefined ? 0 : first + WINDOW_MS - now,
  );
}

function stillPaused(
  { until, refusal }: { readonly until: number; readonly refusal: RateLimited },
  now: number,
): RateLimited {
  const retryAfterMs = until - now;
  const minutes = Math.ceil(retryAfterMs / 60_000);
  const message = `${refusal.message} The next request goes out in ${minutes} min.`;
  return new RateLimited(message, { broker: 'ibkr', code: refusal.code, retryAfterMs });
}

/** One pace for each token, however many connections use it, for as long as the process lives. */
export function flexPaces(clock: Clock): (token: string) => FlexPace {
  /** digest of the token → its pace */
  const paces = new Map<string, FlexPace>();
  return (token) => {
    const name = createHash('sha256').update(token).digest('hex');
    const pace = paces.get(name) ?? new FlexPace(clock);
    paces.set(name, pace);
    return pace;
  };
}
