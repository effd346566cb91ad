import type { Chance, Clock, Timer } from '../ports.js';

/** setTimeout fires at once for anything longer (a signed 32-bit number of milliseconds). */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The one place that reads the machine's clock and sets its timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs: number, callback: () => void): Timer {
    const timer = setTimeout(callback, Math.max(0, Math.min(delayMs, LONGEST_TIMEOUT_MS)));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

export const systemChance: Chance = () => Math.random();
