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

interface Waiting {
  readonly at: number;
  readonly callback: () => void;
  handle: NodeJS.Timeout | null;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Real time, of which a test may skip a part, as a machine that was asleep: what was due meanwhile is called back when
 * it is over, and what that sets up begins then.
 */
export class SkippingClock implements Clock {
  readonly #from: number;
  readonly #begun = performance.now();
  readonly #timers = new Set<Waiting>();
  #skippedMs = 0;

  /** @param from what its wall clock shows at first, ms UTC */
  constructor(from: number) {
    this.#from = from;
  }

  now(): number {
    return this.#from + Math.floor(this.monotonic());
  }

  monotonic(): number {
    return performance.now() - this.#begun + this.#skippedMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer: Waiting = { at: this.monotonic() + delayMs, callback, handle: null };
    this.#timers.add(timer);
    this.#arm(timer);
    return {
      cancel: () => {
        clearTimeout(timer.handle ?? undefined);
        this.#timers.delete(timer);
      },
    };
  }

  skip(ms: number): void {
    this.#skippedMs += ms;
    const now = this.monotonic();
    const due = [...this.#timers].filter(({ at }) => at <= now).toSorted((a, b) => a.at - b.at);
    for (const timer of due) this.#fire(timer);
    for (const timer of this.#timers) this.#arm(timer);
  }

  #arm(timer: Waiting): void {
    clearTimeout(timer.handle ?? undefined);
    const leftMs = Math.min(Math.max(0, timer.at - this.monotonic()), LONGEST_TIMER_MS);
    timer.handle = setTimeout(() => this.#fire(timer), leftMs).unref();
  }

  /** One that an earlier one has cancelled is not called any more. */
  #fire(timer: Waiting): void {
    clearTimeout(timer.handle ?? undefined);
    if (this.#timers.delete(timer)) timer.callback();
  }
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
