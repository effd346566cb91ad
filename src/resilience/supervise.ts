import {
  ConfigError,
  ConnectionLost,
  LoginRequired,
  ProtocolError,
  RateLimited,
  Rejected,
} from '../errors.js';
import type { Chance } from '../ports.js';
import { fullJitter } from './backoff.js';

/** What is wrong may be mended at the other end, so look again, but not often. */
const SLOW_RETRY_MS = 60_000;

/** A server that names a wait of hours, or none at all, is not taken at its word. */
const LONGEST_WAIT_MS = 5 * 60_000;
const SHORTEST_WAIT_MS = 1_000;

/** What the spine does after a connection failed or ended. */
export type NextStep =
  | { readonly kind: 'retry'; readonly delayMs: number; readonly needsUser: boolean }
  | { readonly kind: 'stop'; readonly reason: 'login-required' | 'misconfigured' };

/**
 * Decides by the class of the error. A programming mistake is retried too, slowly: a supervisor that dies of
 * it would leave its user without data and without a word.
 *
 * @param failures how many attempts in a row have failed before this one
 */
export function nextStep(error: unknown, failures: number, chance: Chance): NextStep {
  if (error instanceof LoginRequired) return { kind: 'stop', reason: 'login-required' };
  if (error instanceof ConfigError) {
    if (!error.retrySlowly) return { kind: 'stop', reason: 'misconfigured' };
    return { kind: 'retry', delayMs: SLOW_RETRY_MS, needsUser: true };
  }
  if (error instanceof RateLimited) {
    const delayMs = Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, error.retryAfterMs));
    return { kind: 'retry', delayMs, needsUser: false };
  }
  if (error instanceof ConnectionLost || error instanceof ProtocolError || error instanceof Rejected) {
    return { kind: 'retry', delayMs: fullJitter(failures, chance), needsUser: false };
  }
  return { kind: 'retry', delayMs: SLOW_RETRY_MS, needsUser: false };
}
