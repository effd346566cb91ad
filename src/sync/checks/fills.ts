import type { Execution } from '../../domain/execution.js';
import type { Order } from '../../domain/order.js';
import type { AccountState } from '../state.js';
import type { Watch } from './memory.js';

/** The known fills of an order. IBKR's order ids are used again, its permIds never; Schwab has order ids only. */
export function fillsOf(order: Order, { executions }: AccountState): readonly Execution[] {
  const { orderId, permId } = order;
  return [...(executions?.value.values() ?? [])].filter((fill) =>
    permId === null ? orderId !== null && fill.orderId === orderId : fill.permId === permId,
  );
}

/**
 * Whether every fill of the order is known: it was seen before the first of them, or begun while the lists of fills
 * came without a gap. Fills of the days before are in nobody's list.
 */
export function isWhole({ createdAt, key }: Order, watch: Watch): boolean {
  return watch.openOrders.get(key) === true || isSince(createdAt, watch);
}

/** Whether the order ended while the lists of fills came without a gap, so that its last fill is in one of them. */
export function endedUnderWatch({ closedAt, key }: Order, watch: Watch): boolean {
  return watch.openOrders.has(key) || isSince(closedAt, watch);
}

function isSince(time: string | null, { since }: Watch): boolean {
  return time !== null && Date.parse(time) >= since;
}

/** order key → whether it was seen before its first fill, with the orders that are open now. */
export function openOrdersAfter(before: Watch['openOrders'], { orders }: AccountState): Watch['openOrders'] {
  const known = orders?.value ?? new Map<string, never>();
  const after = new Map([...before].filter(([key]) => known.has(key)));
  for (const [key, { value }] of known)
    if (value.isOpen && !after.has(key)) after.set(key, value.filledQuantity === 0);
  return after;
}
