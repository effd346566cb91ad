import type { Clock } from '../ports.js';

export interface AttemptLimits {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly withinMs: number;
  readonly timedOut: () => Error;
}

/**
 * What `work` comes to, or an error as soon as its time is over or the signal says stop. The work is told by a
 * signal of its own; should it not heed that, its end is nobody's. Leaves neither a timer nor a listener.
 *
 * @throws what the work throws, what `timedOut` makes, or the signal's reason
 */
export async function timedAttempt<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { clock, signal, timedOut, withinMs }: AttemptLimits,
): Promise<T> {
  signal.throwIfAborted();
  const attempt = new AbortController();
  return await new Promise<T>((resolve, reject) => {
    // By hand: what AbortSignal.any makes hangs on the longest-lived of its signals for as long as that lives.
    const cut = (reason: unknown): void => {
      settled();
      reject(reason);
      attempt.abort(reason);
    };
    const stop = (): void => cut(signal.reason);
    const timer = clock.after(withinMs, () => cut(timedOut()));
    const settled = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', stop);
    };
    signal.addEventListener('abort', stop, { once: true });
    const outcome = (async () => await work(attempt.signal))();
    outcome.finally(settled).then(resolve, reject);
  });
}
