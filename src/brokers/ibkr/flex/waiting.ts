import { ConnectionLost } from '../../../errors.js';
import type { Clock } from '../../../ports.js';

/** Resolves after the delay. @throws ConnectionLost as soon as the signal says stop; no timer is left then */
export async function pause(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw closed();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      timer.cancel();
      reject(closed());
    };
    const timer = clock.after(delayMs, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}

export function closed(): ConnectionLost {
  return new ConnectionLost('The connection was closed.', { broker: 'ibkr', code: 'closed' });
}
