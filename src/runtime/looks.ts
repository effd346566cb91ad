import type { Clock, Timer } from '../ports.js';

/**
 * What vanished or was refused is asked for again so soon, and so soon after that: what is still in doubt then waits for
 * the next poll.
 */
const LOOK_AGAIN_MS: readonly number[] = [1_000, 1_000];

/** When everything is asked for again: by the poll, and at a second look in between. */
export class Looks {
  readonly #clock: Clock;
  readonly #look: () => void;
  #pollTimer: Timer | null = null;
  #secondTimer: Timer | null = null;
  /** Second looks since the last poll. */
  #seconds = 0;

  constructor(clock: Clock, look: () => void) {
    this.#clock = clock;
    this.#look = look;
  }

  /** Whether a poll is waited for. */
  get isWaiting(): boolean {
    return this.#pollTimer !== null;
  }

  begin(): void {
    this.#seconds = 0;
    this.#look();
  }

  /** The next poll, instead of the one that was waited for. */
  after(delayMs: number): void {
    this.#pollTimer?.cancel();
    this.#pollTimer = this.#clock.after(delayMs, () => this.begin());
  }

  again(): void {
    const delayMs = LOOK_AGAIN_MS[this.#seconds];
    if (this.#secondTimer !== null || delayMs === undefined) return;
    this.#secondTimer = this.#clock.after(delayMs, () => {
      this.#secondTimer = null;
      this.#seconds += 1;
      this.#look();
    });
  }

  /** Idempotent; leaves no timer. */
  stop(): void {
    this.#pollTimer?.cancel();
    this.#secondTimer?.cancel();
    this.#pollTimer = null;
    this.#secondTimer = null;
  }
}
