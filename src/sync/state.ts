import type { Account } from '../domain/account.js';
import type { Activity } from '../domain/activity.js';
import type { Balances } from '../domain/balances.js';
import type { Execution } from '../domain/execution.js';
import type { Order } from '../domain/order.js';
import type { Position } from '../domain/position.js';
import type { Link, Notice, Provenance } from '../domain/update.js';
import { NO_CHECKS, type Checks } from './checks/memory.js';

/** One position or order and how often it changed in a way an owner would call a change. */
export interface Tracked<T> {
  readonly value: T;
  readonly version: number;
  /** Complete snapshots in a row in which it was missing. */
  readonly missing: number;
  /** Of a position: when it was missing first, ms since the epoch. */
  readonly missingSince?: number;
  /** Of an ended order whose end the broker gave no time: when a list was first complete without it, ms. */
  readonly endedAt?: number;
}

/** One kind of one account: the figures, and where the last complete image of them came from. */
export interface Part<T> {
  readonly value: T;
  readonly from: Provenance;
  /** ms since the epoch: the newest row, or the last complete image. */
  readonly receivedAt: number;
}

/** Everything known of one account; null = never received completely. */
export interface AccountState {
  readonly account: Account;
  /** Whether the broker still names it among the accounts of this login. */
  readonly present: boolean;
  readonly balances: Part<Balances> | null;
  /** position key → position */
  readonly positions: Part<ReadonlyMap<string, Tracked<Position>>> | null;
  /** order key → order, open ones and those that ended today */
  readonly orders: Part<ReadonlyMap<string, Tracked<Order>>> | null;
  /** execution id → its latest revision */
  readonly executions: Part<ReadonlyMap<string, Execution>> | null;
  /** activity id → activity */
  readonly activities: Part<ReadonlyMap<string, Activity>> | null;
  /** position key → version when it was closed, so that a reopened one never repeats an event id */
  readonly closedVersions: ReadonlyMap<string, number>;
}

/** Everything known through one connection. */
export interface SyncState {
  /** account key → state */
  readonly accounts: ReadonlyMap<string, AccountState>;
  readonly link: Link;
  /** `account|kind|code` → notice */
  readonly notices: ReadonlyMap<string, Notice>;
  /** What the consistency checks have seen in this process. */
  readonly checks: Checks;
}

export const EMPTY_STATE: SyncState = {
  accounts: new Map(),
  link: { kind: 'link', state: 'up', reason: null },
  notices: new Map(),
  checks: NO_CHECKS,
};

export function emptyAccount(account: Account): AccountState {
  return {
    account,
    present: true,
    balances: null,
    positions: null,
    orders: null,
    executions: null,
    activities: null,
    closedVersions: new Map(),
  };
}
