import type { LedgerAccount, Market } from '../../../simulators/index.js';
import { rowsOf } from '../../support/differences.js';
import type { World } from '../oracle/world.js';

/** The accounts of a market that stand behind TWS. */
export function ibWorld(market: Market): World {
  return {
    accounts: market.accounts,
    rowsOf: (account) => rowsOf(ledgerOf(market, account)),
    subscribe: (listener) => market.subscribe((event) => listener('account' in event ? event.account : null)),
  };
}

export function ledgerOf(market: Market, account: string): LedgerAccount {
  return {
    account,
    baseCurrency: market.baseCurrency(account),
    balances: market.balances(account),
    positions: market.positions(account),
    orders: market.orders(account),
    executions: market.executions(account),
  };
}
