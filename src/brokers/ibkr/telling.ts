import type { Issue } from '../../domain/issue.js';
import type { Kind, Notice, Provenance, Via } from '../../domain/update.js';
import { sentenceOf } from '../../errors.js';
import type { Clock, SessionEvents } from '../../ports.js';

/** To whom a session tells what, and by which clock. */
export interface SessionOptions {
  readonly events: SessionEvents;
  readonly clock: Clock;
  readonly via: Via;
}

/** Provenance of figures that came from a live gateway; TWS names no time for them. */
export function provenance({ clock, via }: SessionOptions, issues: readonly Issue[] = []): Provenance {
  const partial = issues.some(({ code }) => code === 'ACCOUNT_RESETTING');
  return { via, asOf: null, receivedAt: clock.now(), partial, issues };
}

/** That a kind could not be read or fetched; the last figures of it stay. */
export function badResponse(of: Kind | null, error: unknown): Notice {
  return {
    kind: 'notice',
    of,
    account: null,
    issue: { code: 'BAD_RESPONSE', severity: 'warning', message: sentenceOf(error) },
  };
}

/** That orders cannot be had from this gateway, and why. */
export function ordersUnavailable(why: string): Notice {
  return {
    kind: 'notice',
    of: 'orders',
    account: null,
    issue: { code: 'ORDERS_UNAVAILABLE', severity: 'info', message: why },
  };
}

/** That fields of this kind held no number; they are null. */
export function badNumbers(fields: Iterable<string>): Issue {
  return {
    code: 'BAD_NUMBER',
    severity: 'warning',
    message: `IBKR sent no number for ${[...fields].join(', ')}.`,
  };
}
