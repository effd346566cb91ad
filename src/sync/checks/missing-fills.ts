import type { Order } from '../../domain/order.js';
import type { AccountState } from '../state.js';
import { endedUnderWatch, fillsOf } from './fills.js';
import type { Watch } from './memory.js';
import type { Observation } from './suspicions.js';

/** Filled orders of which no fill is known, though they ended under the eyes of this process. */
export function missingFills(state: AccountState, watch: Watch | null): readonly Observation[] {
  if (watch === null) return [];
  return [...(state.orders?.value.values() ?? [])]
    .map(({ value }) => value)
    .filter((order) => order.status === 'filled' && endedUnderWatch(order, watch) && isTraded(order))
    .filter((order) => fillsOf(order, state).length === 0)
    .map(observation);
}

/** Funds are bought at a price of the evening, which is no fill of an exchange. */
function isTraded({ legs }: Order): boolean {
  return !legs.some(
    ({ instrument: { assetClass } }) => assetClass === 'mutual_fund' || assetClass === 'cash_equivalent',
  );
}

function observation(order: Order): Observation {
  const symbol = order.legs[0]?.instrument.symbol ?? '';
  const message = `The ${symbol} order ${order.permId ?? order.orderId ?? order.key} is filled (${order.filledQuantity ?? '?'} of ${order.quantity ?? '?'}), yet the broker has told no fill of it: price and commission of that trade are missing here, look at the broker's list of trades.`;
  return { about: order.key, issue: { code: 'FILL_MISSING', severity: 'warning', message } };
}
