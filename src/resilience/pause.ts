import type { Clock } from '../ports.js';

/** Resolves after `delayMs`, or as soon as the signal says stop; leaves neither a timer nor a listener. */
export async function pause(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) return resolve();
    const stop = (): void => {
      timer.cancel();
      resolve();
    };
    const timer = clock.after(delayMs, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Resolves when the signal says stop. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
