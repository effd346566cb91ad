import type { Instrument } from './instrument.js';

export type OrderStatus =
  | 'pending'
  | 'accepted'
  | 'working'
  | 'partially_filled'
  | 'filled'
  | 'pending_cancel'
  | 'canceled'
  | 'pending_replace'
  | 'replaced'
  | 'rejected'
  | 'expired'
  | 'suspended'
  | 'unknown';

export type OrderSide = 'buy' | 'sell' | 'sell_short' | 'buy_to_cover' | 'mixed' | 'unknown';

export interface OrderLeg {
  readonly instrument: Instrument;
  readonly side: OrderSide;
  readonly positionEffect: 'open' | 'close' | null;
  readonly ratio: number | null;
  readonly quantity: number | null;
  readonly filledQuantity: number | null;
  readonly averageFillPrice: number | null;
}

/** One order as the broker reports it. Quantities ≥ 0, prices per unit. */
export interface Order {
  readonly key: string;
  readonly orderId: string | null;
  readonly permId: string | null;
  readonly clientOrderId: string | null;
  readonly parentOrderId: string | null;
  readonly groupId: string | null;
  readonly status: OrderStatus;
  /** The broker's own word. */
  readonly rawStatus: string | null;
  readonly isOpen: boolean;
  readonly side: OrderSide;
  /** Lower snake case of the broker's word: `limit`, `stop_limit`. */
  readonly orderType: string | null;
  readonly timeInForce: string | null;
  readonly quantity: number | null;
  readonly filledQuantity: number | null;
  readonly remainingQuantity: number | null;
  readonly limitPrice: number | null;
  readonly stopPrice: number | null;
  /** Net for spreads. */
  readonly averageFillPrice: number | null;
  readonly legs: readonly OrderLeg[];
  /** ISO 8601 UTC, like the two below. */
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly closedAt: string | null;
  readonly rejectReason: string | null;
  readonly tag: string | null;
}

const OPEN: ReadonlySet<OrderStatus> = new Set([
  'pending',
  'accepted',
  'working',
  'partially_filled',
  // It can still fill until the exchange confirms the cancel.
  'pending_cancel',
  'pending_replace',
  'suspended',
]);

/** Whether an order of this status can still fill; `unknown` keeps what was known before. */
export function isOpenStatus(status: OrderStatus, before = true): boolean {
  return status === 'unknown' ? before : OPEN.has(status);
}
