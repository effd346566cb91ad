import type { Instrument } from './instrument.js';

export type ActivityType =
  | 'trade'
  | 'dividend'
  | 'interest'
  | 'deposit'
  | 'withdrawal'
  | 'transfer'
  | 'fee'
  | 'assignment'
  | 'exercise'
  | 'expiration'
  | 'corporate_action'
  | 'other';

/** Something that moved money or securities of an account. */
export interface Activity {
  /** The broker's. */
  readonly activityId: string;
  /** Of the order that caused it; null where none did. */
  readonly orderId: string | null;
  /** In words of ours. */
  readonly type: ActivityType;
  /** The broker's own word. */
  readonly rawType: string | null;
  /** Money in > 0, out < 0, in the account's base currency. */
  readonly amount: number | null;
  /** What moved of the instrument, in > 0. */
  readonly quantity: number | null;
  /** Per unit. */
  readonly price: number | null;
  /** Money that the instrument's move was booked with, in > 0; null when the broker says none. */
  readonly cost: number | null;
  /** Paid > 0. */
  readonly fees: number | null;
  /** What moved, or what paid; null for money alone. */
  readonly instrument: Instrument | null;
  /** ISO 8601 UTC, like the one below. */
  readonly time: string | null;
  /** ISO 8601 UTC. */
  readonly settledAt: string | null;
  /** The broker's words. */
  readonly description: string | null;
}
