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
  /** What is traded. */
  readonly instrument: Instrument;
  /** Of this leg. */
  readonly side: OrderSide;
  /** Whether it opens a position or closes one. */
  readonly positionEffect: 'open' | 'close' | null;
  /** Units in one unit of the order. */
  readonly ratio: number | null;
  /** Units or contracts, ≥ 0. */
  readonly quantity: number | null;
  /** ≥ 0. */
  readonly filledQuantity: number | null;
  /** Per unit. */
  readonly averageFillPrice: number | null;
}

/** One order as the broker reports it. Quantities ≥ 0, prices per unit. */
export interface Order {
  /** Unique within the account and safe in a topic. */
  readonly key: string;
  /** The broker's; at IBKR of one API client only. */
  readonly orderId: string | null;
  /** IBKR's permanent number; null until IBKR has given one, and at Schwab. */
  readonly permId: string | null;
  /** At IBKR `<client id>-<order id>`. */
  readonly clientOrderId: string | null;
  /** Of the order that this one waits for. */
  readonly parentOrderId: string | null;
  /** The same for orders of one group, such as a pair of which one cancels the other. */
  readonly groupId: string | null;
  /** In words of ours. */
  readonly status: OrderStatus;
  /** The broker's own word. */
  readonly rawStatus: string | null;
  /** Whether it can still fill; with `unknown` what was known before. */
  readonly isOpen: boolean;
  /** `mixed` where the legs differ. */
  readonly side: OrderSide;
  /** Lower snake case of the broker's word: `limit`, `stop_limit`. */
  readonly orderType: string | null;
  /** Lower snake case of the broker's word: `day`, `gtc`; at Schwab `good_till_cancel`. */
  readonly timeInForce: string | null;
  /** Units or contracts, ≥ 0, like the two below. */
  readonly quantity: number | null;
  /** Filled so far, ≥ 0. */
  readonly filledQuantity: number | null;
  /** Left, ≥ 0. */
  readonly remainingQuantity: number | null;
  /** Per unit; null where the order has none. */
  readonly limitPrice: number | null;
  /** Per unit; null where the order has none. */
  readonly stopPrice: number | null;
  /** Per unit; of a spread net: paid for a debit, received for a credit. */
  readonly averageFillPrice: number | null;
  /** One, or several of a spread. */
  readonly legs: readonly OrderLeg[];
  /** ISO 8601 UTC. */
  readonly createdAt: string | null;
  /** ISO 8601 UTC. */
  readonly updatedAt: string | null;
  /** When it was filled, cancelled, rejected or expired; ISO 8601 UTC. */
  readonly closedAt: string | null;
  /** The broker's words. */
  readonly rejectReason: string | null;
  /** What the program that placed it wrote on it. */
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
