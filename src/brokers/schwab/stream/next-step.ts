import { BrokerageError, LoginRequired, RateLimited } from '../../../errors.js';
import type { Chance } from '../../../ports.js';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/** How an attempt or an open stream came to its end. */
export type Ending =
  /** Worth another attempt. */
  | { readonly kind: 'lost'; readonly reason: string; readonly atLeastMs?: number }
  /** The access token was refused. */
  | { readonly kind: 'refused' }
  /** Another attempt would do harm, or no good. */
  | { readonly kind: 'final'; readonly reason: string };

/** What went wrong since the stream was last open for a minute. */
export interface Trouble {
  readonly endings: number;
  readonly refusals: number;
}

export type NextStep =
  | { readonly kind: 'again' }
  | { readonly kind: 'wait'; readonly reason: string; readonly delayMs: number }
  | { readonly kind: 'stop'; readonly reason: string };

/** @param trouble this ending not counted */
export function nextStep(ending: Ending, trouble: Trouble, chance: Chance): NextStep {
  switch (ending.kind) {
    case 'final':
      return { kind: 'stop', reason: ending.reason };
    case 'refused':
      return trouble.refusals === 0 ? { kind: 'again' } : { kind: 'stop', reason: REFUSED_TWICE };
    case 'lost': {
      const delayMs = Math.max(backoffMs(trouble.endings, chance), ending.atLeastMs ?? 0);
      return { kind: 'wait', reason: ending.reason, delayMs: Math.min(LONGEST_WAIT_MS, delayMs) };
    }
  }
}

const REFUSED_TWICE =
  'Schwab’s streamer refused the login, and a new access token as well (code 3). Polling goes on.';

/** Full jitter above the first second: a streamer that comes back is not met by everyone at once. */
function backoffMs(endings: number, chance: Chance): number {
  // Past 2^30 the bound is reached anyway, and the power must not become infinite.
  const bound = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(endings + 1, 30));
  return Math.floor(FIRST_WAIT_MS + chance() * (bound - FIRST_WAIT_MS));
}

/** What a failed `login` means; only our own errors are known to have no secret in their message. */
export function endingOf(error: unknown): Ending {
  if (error instanceof LoginRequired) return { kind: 'final', reason: error.message };
  if (error instanceof RateLimited)
    return { kind: 'lost', reason: error.message, atLeastMs: error.retryAfterMs };
  if (error instanceof BrokerageError) return { kind: 'lost', reason: error.message };
  return { kind: 'lost', reason: 'The login for Schwab’s streamer could not be prepared.' };
}
