import { cleanExact } from '../../../domain/clean-number.js';
import type { SchwabOrder } from '../schema/order.js';
import { isoTime } from '../time.js';

/** One fill of one leg of an order. */
export interface LegFill {
  readonly executionId: string;
  readonly legId: string | null;
  /** > 0 */
  readonly quantity: number;
  readonly price: number | null;
  /** ISO 8601 UTC. */
  readonly time: string | null;
}

/**
 * The fills among an order's activities, oldest first. Cancelled and replaced orders carry an activity of kind
 * CANCELED with price 0, which is none; activities and their legs come in no fixed order.
 */
export function fillsOf({ orderActivityCollection, orderId }: SchwabOrder): readonly LegFill[] {
  const fills: LegFill[] = [];
  const seen = new Map<string, number>();
  for (const activity of orderActivityCollection) {
    if (activity.executionType !== 'FILL') continue;
    for (const leg of activity.executionLegs) {
      const quantity = cleanExact(leg.quantity);
      if (quantity === null || quantity <= 0) continue;
      const time = isoTime(leg.time);
      // TD Ameritrade's activities had no id: order, time and what was left make one that stays the same.
      const activityId =
        activity.activityId ?? `${orderId}-${time ?? ''}-${activity.orderRemainingQuantity ?? ''}`;
      const id = `${activityId}-${leg.legId ?? '1'}`;
      const count = (seen.get(id) ?? 0) + 1;
      seen.set(id, count);
      fills.push({
        executionId: count === 1 ? id : `${id}-${count}`,
        legId: leg.legId,
        quantity,
        price: cleanExact(leg.price),
        time,
      });
    }
  }
  return fills.toSorted(
    (a, b) => compare(a.time ?? '', b.time ?? '') || compare(a.executionId, b.executionId),
  );
}

export interface Filled {
  readonly quantity: number;
  /** Weighted by quantity; null when a price is missing. */
  readonly price: number | null;
}

/** What the fills of one leg come to; null when there is none. */
export function filled(fills: readonly LegFill[]): Filled | null {
  if (fills.length === 0) return null;
  const quantity = fills.reduce((total, fill) => total + fill.quantity, 0);
  const value = fills.reduce((total, { price, quantity: part }) => total + part * (price ?? Number.NaN), 0);
  return {
    quantity: cleanExact(quantity) ?? 0,
    price: cleanExact(Number((value / quantity).toPrecision(12))),
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
