import type { Activity } from '../domain/activity.js';
import type { Balances } from '../domain/balances.js';
import type { Change } from '../domain/change.js';
import type { Issue } from '../domain/issue.js';
import type { Order } from '../domain/order.js';
import type { Position } from '../domain/position.js';

/** `msg.account`, and which connection it came through where that is known. */
export interface SampledAccount {
  readonly key: string;
  readonly label: string;
  readonly broker: string;
  /** ISO 4217 */
  readonly currency: string | null;
  /** Key of a sampled connection; null = not known. */
  readonly connection: string | null;
}

/** `msg.sync`, as far as alerts need it. */
export interface Trust {
  readonly quality: 'live' | 'delayed' | 'cached' | 'partial';
  readonly stale: boolean;
  readonly staleSeconds: number;
  /** ms since the epoch: the broker's own time of the figures, else when they came. */
  readonly asOf: number | null;
  readonly issues: readonly Issue[];
}

export interface SampledStatus {
  readonly state: 'connecting' | 'live' | 'degraded' | 'stale' | 'login-required' | 'misconfigured' | 'down';
  readonly reason: string | null;
  /** ms since the epoch, like the three below */
  readonly since: number;
  /** Since when nothing comes from the broker's servers; null = it does. */
  readonly lostSince: number | null;
  readonly loginExpiresAt: number | null;
  /** When the maintenance ends in which the connection was lost; null = there is none. */
  readonly quietUntil: number | null;
  readonly issues: readonly Issue[];
  /** Of the last ten minutes; null = not told. */
  readonly apiErrorPercent: number | null;
}

type ChangeOf<Kind extends Change['of']> = Extract<Change, { readonly of: Kind }>;

/** One message of an account-sync node, parsed. `at` is when it came, ms since the epoch. */
export type Sample = { readonly at: number } & (
  | {
      readonly of: 'connection';
      readonly connection: { readonly key: string; readonly label: string; readonly broker: string };
      readonly status: SampledStatus;
    }
  | ({ readonly account: SampledAccount; readonly trust: Trust } & (
      | { readonly of: 'balances'; readonly balances: Balances }
      | {
          readonly of: 'positions';
          readonly positions: readonly Position[];
          /** Whether these are all of the account (`emit: snapshots`), or only those that changed. */
          readonly complete: boolean;
          readonly changes: readonly ChangeOf<'positions'>[];
        }
      | {
          readonly of: 'orders';
          readonly orders: readonly Order[];
          readonly complete: boolean;
          readonly changes: readonly ChangeOf<'orders'>[];
        }
      | { readonly of: 'executions'; readonly changes: readonly ChangeOf<'executions'>[] }
    ))
  | {
      readonly of: 'activities';
      readonly account: SampledAccount;
      readonly activities: readonly Activity[];
    }
);
