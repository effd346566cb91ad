import type { Execution } from '../domain/execution.js';
import type { Order } from '../domain/order.js';
import type { Snapshot } from '../domain/update.js';
import { orderChanged } from './material.js';
import { sameOr } from './part.js';
import type { AccountState, Tracked } from './state.js';

type Orders = ReadonlyMap<string, Tracked<Order>>;
type OrderSnapshot = Extract<Snapshot, { readonly of: 'orders' }>;

/** An open order missing from this many complete lists without a proof of its end is no longer open. */
const MISSING_UNTIL_UNKNOWN = 3;
/** Ended orders stay in the list this long after their end, so that a day's orders can be shown. */
const KEEP_ENDED_MS = 24 * 60 * 60 * 1000;

/**
 * Takes a complete list of open orders (and of the ended ones the broker still knows). An open order that is
 * missing is filled when its executions say so; else it is waited for, and at last `unknown`: never
 * `canceled` without the broker's word.
 */
export function applyOrderSnapshot(account: AccountState, snapshot: OrderSnapshot): AccountState {
  const before: Orders = account.orders?.value ?? new Map();
  const merged = new Map(mergeOrders(before, snapshot.orders));
  const listed = new Set(snapshot.orders.map((order) => knownKey(before, order)));
  for (const [key, tracked] of before) {
    if (listed.has(key)) continue;
    if (tracked.value.isOpen) merged.set(key, vanished(tracked, account));
    else if (endedBefore(tracked.value, snapshot.from.receivedAt - KEEP_ENDED_MS)) merged.delete(key);
  }
  const value =
    before.size === merged.size && [...merged].every(([key, tracked]) => before.get(key) === tracked)
      ? before
      : merged;
  return { ...account, orders: { value, from: snapshot.from, receivedAt: snapshot.from.receivedAt } };
}

/** Adds or changes orders; none is removed. */
export function mergeOrders(before: Orders, orders: readonly Order[]): Orders {
  let next: Map<string, Tracked<Order>> | null = null;
  for (const order of orders) {
    const key = knownKey(next ?? before, order);
    const known = (next ?? before).get(key);
    const after =
      known === undefined ? { value: order, version: 1, missing: 0 } : advance(known, { ...order, key });
    if (after === known) continue;
    next ??= new Map(before);
    next.set(key, after);
  }
  return next ?? before;
}

function advance(known: Tracked<Order>, order: Order): Tracked<Order> {
  const value = sameOr(known.value, afterEnd(known.value, order));
  if (value === known.value && known.missing === 0) return known;
  return { value, version: known.version + (orderChanged(known.value, value) ? 1 : 0), missing: 0 };
}

/**
 * An order that was seen before the broker gave it a permanent id keeps the key it had: one order, one key,
 * else a new id would look like one order that closed and another that opened.
 */
function knownKey(before: Orders, order: Order): string {
  if (before.has(order.key) || order.permId === null) return order.key;
  for (const [key, { value }] of before) {
    const sameOrder =
      value.permId === null && value.orderId === order.orderId && value.clientOrderId === order.clientOrderId;
    if (value.permId === order.permId || sameOrder) return key;
  }
  return order.key;
}

/** The list of ended orders says less than the one of open orders: what is known is not unlearnt. */
function withKnown(known: Order, order: Order): Order {
  return {
    ...order,
    orderId: order.orderId ?? known.orderId,
    permId: order.permId ?? known.permId,
    clientOrderId: order.clientOrderId ?? known.clientOrderId,
    parentOrderId: order.parentOrderId ?? known.parentOrderId,
    filledQuantity: order.filledQuantity ?? known.filledQuantity,
    remainingQuantity: order.remainingQuantity ?? known.remainingQuantity,
    averageFillPrice: order.averageFillPrice ?? known.averageFillPrice,
    createdAt: order.createdAt ?? known.createdAt,
    updatedAt: order.updatedAt ?? known.updatedAt,
    closedAt: order.closedAt ?? known.closedAt,
    rejectReason: order.rejectReason ?? known.rejectReason,
  };
}

/** What has ended never opens again; a fill that comes late after a cancel still counts. */
function afterEnd(known: Order, news: Order): Order {
  const order = withKnown(known, news);
  const resurrected = !known.isOpen && known.status !== 'unknown' && order.isOpen;
  if (!resurrected) return order;
  const filledQuantity = Math.max(known.filledQuantity ?? 0, order.filledQuantity ?? 0);
  return {
    ...known,
    filledQuantity: known.filledQuantity === null && order.filledQuantity === null ? null : filledQuantity,
  };
}

function vanished(tracked: Tracked<Order>, account: AccountState): Tracked<Order> {
  const order = tracked.value;
  const filled = filledBy(order, account.executions?.value.values() ?? []);
  if (order.quantity !== null && filled >= order.quantity - 1e-9) {
    const value: Order = {
      ...order,
      status: 'filled',
      isOpen: false,
      filledQuantity: order.quantity,
      remainingQuantity: 0,
    };
    return { value, version: tracked.version + 1, missing: 0 };
  }
  const missing = tracked.missing + 1;
  if (missing < MISSING_UNTIL_UNKNOWN) return { ...tracked, missing };
  return { value: { ...order, status: 'unknown', isOpen: false }, version: tracked.version + 1, missing };
}

function filledBy(order: Order, executions: Iterable<Execution>): number {
  let filled = 0;
  for (const execution of executions) {
    if (order.permId !== null && execution.permId === order.permId && execution.legId === null)
      filled += execution.quantity;
  }
  return filled;
}

function endedBefore(order: Order, at: number): boolean {
  const ended = order.closedAt ?? order.updatedAt;
  return ended !== null && Date.parse(ended) < at;
}
