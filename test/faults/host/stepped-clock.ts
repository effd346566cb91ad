import type { Timer } from '../../../src/ports.js';
import type { RunClock } from '../counted-clock.js';

interface Waiting {
  /** On the monotonic clock. */
  readonly dueAt: number;
  readonly callback: () => void;
  timeout: NodeJS.Timeout;
}

/**
 * A fast clock with a wall clock of its own, which is as fast, and which people, NTP and sleep set. A machine that
 * sleeps lets no timer fire; whether its monotonic clock goes on meanwhile depends on the system: not on Linux.
 */
export class SteppedClock implements RunClock {
  readonly #factor: number;
  readonly #bootedAt = performance.now();
  readonly #startsAt: number;
  /** What the wall clock is wrong by, ms. */
  #wrongBy = 0;
  /** Time that was slept, ms. */
  #slept = 0;
  /** The part of it that the monotonic clock has counted. */
  #counted = 0;
  readonly #waiting = new Set<Waiting>();

  /** @param startsAt what the wall clock says now, ms since the epoch */
  constructor(factor: number, startsAt: number) {
    this.#factor = factor;
    this.#startsAt = startsAt;
  }

  get pending(): number {
    return this.#waiting.size;
  }

  /** What the wall clock of this machine says. */
  now(): number {
    return this.truth() + this.#wrongBy;
  }

  /** What it would say if nobody had set it: the time at the broker. */
  readonly truth = (): number => this.#startsAt + this.awake() + this.#slept;

  monotonic(): number {
    return this.awake() + this.#counted;
  }

  awake(): number {
    return (performance.now() - this.#bootedAt) * this.#factor;
  }

  after(delayMs: number, callback: () => void): Timer {
    const dueAt = this.monotonic() + Math.max(0, delayMs);
    const waiting: Waiting = { dueAt, callback, timeout: setTimeout(() => undefined, 0) };
    this.#waiting.add(waiting);
    this.#arm(waiting);
    return {
      cancel: () => {
        clearTimeout(waiting.timeout);
        this.#waiting.delete(waiting);
      },
    };
  }

  /** The wall clock is set by so much. */
  set(byMs: number): void {
    this.#wrongBy += byMs;
  }

  /** The machine sleeps; `isCounted` = its monotonic clock went on, and all timers that came due fire at once. */
  sleep(ms: number, isCounted: boolean): void {
    this.#slept += ms;
    if (!isCounted) return;
    this.#counted += ms;
    for (const waiting of this.#waiting) this.#arm(waiting);
  }

  #arm(waiting: Waiting): void {
    clearTimeout(waiting.timeout);
    const leftMs = Math.max(0, waiting.dueAt - this.monotonic());
    waiting.timeout = setTimeout(() => {
      this.#waiting.delete(waiting);
      waiting.callback();
    }, leftMs / this.#factor);
  }
}
