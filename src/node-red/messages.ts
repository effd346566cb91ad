import type { Account } from '../domain/account.js';
import { bareLine } from '../domain/bare-text.js';
import type { Change } from '../domain/change.js';
import type { Issue } from '../domain/issue.js';
import type { Kind, Via } from '../domain/update.js';
import type { AccountChange } from '../runtime/subscription.js';
import type { ConnectionState, ConnectionStatus } from '../runtime/status.js';
import type { Freshness } from '../sync/freshness.js';
import { saidActivities, saidIssues, saidOrders } from './said.js';

/** Times here are ISO 8601 UTC: messages are read by people and by other programs. */
interface SyncInfo {
  readonly kind: Kind | 'status';
  readonly sequence: number;
  readonly asOf: string | null;
  readonly receivedAt: string;
  readonly quality: Freshness['quality'];
  readonly complete: boolean;
  readonly stale: boolean;
  readonly staleSeconds: number;
  readonly via: Via;
  readonly issues: Freshness['issues'];
}

/** Which connection a message is about; the key is the id of its node. */
export interface ConnectionInfo {
  readonly key: string;
  readonly label: string;
}

/** A message as it goes out; Node-RED adds `_msgid`. */
export interface AccountMessage {
  readonly topic: string;
  readonly payload: unknown;
  readonly account: {
    readonly key: string;
    readonly label: string;
    readonly broker: string;
    readonly type: string | null;
    readonly currency: string | null;
  } | null;
  /** The connection that account-sync reads. */
  readonly connection: ConnectionInfo;
  readonly sync: SyncInfo;
  /** What changed: `Change` without `of`. */
  readonly changes: unknown;
}

/** Index of the output that carries a kind. */
export const OUTPUTS = {
  balances: 0,
  positions: 1,
  orders: 2,
  executions: 2,
  activities: 2,
  status: 3,
} as const;

export interface Naming {
  readonly label: string;
  readonly connection: ConnectionInfo;
  readonly emit: 'snapshots' | 'changes';
}

/**
 * The messages for one piece of news. With `emit: changes` positions and orders give one message for each
 * change; the payload of a closed position is the position as it was last held.
 */
export function messagesFor(change: AccountChange, naming: Naming): readonly AccountMessage[] {
  const { changes, kind, state } = change;
  const message = (payload: unknown, about: readonly Change[]): AccountMessage => ({
    topic: `${state.account.broker}/${topicLevel(naming.label)}/${kind}`,
    payload: owned(kind, payload),
    account: accountInfo(state.account, naming.label),
    connection: { ...naming.connection },
    sync: syncInfo(change),
    changes: owned(
      kind,
      about.map(({ of: _of, ...rest }) => rest),
    ),
  });
  if (kind === 'executions' || kind === 'activities')
    return [
      message(
        changes.map(({ after }) => after),
        changes,
      ),
    ];
  if (kind !== 'balances' && naming.emit === 'changes') {
    return changes.map((one) => message(one.after ?? one.before, [one]));
  }
  return [message(payloadOf(change), changes)];
}

/** The receiver owns its message and may change it; what the store holds must not change with it. */
function owned(kind: Kind, value: unknown): unknown {
  const copy: unknown = structuredClone(value);
  if (kind === 'orders') return saidOrders(copy);
  return kind === 'activities' ? saidActivities(copy) : copy;
}

function payloadOf({ kind, state }: AccountChange): unknown {
  switch (kind) {
    case 'balances':
      return state.balances?.value ?? null;
    case 'positions':
      return [...(state.positions?.value.values() ?? [])].map(({ value }) => value);
    case 'orders':
      return [...(state.orders?.value.values() ?? [])].map(({ value }) => value);
    case 'executions':
      return [...(state.executions?.value.values() ?? [])];
    case 'activities':
      return [...(state.activities?.value.values() ?? [])];
  }
}

/** A level of a topic: labels may hold anything, and a slash would make two levels of one. */
function topicLevel(label: string): string {
  return bareLine(label.replaceAll(/[/#+\0]/g, '-'));
}

function accountInfo(account: Account, label: string): NonNullable<AccountMessage['account']> {
  return { key: account.key, label, broker: account.broker, type: account.type, currency: account.currency };
}

function syncInfo({ freshness, kind, sequence }: AccountChange): SyncInfo {
  return {
    ...freshness,
    kind,
    sequence,
    asOf: iso(freshness.asOf),
    issues: saidIssues(freshness.issues),
    receivedAt: new Date(freshness.receivedAt).toISOString(),
  };
}

export interface StatusNews {
  readonly status: ConnectionStatus;
  readonly state: ConnectionState;
  readonly reason: string | null;
  readonly broker: string;
  readonly connection: ConnectionInfo;
  readonly sequence: number;
  readonly at: number;
  /** What is wrong with the connection as a whole. */
  readonly issues: readonly Issue[];
}

/** The message for a change of the connection's state. */
export function statusMessage({
  status,
  state,
  reason,
  broker,
  connection,
  sequence,
  at,
  issues,
}: StatusNews): AccountMessage {
  const live = state === 'live';
  return {
    topic: `${broker}/${topicLevel(connection.label)}/status`,
    payload: {
      state,
      reason,
      since: new Date(status.since).toISOString(),
      nextAttemptAt: iso(status.nextAttemptAt),
      lostSince: iso(status.lostSince),
      loginExpiresAt: iso(status.loginExpiresAt),
      quietUntil: iso(status.quietUntil),
      via: status.via,
    },
    account: null,
    connection: { ...connection },
    sync: {
      kind: 'status',
      sequence,
      asOf: null,
      receivedAt: new Date(at).toISOString(),
      quality: live ? 'live' : 'cached',
      complete: true,
      stale: !live,
      staleSeconds: 0,
      via: status.via,
      issues: saidIssues(issues),
    },
    changes: [],
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
