import type { Balances } from '../domain/balances.js';
import type { Order } from '../domain/order.js';
import type { Position } from '../domain/position.js';
import type { Peak } from './peak.js';
import type { PersistentMap } from './persistent-map.js';
import type { SampledAccount, SampledStatus, Trust } from './sample.js';

export interface OrderView {
  readonly order: Order;
  /** Since when it has had its status, ms since the epoch. */
  readonly statusSince: number;
}

/** What was last told of one account; null = nothing of that kind yet. */
export interface AccountView {
  readonly account: SampledAccount;
  readonly balances: Balances | null;
  /** kind → how far to trust it, and when that was said */
  readonly trust: {
    readonly balances: Told | null;
    readonly positions: Told | null;
    readonly orders: Told | null;
  };
  /** position key → position */
  readonly positions: PersistentMap<Position>;
  /** symbol → price, of what is no derivative */
  readonly prices: PersistentMap<number>;
  /** order key → order, open ones only */
  readonly orders: PersistentMap<OrderView>;
  readonly peak: Peak | null;
  /** Since when checks have found that figures do not fit, ms since the epoch; null = they fit. */
  readonly mismatchSince: number | null;
}

export interface Told extends Trust {
  /** ms since the epoch */
  readonly at: number;
}

export interface ConnectionView {
  readonly key: string;
  readonly label: string;
  readonly broker: string;
  /** null = nothing since the start. */
  readonly status: SampledStatus | null;
  /** Since when it has been out of reach, ms since the epoch; null = it is not. */
  readonly downSince: number | null;
  /** Since when maintenance has kept it out of reach; null = it does not. */
  readonly quietSince: number | null;
}

/** What a number rule looks at. */
export type Subject =
  | { readonly of: 'account'; readonly view: AccountView }
  | { readonly of: 'position'; readonly view: AccountView; readonly position: Position }
  | { readonly of: 'order'; readonly view: AccountView; readonly order: OrderView }
  | { readonly of: 'connection'; readonly connection: ConnectionView };
