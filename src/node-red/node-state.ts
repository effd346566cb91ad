import type { Account } from '../domain/account.js';
import { loginWarning } from '../runtime/login-warning.js';
import type { ConnectionState, ConnectionStatus } from '../runtime/status.js';
import type { SyncState } from '../sync/state.js';

export interface NodeState {
  readonly state: ConnectionState;
  readonly reason: string | null;
  /** When the oldest of the balances and positions was complete, ms since the epoch; null = never. */
  readonly dataOf: number | null;
  readonly accounts: number;
  /** When the login ends, while that is worth a word: ms since the epoch. */
  readonly logInBy: number | null;
  /** Whether it is maintenance that keeps the connection from being live. */
  readonly isMaintenance: boolean;
}

export interface NodeStateQuestion {
  readonly status: ConnectionStatus;
  readonly sync: SyncState;
  readonly wants: (account: Account) => boolean;
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
export function nodeState({ status, sync, wants, staleAfterMs, at }: NodeStateQuestion): NodeState {
  const accounts = [...sync.accounts.values()].filter(({ account, present }) => present && wants(account));
  const times = accounts
    .flatMap(({ balances, positions }) => [balances, positions])
    .flatMap((part) => part?.from.receivedAt ?? []);
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
  const age = `The data are ${Math.floor((at - dataOf) / 60_000)} minutes old.`;
  return { state: 'stale', reason: status.reason === null ? age : `${age} ${status.reason}`, ...known };
}
