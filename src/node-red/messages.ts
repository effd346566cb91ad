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
  /** What the payload is. */
  readonly kind: Kind | 'status';
  /** Counts the messages of this kind and account, from 1; after a crash it may skip numbers. */
  readonly sequence: number;
  /** The broker's own time of the figures; null where it names none. */
  readonly asOf: string | null;
  /** When they came. */
  readonly receivedAt: string;
  /** How far to trust them. */
  readonly quality: Freshness['quality'];
  /** false while the broker says that its figures are not ready, and while an image of it is refused. */
  readonly complete: boolean;
  /** Whether they are older than they should be, or nobody vouches for them now. */
  readonly stale: boolean;
  /** Age of the last complete image, whole seconds; of a daily report since its close. */
  readonly staleSeconds: number;
  /** The way they took. */
  readonly via: Via;
  /** What is wrong with them; empty when nothing is. */
  readonly issues: Freshness['issues'];
}

/** Which connection a message is about; the key is the id of its node. */
export interface ConnectionInfo {
  /** Id of the config node. */
  readonly key: string;
  /** Its name. */
  readonly label: string;
}

/** A message as it goes out; Node-RED adds `_msgid`. */
export interface AccountMessage {
  /** `<broker>/<label>/<kind>`, for people and for switch nodes. */
  readonly topic: string;
  /** See below; never undefined. */
  readonly payload: unknown;
  /** null in a `status` message. */
  readonly account: {
    /** 12 hex digits of the account number and a salt of this installation. */
    readonly key: string;
    /** The label entered in account-sync, or `…` and the last four characters. */
    readonly label: string;
    /** `ibkr` or `schwab`. */
    readonly broker: string;
    /** The broker's own word, lower case: `individual`, `margin`. */
    readonly type: string | null;
    /** Base currency, ISO 4217. */
    readonly currency: string | null;
  } | null;
  /** The connection that account-sync reads. */
  readonly connection: ConnectionInfo;
  /** How fresh it is, and how far to trust it. */
  readonly sync: SyncInfo;
  /** What changed since the message before: see [changes](#changes). */
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

/** Payload of a `status` message; times ISO 8601 UTC. */
interface StatusPayload {
  /** One word, for programs. */
  readonly state: ConnectionState;
  /** A sentence that says what is wrong, or will be soon, and what to do; null when nothing is. */
  readonly reason: string | null;
  /** Since when it is in this state. */
  readonly since: string;
  /** When it is tried again; null where nothing is planned. */
  readonly nextAttemptAt: string | null;
  /** Since when nothing comes from the broker's servers; null = it does. */
  readonly lostSince: string | null;
  /** When the Schwab login ends; null = there is none, or it has ended. */
  readonly loginExpiresAt: string | null;
  /** When the maintenance ends in which the connection was lost; null = there is none. */
  readonly quietUntil: string | null;
  /** The way that is in use. */
  readonly via: Via;
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
  const payload: StatusPayload = {
    state,
    reason,
    since: new Date(status.since).toISOString(),
    nextAttemptAt: iso(status.nextAttemptAt),
    lostSince: iso(status.lostSince),
    loginExpiresAt: iso(status.loginExpiresAt),
    quietUntil: iso(status.quietUntil),
    via: status.via,
  };
  return {
    topic: `${broker}/${topicLevel(connection.label)}/status`,
    payload,
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
