import type { Issue } from '../domain/issue.js';
import { connectionIssues } from '../sync/issues.js';
import type { Connection } from './connection.js';
import type { ConnectionStatus } from './status.js';

/** How things stand for one reader: the status of its connection, and the way it reads through meanwhile. */
export interface Standing {
  readonly status: ConnectionStatus;
  /** What is wrong with the connection that is read, as a whole. */
  readonly issues: readonly Issue[];
}

/** @param used another way that serves while the first one does not, null where there is none */
export function standing(first: Connection, used: Connection | null): Standing {
  if (used === null) return { status: first.status, issues: connectionIssues(first.store.state) };
  const reason = [wayInWords(used), used.status.reason, first.status.reason].filter((part) => part !== null);
  return {
    status: { ...first.status, state: 'degraded', reason: reason.join(' '), via: used.via },
    issues: connectionIssues(used.store.state),
  };
}

function wayInWords({ address, via }: Connection): string {
  return via === 'flex' ? "Reading IBKR's daily report." : `Reading through ${address}.`;
}
