import type { Instrument } from './instrument.js';
import type { OrderSide } from './order.js';

/** One fill. A correction has the same `executionId` and a higher `revision`. */
export interface Execution {
  /** The same for a fill and its corrections. */
  readonly executionId: string;
  /** 1, and higher for a correction. */
  readonly revision: number;
  /** `<executionId>.<revision>` of what this one replaces, or null. */
  readonly correctionOf: string | null;
  /** As in the order. */
  readonly orderId: string | null;
  /** As in the order. */
  readonly permId: string | null;
  /** At Schwab the leg of the order. */
  readonly legId: string | null;
  /** What was traded. */
  readonly instrument: Instrument;
  /** Of this fill. */
  readonly side: OrderSide;
  /** Units or contracts, > 0. */
  readonly quantity: number;
  /** Per unit, not times the multiplier. */
  readonly price: number | null;
  /** Paid > 0, rebate < 0; null until the broker has said. */
  readonly commission: number | null;
  /** ISO 4217. */
  readonly commissionCurrency: string | null;
  /** Of what this fill closed, loss < 0; null where it closed nothing or the broker has not said. */
  readonly realizedPnl: number | null;
  /** What it did to the order book. */
  readonly liquidity: 'added' | 'removed' | 'routed' | null;
  /** ISO 8601 UTC; null when the broker's time had no zone we know. */
  readonly executedAt: string | null;
}
