import { loginWarning } from '../runtime/login-warning.js';
import type { ConnectionState, ConnectionStatus } from '../runtime/status.js';
import { isTooOld, takenAt } from '../sync/freshness.js';
import type { AccountState } from '../sync/state.js';

export interface NodeState {
  readonly state: ConnectionState;
  readonly reason: string | null;
  /** What the oldest of the balances and positions show: ms since the epoch; null = there are none. */
  readonly dataOf: number | null;
  readonly accounts: number;
  /** When the login ends, while that is worth a word: ms since the epoch. */
  readonly logInBy: number | null;
  /** Whether it is maintenance that keeps the connection from being live. */
  readonly isMaintenance: boolean;
}

export interface NodeStateQuestion {
  readonly status: ConnectionStatus;
  /** The accounts of this node, as it reads them. */
  readonly accounts: readonly AccountState[];
  readonly staleAfterMs: number;
  readonly at: number;
}

/**
 * States that old data turn into `stale`; where the user must act, that is what is said. What was remembered from
 * before a restart is old while the first connection is being made, and nothing is wrong with that yet. During maintenance each
 * message of data says how old it is, and so does the line under the node; nobody is to be called for it.
 */
const AGEING: ReadonlySet<ConnectionState> = new Set(['live', 'degraded', 'down']);

/** How things stand for one account-sync node: the state of its connection, or `stale` once its data are too old. */
export function nodeState({ status, accounts: all, staleAfterMs, at }: NodeStateQuestion): NodeState {
  const accounts = all.filter(({ present }) => present);
  const parts = accounts.flatMap(({ balances, positions }) => [balances ?? [], positions ?? []].flat());
  const times = parts.map(({ from }) => takenAt(from));
  const dataOf = times.length === 0 ? null : Math.min(...times);
  const { loginExpiresAt } = status;
  const endsSoon = loginExpiresAt !== null && loginWarning(loginExpiresAt, at) !== null;
  // The window decides, whoever is late to tell that it has ended.
  const isMaintenance = status.quietUntil !== null && at < status.quietUntil;
  const known = {
    dataOf,
    accounts: accounts.length,
    logInBy: endsSoon ? loginExpiresAt : null,
    isMaintenance,
  };
  if (dataOf === null || isMaintenance || !AGEING.has(status.state) || at - dataOf <= staleAfterMs) {
    return { state: status.state, reason: status.reason, ...known };
  }
  const isTold = parts.some(({ from }) => !isTooOld(from, at));
  const age = `The data are ${howLong(at - dataOf)} old${isTold ? '' : ' and are not sent any more'}.`;
  const reason = status.reason === null ? age : `${age} ${status.reason}`;
  return { state: isTold ? 'stale' : 'down', reason, ...known };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function howLong(ms: number): string {
  return ms < 2 * HOUR_MS ? `${Math.floor(ms / MINUTE_MS)} minutes` : `${Math.floor(ms / HOUR_MS)} hours`;
}
