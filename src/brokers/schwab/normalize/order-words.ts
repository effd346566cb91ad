import type { OrderSide, OrderStatus } from '../../../domain/order.js';
import type { Issues } from './issues.js';

/** Source: the 21 values of Schwab's document; which of them are over follows from their names. */
const STATUSES: ReadonlyMap<string, OrderStatus> = new Map(
  Object.entries({
    NEW: 'pending',
    PENDING_ACKNOWLEDGEMENT: 'pending',
    AWAITING_MANUAL_REVIEW: 'pending',
    ACCEPTED: 'accepted',
    QUEUED: 'accepted',
    PENDING_ACTIVATION: 'accepted',
    AWAITING_PARENT_ORDER: 'accepted',
    AWAITING_CONDITION: 'accepted',
    AWAITING_STOP_CONDITION: 'accepted',
    AWAITING_RELEASE_TIME: 'accepted',
    WORKING: 'working',
    // Both can still fill: the exchange has not let go of them.
    PENDING_CANCEL: 'pending_cancel',
    AWAITING_UR_OUT: 'pending_cancel',
    PENDING_RECALL: 'pending_cancel',
    PENDING_REPLACE: 'pending_replace',
    FILLED: 'filled',
    CANCELED: 'canceled',
    REPLACED: 'replaced',
    REJECTED: 'rejected',
    EXPIRED: 'expired',
    UNKNOWN: 'unknown',
  } as const),
);

const FILLING: ReadonlySet<OrderStatus> = new Set(['accepted', 'working']);

export interface Progress {
  readonly quantity: number | null;
  readonly filledQuantity: number | null;
}

/** Schwab has no word for an order that is filled in part: its quantities say it. */
export function statusOf(
  raw: string | null,
  { filledQuantity, quantity }: Progress,
  issues: Issues,
): OrderStatus {
  const status = raw === null ? 'unknown' : (STATUSES.get(raw) ?? null);
  if (status === null) {
    issues.unknownWord('order status', raw ?? '');
    return 'unknown';
  }
  const isPartly = (filledQuantity ?? 0) > 0 && (filledQuantity ?? 0) < (quantity ?? 0);
  return FILLING.has(status) && isPartly ? 'partially_filled' : status;
}

interface Instruction {
  readonly side: OrderSide;
  readonly effect: 'open' | 'close' | null;
}

const INSTRUCTIONS: ReadonlyMap<string, Instruction> = new Map(
  Object.entries({
    BUY: { side: 'buy', effect: null },
    SELL: { side: 'sell', effect: null },
    BUY_TO_COVER: { side: 'buy_to_cover', effect: 'close' },
    SELL_SHORT: { side: 'sell_short', effect: 'open' },
    SELL_SHORT_EXEMPT: { side: 'sell_short', effect: 'open' },
    BUY_TO_OPEN: { side: 'buy', effect: 'open' },
    BUY_TO_CLOSE: { side: 'buy', effect: 'close' },
    SELL_TO_OPEN: { side: 'sell', effect: 'open' },
    SELL_TO_CLOSE: { side: 'sell', effect: 'close' },
    EXCHANGE: { side: 'unknown', effect: null },
  } as const),
);

const EFFECTS: ReadonlyMap<string, 'open' | 'close'> = new Map([
  ['OPENING', 'open'],
  ['CLOSING', 'close'],
]);

export function instructionOf(
  raw: string | null,
  positionEffect: string | null,
  issues: Issues,
): Instruction {
  const known = raw === null ? undefined : INSTRUCTIONS.get(raw);
  if (raw !== null && known === undefined) issues.unknownWord('instruction', raw);
  const { effect, side } = known ?? { side: 'unknown', effect: null };
  return { side, effect: EFFECTS.get(positionEffect ?? '') ?? effect };
}

/** The side of a whole order: legs that differ are mixed. */
export function sideOf(sides: readonly OrderSide[]): OrderSide {
  const [first, ...others] = new Set(sides);
  if (first === undefined) return 'unknown';
  return others.length > 0 ? 'mixed' : first;
}
