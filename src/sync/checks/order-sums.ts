import type { Order, OrderStatus } from '../../domain/order.js';
import type { AccountState } from '../state.js';
import { fillsOf, isWhole } from './fills.js';
import type { Watch } from './memory.js';
import type { Observation } from './suspicions.js';

/** Sums of fractional quantities differ from their total by less than this. */
const EPSILON = 1e-9;
/** Ended orders that were not filled have a remaining quantity of 0 at Schwab, suspended ones of anything at IBKR. */
const ADDS_UP: ReadonlySet<OrderStatus> = new Set([
  'accepted',
  'working',
  'partially_filled',
  'pending_cancel',
  'pending_replace',
  'filled',
]);

/** Orders whose quantities do not add up, by themselves or with their fills. */
export function orderMismatches(state: AccountState, watch: Watch | null): readonly Observation[] {
  return [...(state.orders?.value.values() ?? [])].flatMap(({ missing, value }) => {
    if (missing > 0) return [];
    return ownMismatch(value) ?? (watch === null ? [] : (fillMismatch(value, state, watch) ?? []));
  });
}

function ownMismatch(order: Order): Observation | null {
  const { filledQuantity, quantity, remainingQuantity, status } = order;
  // An order for an amount of cash has no quantity, or 0.
  if (!ADDS_UP.has(status) || quantity === null || quantity === 0) return null;
  if (filledQuantity === null || remainingQuantity === null) return null;
  if (Math.abs(filledQuantity + remainingQuantity - quantity) <= EPSILON) return null;
  return mismatch(
    order,
    `is for ${quantity}, yet ${filledQuantity} filled and ${remainingQuantity} remaining make ${filledQuantity + remainingQuantity}`,
  );
}

function fillMismatch(order: Order, state: AccountState, watch: Watch): Observation | null {
  const { filledQuantity, quantity } = order;
  if (filledQuantity === null || quantity === null || quantity === 0) return null;
  if (order.legs.length > 1 || !isWhole(order, watch)) return null;
  const fills = fillsOf(order, state);
  const [leg] = order.legs;
  // The row of a combination and those of its legs carry the same order id.
  if (leg === undefined || fills.some(({ instrument }) => instrument.key !== leg.instrument.key)) return null;
  // A filled order without any fill is told as such.
  if (fills.length === 0 && order.status === 'filled') return null;
  const sum = fills.reduce((total, fill) => total + fill.quantity, 0);
  if (Math.abs(sum - filledQuantity) <= EPSILON) return null;
  return mismatch(order, `is filled by ${filledQuantity}, yet its ${fills.length} fills make ${sum}`);
}

function mismatch(order: Order, what: string): Observation {
  const symbol = order.legs[0]?.instrument.symbol ?? '';
  const message = `The ${symbol} order ${order.permId ?? order.orderId ?? order.key} ${what}: look at the order at the broker before you act on it.`;
  return {
    about: `${order.key}|${what}`,
    issue: { code: 'ORDER_MISMATCH', severity: 'warning', message },
  };
}
