import type { Chance } from '../ports.js';

export interface BackoffPolicy {
  readonly firstMs: number;
  readonly capMs: number;
}

/** Reconnecting: from a second to a minute. */
export const RECONNECT: BackoffPolicy = { firstMs: 1_000, capMs: 60_000 };

/**
 * Full jitter: anything from 0 to the doubled bound, so that many clients of one restarted gateway do not
 * come back at once (AWS Architecture Blog, "Exponential Backoff And Jitter").
 *
 * @param attempt 0 for the first wait
 */
export function fullJitter(attempt: number, chance: Chance, policy: BackoffPolicy = RECONNECT): number {
  // Past 2^30 the bound is the cap anyway, and the power must not become infinite.
  const bound = Math.min(policy.capMs, policy.firstMs * 2 ** Math.min(attempt, 30));
  return Math.floor(chance() * bound);
}
