import type { Clock } from '../../../ports.js';

/** Resolves after `delayMs`, or at once when the signal says stop. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(delayMs, done);
    signal.addEventListener('abort', done);
  });
}

export interface Limits {
  readonly clock: Clock;
  readonly ms: number;
  readonly signal: AbortSignal;
}

/** The value, or null when it did not come in time; a value that comes later is nobody's, an error too. */
export function within<T>(value: Promise<T>, { clock, ms, signal }: Limits): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', giveUp);
    };
    const giveUp = (): void => {
      settle();
      resolve(null);
    };
    const timer = clock.after(ms, giveUp);
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    value.finally(settle).then(resolve, reject);
  });
}
