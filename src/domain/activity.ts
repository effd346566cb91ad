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
  readonly activityId: string;
  readonly orderId: string | null;
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
  readonly instrument: Instrument | null;
  /** ISO 8601 UTC, like the one below. */
  readonly time: string | null;
  readonly settledAt: string | null;
  readonly description: string | null;
}
