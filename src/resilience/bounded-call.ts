import pRetry, { AbortError, type RetryContext } from 'p-retry';
import { ConnectionLost, ProtocolError, RateLimited } from '../errors.js';
import type { Chance, Clock } from '../ports.js';
import { fullJitter } from './backoff.js';
import { pause } from './pause.js';
import { timedAttempt } from './timed-attempt.js';

/** Thrown by the work around its error: the call ends with that error, whatever its class. */
export { AbortError as NoRetry } from 'p-retry';

export const MOST_TRIES = 3;
export const CALL_MS = 20_000;
export const ATTEMPT_MS = 10_000;
/** An attempt that would have less time is not worth its request. */
const SHORTEST_ATTEMPT_MS = 1_000;

export interface BoundedCallOptions<T> {
  readonly clock: Clock;
  readonly chance: Chance;
  /** Ends the call at once, in an attempt and between two. */
  readonly signal: AbortSignal;
  /** What an attempt fails with that takes too long. */
  readonly timedOut: () => ConnectionLost;
  /** Asked before each retry; false = the error goes on. */
  readonly mayRetry: () => boolean;
  /** What stands around each attempt and its time limit, such as a breaker. */
  readonly around?: (attempt: () => Promise<T>) => Promise<T>;
}

/**
 * Tries up to three times within 20 s, each time for at most 10 s. What passes by itself is tried again after a
 * jittered wait, or after the wait that the other side asked for when that still fits in; all else ends the call.
 *
 * @param work gets the signal that ends its attempt, and the number of that attempt, from 1
 * @throws what the last attempt threw; the signal's reason when it says stop
 */
export async function boundedCall<T>(
  work: (signal: AbortSignal, attempt: number) => Promise<T>,
  options: BoundedCallOptions<T>,
): Promise<T> {
  const { around = async (attempt) => await attempt(), clock, signal, timedOut } = options;
  const endsAt = clock.monotonic() + CALL_MS;
  const once = async (attempt: number): Promise<T> => {
    const withinMs = Math.min(ATTEMPT_MS, endsAt - clock.monotonic());
    const limits = { clock, signal, timedOut, withinMs };
    try {
      return await around(async () => await timedAttempt(async (stop) => await work(stop, attempt), limits));
    } catch (error) {
      throw error instanceof Error && !isPassing(error) ? final(error) : error;
    }
  };
  return await pRetry(once, {
    retries: MOST_TRIES - 1,
    // p-retry's own waits have no jitter at their cap and know no Clock: ours are in `onFailedAttempt`.
    minTimeout: 0,
    maxTimeout: 0,
    signal,
    onFailedAttempt: async (context) => await waitFor(context, { ...options, endsAt }),
  });
}

/** Decided by our own classes: p-retry would retry a SyntaxError, and know a network error by its English text. */
function isPassing(error: Error): boolean {
  return error instanceof ConnectionLost || error instanceof ProtocolError || error instanceof RateLimited;
}

function final(error: Error): AbortError {
  return error instanceof AbortError ? error : new AbortError(error);
}

/** Waits until the next attempt is due. @throws the error of the last one when there is none */
async function waitFor(
  { attemptNumber, error, retriesLeft }: RetryContext,
  {
    chance,
    clock,
    endsAt,
    mayRetry,
    signal,
  }: Omit<BoundedCallOptions<unknown>, 'around' | 'timedOut'> & { readonly endsAt: number },
): Promise<void> {
  // p-retry calls here also with the reason of the signal, and with what came too late.
  signal.throwIfAborted();
  const askedMs = error instanceof RateLimited ? error.retryAfterMs : 0;
  const delayMs = askedMs + fullJitter(attemptNumber - 1, chance);
  const leftMs = endsAt - clock.monotonic() - delayMs;
  if (retriesLeft === 0 || leftMs < SHORTEST_ATTEMPT_MS || !mayRetry()) throw error;
  if (delayMs > 0) await pause(delayMs, clock, signal);
}
