import { equal } from '../equal.js';
import type { AccountState } from '../state.js';
import { openOrdersAfter } from './fills.js';
import type { Held, Watch } from './memory.js';

/** Without a list of fills for so long some may be in none: IBKR lists those of the day only. */
const LONGEST_GAP_MS = 30 * 60_000;

/** The watch when a complete list of fills came at `at`, ms since the epoch. */
export function watchAfterFills(before: Watch | null, state: AccountState, at: number): Watch | null {
  if (state.executions === null) return before;
  const fills = state.executions.value;
  const quantities = quantitiesOf(state.positions?.value ?? new Map());
  if (before === null || at - before.at > LONGEST_GAP_MS || at < before.at)
    return {
      since: at,
      at,
      fills,
      fillsChangedAt: at,
      quantities,
      quantitiesChangedAt: at,
      comparedAt: null,
      baseline: null,
      openOrders: new Map(),
    };
  const isSame = equal(Object.fromEntries(before.quantities), Object.fromEntries(quantities));
  return {
    ...before,
    at,
    fills,
    fillsChangedAt: before.fills === fills ? before.fillsChangedAt : at,
    quantities: isSame ? before.quantities : quantities,
    quantitiesChangedAt: isSame ? before.quantitiesChangedAt : at,
  };
}

/** The watch when a complete list of orders came. */
export function watchAfterOrders(before: Watch | null, state: AccountState): Watch | null {
  return before === null ? null : { ...before, openOrders: openOrdersAfter(before.openOrders, state) };
}

function quantitiesOf(held: Held): ReadonlyMap<string, number> {
  return new Map([...held].map(([key, { value }]) => [key, value.quantity]));
}
