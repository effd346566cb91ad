import type { Via } from '../domain/update.js';

export type ConnectionState =
  'connecting' | 'live' | 'degraded' | 'stale' | 'login-required' | 'misconfigured' | 'down';

/** How a connection is, for people and for switch nodes. Times in ms since the epoch. */
export interface ConnectionStatus {
  readonly state: ConnectionState;
  /** A sentence that says what is wrong, or will be soon, and what to do; null when nothing is. */
  readonly reason: string | null;
  readonly since: number;
  readonly nextAttemptAt: number | null;
  /** Since when nothing reaches us from the broker's servers, figures of before or not; null = it does. */
  readonly lostSince: number | null;
  /** When a login ends that the user must renew; null = there is none, or it has ended. */
  readonly loginExpiresAt: number | null;
  /** When the maintenance ends in which the connection was lost, and for which nobody is to be woken; null = there is none. */
  readonly quietUntil: number | null;
  readonly via: Via;
}

/** Whether an onlooker would be told anything new. */
export function sameStatus(a: ConnectionStatus, b: ConnectionStatus): boolean {
  return (
    a.state === b.state &&
    a.reason === b.reason &&
    a.nextAttemptAt === b.nextAttemptAt &&
    a.lostSince === b.lostSince &&
    a.loginExpiresAt === b.loginExpiresAt &&
    a.quietUntil === b.quietUntil &&
    a.via === b.via
  );
}
