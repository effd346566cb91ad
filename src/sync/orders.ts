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
/** Sums of fractional quantities differ from their total by less than this. */
const EPSILON = 1e-9;
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
    else keepUntilOld(merged, key, snapshot.from.receivedAt);
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

/** Drops an ended order a day after its end; the end of one that the broker gave no time counts from now. */
function keepUntilOld(orders: Map<string, Tracked<Order>>, key: string, at: number): void {
  const tracked = orders.get(key);
  if (tracked === undefined) return;
  const told = tracked.value.closedAt ?? tracked.value.updatedAt;
  const endedAt = told === null ? tracked.endedAt : Date.parse(told);
  if (endedAt === undefined) orders.set(key, { ...tracked, endedAt: at });
  else if (endedAt < at - KEEP_ENDED_MS) orders.delete(key);
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
      value.permId === null &&
      value.orderId !== null &&
      value.orderId === order.orderId &&
      value.clientOrderId === order.clientOrderId;
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
    quantity: order.quantity ?? known.quantity,
    filledQuantity: order.filledQuantity ?? known.filledQuantity,
    remainingQuantity: order.remainingQuantity ?? known.remainingQuantity,
    averageFillPrice: order.averageFillPrice ?? known.averageFillPrice,
    createdAt: order.createdAt ?? known.createdAt,
    updatedAt: order.updatedAt ?? known.updatedAt,
    closedAt: order.closedAt ?? known.closedAt,
    rejectReason: order.rejectReason ?? known.rejectReason,
  };
}

/** What has ended never opens again; a fill that comes late after a cancel still counts, and none is unlearnt. */
function afterEnd(known: Order, news: Order): Order {
  const order = withKnown(known, news);
  if (known.isOpen || known.status === 'unknown') return order;
  const filledQuantity = isWhole(order)
    ? order.filledQuantity
    : larger(known.filledQuantity, order.filledQuantity);
  const resurrected = order.isOpen || order.status === 'unknown';
  return { ...(resurrected ? known : order), filledQuantity };
}

/** A corrected fill makes a filled order smaller, and its quantity with it. */
function isWhole({ filledQuantity, quantity, status }: Order): boolean {
  return status === 'filled' && quantity !== null && filledQuantity === quantity;
}

function larger(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

function vanished(tracked: Tracked<Order>, account: AccountState): Tracked<Order> {
  const order = tracked.value;
  if (isFilledBy(order, [...(account.executions?.value.values() ?? [])])) {
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

/** Whether these fills are the whole order; of a combination, whether they are the whole of each leg. */
function isFilledBy(order: Order, executions: readonly Execution[]): boolean {
  if (order.permId === null) return false;
  const own = executions.filter(({ permId }) => permId === order.permId);
  if (order.legs.length <= 1) return covers(own, order.quantity);
  return order.legs.every(({ instrument, quantity }) =>
    covers(
      own.filter((execution) => execution.instrument.key === instrument.key),
      quantity,
    ),
  );
}

/** An order for an amount of cash has no quantity, or 0: fills cannot prove that it is done. */
function covers(executions: readonly Execution[], quantity: number | null): boolean {
  const filled = executions.reduce((sum, execution) => sum + execution.quantity, 0);
  return quantity !== null && quantity > 0 && filled >= quantity - EPSILON;
}
