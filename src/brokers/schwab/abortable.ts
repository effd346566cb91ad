import { ConnectionLost } from '../../errors.js';

/**
 * What `work` comes to, or ConnectionLost as soon as the signal says stop; the work itself goes on to its end, and
 * a failure of it is nobody's then.
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const stop = (): void => reject(closed());
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

export function closed(): ConnectionLost {
  return new ConnectionLost('The connection was closed.', { broker: 'schwab', code: 'closed' });
}
