import { maintenanceAt } from '../../src/brokers/ibkr/maintenance.js';
import type { Clock, Timer } from '../../src/ports.js';

/** A clock that stands still until `advance`; timers fire in the order of their time. */
export class FakeClock implements Clock {
  #now: number;
  #monotonic = 0;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];

  constructor(now = Date.UTC(2026, 10, 24, 15, 0, 0)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer = { at: this.#monotonic + delayMs, callback };
    this.#timers.push(timer);
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.length;
  }

  advance(ms: number): void {
    const until = this.#monotonic + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#pass(next.at - this.#monotonic);
      next.callback();
    }
    this.#pass(until - this.#monotonic);
  }

  /** The wall clock is set: nothing passes, yet the time is another. */
  setWallClock(now: number): void {
    this.#now = now;
  }

  #pass(ms: number): void {
    this.#now += ms;
    this.#monotonic += ms;
  }
}

/** Real time, in which waits are `factor` times as short and spans as long: reconnects and time-outs without the waiting. */
export function fastClock(factor: number): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now() * factor,
    after(delayMs: number, callback: () => void): Timer {
      const timer = setTimeout(callback, delayMs / factor);
      return { cancel: () => clearTimeout(timer) };
    },
  };
}

/** A world in which everything is `factor` times as fast, the wall clock too: it shows `startsAt` now, ms UTC. */
export function fastWorld(startsAt: number, factor: number): Clock {
  const clock = fastClock(factor);
  const began = clock.monotonic();
  return { ...clock, now: () => startsAt + Math.floor(clock.monotonic() - began) };
}

const HOUR_MS = 3_600_000;

/** The same clock, five hours ahead where it would be night at IBKR: then a lost gateway is told in other words. */
export function awake(clock: Clock): Clock {
  const isNight = [0, HOUR_MS].some((aheadMs) => maintenanceAt(clock.now() + aheadMs) !== null);
  const aheadMs = isNight ? 5 * HOUR_MS : 0;
  return {
    now: () => clock.now() + aheadMs,
    monotonic: () => clock.monotonic(),
    after: (delayMs, callback) => clock.after(delayMs, callback),
  };
}

/** As `fastClock`, and the wall clock runs ahead as fast: what counts hours by it sees them pass. */
export function hastyClock(factor: number, from = Date.UTC(2026, 10, 24, 15, 0, 0)): Clock {
  const begun = performance.now();
  return { ...fastClock(factor), now: () => from + Math.floor((performance.now() - begun) * factor) };
}

/** Waits until `look` gives something other than undefined or false. */
export async function eventually<T>(
  look: () => T | undefined | false,
  options: { readonly withinMs?: number; readonly what?: string } = {},
): Promise<T> {
  const until = performance.now() + (options.withinMs ?? 5_000);
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > until)
      throw new Error(`It did not come to pass: ${options.what ?? look.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
