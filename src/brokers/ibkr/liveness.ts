import type { Clock, Timer } from '../../ports.js';

const PROBE_EVERY_MS = 30_000;
const ANSWER_WITHIN_MS = 10_000;
const MISSES_UNTIL_DEAD = 2;

export interface LivenessOptions {
  readonly clock: Clock;
  /** Asks the other end for a sign of life. */
  readonly probe: () => void;
  readonly onDead: () => void;
}

/**
 * Notices a socket that is open on this side only (no FIN ever comes when a laptop sleeps or a router drops
 * the line). Any message counts as life; a silent line is asked, and dead after two questions without answer.
 */
export class Liveness {
  readonly #options: LivenessOptions;
  #timer: Timer | null = null;
  #lastHeardAt: number;
  #misses = 0;

  constructor(options: LivenessOptions) {
    this.#options = options;
    this.#lastHeardAt = options.clock.monotonic();
    this.#waitForProbe();
  }

  heard(): void {
    this.#lastHeardAt = this.#options.clock.monotonic();
    this.#misses = 0;
  }

  close(): void {
    this.#timer?.cancel();
  }

  #waitForProbe(): void {
    this.#timer = this.#options.clock.after(PROBE_EVERY_MS, () => this.#probe());
  }

  #probe(): void {
    const { clock, onDead, probe } = this.#options;
    const askedAt = clock.monotonic();
    probe();
    this.#timer = clock.after(ANSWER_WITHIN_MS, () => {
      if (this.#lastHeardAt >= askedAt) return this.#waitForProbe();
      this.#misses += 1;
      if (this.#misses >= MISSES_UNTIL_DEAD) onDead();
      else this.#probe();
    });
  }
}
