import { PersistentMap } from '../../src/alerts/persistent-map.js';
import type { AccountView } from '../../src/alerts/views.js';
import { sampledAccount } from './support.js';

/** An account of which nothing has been told. */
export function emptyView(): AccountView {
  return {
    account: sampledAccount(),
    balances: null,
    trust: { balances: null, positions: null, orders: null },
    positions: PersistentMap.of(),
    prices: PersistentMap.of(),
    orders: PersistentMap.of(),
    peak: null,
    mismatchSince: null,
  };
}
