import type { Clock, Timer } from '../../../ports.js';

const QUIET_MS = 1_500;
const LONGEST_DELAY_MS = 5_000;
const LATE_MS = 10_000;

/**
 * Makes few wake-ups of many events. A replaced order is a dozen events in batches a second apart, so one
 * waits for 1.5 s of quiet, yet never longer than 5 s: busy traders are told as well. REST may lag behind the
 * stream (assumed; no figure is published), hence a second look 10 s after each.
 */
export class WakeUps {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #firstAt: number | null = null;
  #soon: Timer | null = null;
  #late: Timer | null = null;

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  happened(): void {
    const at = this.#clock.monotonic();
    this.#firstAt ??= at;
    const leftMs = Math.max(0, this.#firstAt + LONGEST_DELAY_MS - at);
    this.#soon?.cancel();
    this.#soon = this.#clock.after(Math.min(QUIET_MS, leftMs), () => this.#look());
  }

  close(): void {
    this.#soon?.cancel();
    this.#late?.cancel();
  }

  #look(): void {
    this.#firstAt = null;
    this.#late?.cancel();
    this.#late = this.#clock.after(LATE_MS, this.#wake);
    this.#wake();
  }
}
