import type { Clock } from '../../../ports.js';

const REMEMBERED_FOR_MS = 5 * 60_000;
const REMEMBERED_AT_MOST = 1_000;

/**
 * Tells an event from its repetition (Schwab sends some twice, API guide). Not for ever: an order that lives
 * for days is routed anew each morning, and that has the identity of the day before.
 */
export class News {
  readonly #clock: Clock;
  /** identity → when it was first seen, monotonic; oldest first */
  readonly #seen = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isNew(identity: string | null): boolean {
    if (identity === null) return true;
    this.#forget();
    if (this.#seen.has(identity)) return false;
    this.#seen.set(identity, this.#clock.monotonic());
    return true;
  }

  #forget(): void {
    const before = this.#clock.monotonic() - REMEMBERED_FOR_MS;
    for (const [identity, at] of this.#seen) {
      if (at > before && this.#seen.size < REMEMBERED_AT_MOST) return;
      this.#seen.delete(identity);
    }
  }
}
