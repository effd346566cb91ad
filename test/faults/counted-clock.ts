import type { Clock, Timer } from '../../src/ports.js';

/** The product's clock in a run. */
export interface RunClock extends Clock {
  /** Timers that still wait. */
  readonly pending: number;
  /** ms, monotonic, without the time in which the machine slept. */
  awake(): number;
}

/** A clock that knows how many of its timers still wait. */
export class CountedClock implements RunClock {
  readonly #clock: Clock;
  readonly #waiting = new Set<object>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get pending(): number {
    return this.#waiting.size;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  awake(): number {
    return this.monotonic();
  }

  after(delayMs: number, callback: () => void): Timer {
    const waiting = {};
    this.#waiting.add(waiting);
    const timer = this.#clock.after(delayMs, () => {
      this.#waiting.delete(waiting);
      callback();
    });
    return {
      cancel: () => {
        this.#waiting.delete(waiting);
        timer.cancel();
      },
    };
  }
}
