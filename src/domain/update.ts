import type { Account } from './account.js';
import type { Activity } from './activity.js';
import type { Balances } from './balances.js';
import type { Execution } from './execution.js';
import type { Issue } from './issue.js';
import type { Order } from './order.js';
import type { Position } from './position.js';

/** What of an account an update or a message is about. */
export type Kind = 'balances' | 'positions' | 'orders' | 'executions' | 'activities';

export const KINDS = ['balances', 'positions', 'orders', 'executions', 'activities'] as const;

export type Via = 'tws' | 'tws-backup' | 'flex' | 'schwab' | 'cache';

/** Where data came from and when. Times in ms since the epoch, UTC. */
export interface Provenance {
  readonly via: Via;
  /** The broker's own time of the figures, null when it names none. */
  readonly asOf: number | null;
  readonly receivedAt: number;
  /** True while the broker itself says that its figures are not ready. */
  readonly partial: boolean;
  readonly issues: readonly Issue[];
}

/**
 * A complete image of one kind of one account: its end marker came, so what is not in it is gone
 * (balances, positions, open orders) or was simply not repeated (executions, activities, ended orders).
 */
export type Snapshot = { readonly kind: 'snapshot'; readonly account: string; readonly from: Provenance } & (
  | { readonly of: 'balances'; readonly balances: Balances }
  | { readonly of: 'positions'; readonly positions: readonly Position[] }
  | { readonly of: 'orders'; readonly orders: readonly Order[] }
  | { readonly of: 'executions'; readonly executions: readonly Execution[] }
  | { readonly of: 'activities'; readonly activities: readonly Activity[] }
);

/** Rows that came between snapshots; several rows of one socket read come as one update. */
export type Upsert = { readonly kind: 'upsert'; readonly account: string; readonly receivedAt: number } & (
  | { readonly of: 'balances'; readonly balances: Balances }
  | { readonly of: 'positions'; readonly positions: readonly Position[] }
  | { readonly of: 'orders'; readonly orders: readonly Order[] }
  | { readonly of: 'executions'; readonly executions: readonly Execution[] }
);

/** The broker said in so many words that these are gone (IBKR: a row of quantity 0). */
export interface Remove {
  readonly kind: 'remove';
  readonly account: string;
  readonly of: 'positions';
  readonly keys: readonly string[];
  readonly receivedAt: number;
}

/** A session begins: what the last one said about itself and its link no longer holds. */
export interface Begin {
  readonly kind: 'begin';
}

/** The set of accounts behind the login, or what is known of one of them, changed. */
export interface Accounts {
  readonly kind: 'accounts';
  readonly accounts: readonly Account[];
}

/** Whether the broker's servers can be reached behind a healthy socket; `limited` = yes, but not everything. */
export interface Link {
  readonly kind: 'link';
  readonly state: 'up' | 'limited' | 'lost';
  /** For people. */
  readonly reason: string | null;
}

/** A part that this connection cannot get, or something else worth telling, until it is taken back. */
export interface Notice {
  readonly kind: 'notice';
  /** null = the whole connection. */
  readonly of: Kind | null;
  readonly account: string | null;
  readonly issue: Issue;
}

export type BrokerUpdate = Begin | Snapshot | Upsert | Remove | Accounts | Link | Notice;
