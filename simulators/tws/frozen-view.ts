import type { LedgerAccount } from '../market/ledger.js';
import type { MarketView } from '../market/types.js';

/** The market as it is now, for as long as TWS is cut off from its servers. */
export const frozenView = (
  market: MarketView & { ledger(): { readonly ibkr: { readonly accounts: readonly LedgerAccount[] } } },
): MarketView => {
  const accounts = new Map(market.ledger().ibkr.accounts.map((account) => [account.account, account]));
  const ready = new Map(market.accounts.map((account) => [account, market.isReady(account)]));
  const of = (account: string): LedgerAccount => {
    const found = accounts.get(account);
    if (!found) throw new RangeError(`there is no account ${account}`);
    return found;
  };
  return {
    accounts: market.accounts,
    instrument: (conId) => market.instrument(conId),
    baseCurrency: (account) => of(account).baseCurrency,
    isReady: (account) => ready.get(account) ?? true,
    balances: (account) => of(account).balances,
    positions: (account) => of(account).positions,
    position: (account, conId) => of(account).positions.find((position) => position.conId === conId),
    orders: (account) => of(account).orders,
    order: (account, permId) => of(account).orders.find((order) => order.permId === permId),
    executions: (account) => of(account).executions,
  };
};

/** The same accounts while the server says that they are not ready. */
export const notReadyView = (view: MarketView): MarketView => ({
  accounts: view.accounts,
  instrument: (conId) => view.instrument(conId),
  baseCurrency: (account) => view.baseCurrency(account),
  isReady: () => false,
  balances: (account) => view.balances(account),
  positions: (account) => view.positions(account),
  position: (account, conId) => view.position(account, conId),
  orders: (account) => view.orders(account),
  order: (account, permId) => view.order(account, permId),
  executions: (account) => view.executions(account),
});
