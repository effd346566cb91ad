import type { Issue } from '../domain/issue.js';
import { connectionIssues } from '../sync/issues.js';
import type { Connection } from './connection.js';
import type { ConnectionState, ConnectionStatus } from './status.js';

/** How things stand for one reader: the status of its connection, and the way it reads through meanwhile. */
export interface Standing {
  readonly status: ConnectionStatus;
  /** What is wrong with the connection that is read, as a whole. */
  readonly issues: readonly Issue[];
}

export interface WaysAtHand {
  readonly first: Connection;
  /** Another way that serves while the first one does not; null where there is none. */
  readonly used: Connection | null;
  /** Those that are tried meanwhile. */
  readonly others: readonly Connection[];
}

/** A way that fails as well is worth a word only where the user can help. */
const NEEDS_USER: ReadonlySet<ConnectionState> = new Set(['misconfigured', 'login-required']);

export function standing({ first, others, used }: WaysAtHand): Standing {
  const troubles = others
    .filter(({ status }) => NEEDS_USER.has(status.state))
    .map(({ address, status }) => `${address}: ${status.reason ?? status.state}`);
  if (used === null) {
    const reason = [...(first.status.reason === null ? [] : [first.status.reason]), ...troubles];
    const status = { ...first.status, reason: reason.length === 0 ? null : reason.join(' ') };
    return { status, issues: connectionIssues(first.store.state) };
  }
  const reason = [wayInWords(used), used.status.reason, first.status.reason, ...troubles].filter(
    (part) => part !== null,
  );
  return {
    status: { ...first.status, state: 'degraded', reason: reason.join(' '), lostSince: null, via: used.via },
    issues: connectionIssues(used.store.state),
  };
}

function wayInWords({ address, via }: Connection): string {
  return via === 'flex' ? "Reading IBKR's daily report." : `Reading through ${address}.`;
}
