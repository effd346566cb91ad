import type { Instrument } from './instrument.js';
import type { OrderSide } from './order.js';

/** One fill. A correction has the same `executionId` and a higher `revision`. */
export interface Execution {
  readonly executionId: string;
  /** ≥ 1. */
  readonly revision: number;
  /** `<executionId>.<revision>` of what this one replaces, or null. */
  readonly correctionOf: string | null;
  readonly orderId: string | null;
  readonly permId: string | null;
  readonly legId: string | null;
  readonly instrument: Instrument;
  readonly side: OrderSide;
  /** > 0. */
  readonly quantity: number;
  /** Per unit, not times the multiplier. */
  readonly price: number | null;
  /** Paid > 0, rebate < 0; null until the broker has said. */
  readonly commission: number | null;
  readonly commissionCurrency: string | null;
  readonly realizedPnl: number | null;
  readonly liquidity: 'added' | 'removed' | 'routed' | null;
  /** ISO 8601 UTC; null when the broker's time had no zone we know. */
  readonly executedAt: string | null;
}
