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
  const fills: (LegFill & { readonly left: number })[] = [];
  for (const activity of orderActivityCollection) {
    if (activity.executionType !== 'FILL') continue;
    for (const leg of activity.executionLegs) {
      const quantity = cleanExact(leg.quantity);
      if (quantity === null || quantity <= 0) continue;
      const time = isoTime(leg.time);
      // TD Ameritrade's activities had no id: order, time and what was left make one that stays the same.
      const activityId =
        activity.activityId ?? `${orderId}-${time ?? ''}-${activity.orderRemainingQuantity ?? ''}`;
      fills.push({
        executionId: `${activityId}-${leg.legId ?? '1'}`,
        legId: leg.legId,
        quantity,
        price: cleanExact(leg.price),
        time,
        left: activity.orderRemainingQuantity ?? 0,
      });
    }
  }
  const sorted = fills.toSorted(
    (a, b) =>
      compare(a.time ?? '', b.time ?? '') ||
      b.left - a.left ||
      compare(a.executionId, b.executionId) ||
      a.quantity - b.quantity ||
      (a.price ?? 0) - (b.price ?? 0),
  );
  return numbered(sorted.map(({ left: _left, ...fill }) => fill));
}

/** Two fills of one leg in one activity have one id; the later ones get a number, whatever order they came in. */
function numbered(fills: readonly LegFill[]): readonly LegFill[] {
  const seen = new Map<string, number>();
  return fills.map((fill) => {
    const count = (seen.get(fill.executionId) ?? 0) + 1;
    seen.set(fill.executionId, count);
    return count === 1 ? fill : { ...fill, executionId: `${fill.executionId}-${count}` };
  });
}

/** Whether every fill says how much of what it filled: a sum over holes would be a wrong figure. */
export function areFillsReadable({ orderActivityCollection }: SchwabOrder): boolean {
  return orderActivityCollection
    .filter(({ executionType }) => executionType === 'FILL')
    .every(
      ({ executionLegs }) =>
        executionLegs.length > 0 && executionLegs.every(({ quantity }) => quantity !== null),
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
