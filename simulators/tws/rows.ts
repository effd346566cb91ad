import type { MarketView } from '../market/types.js';
import { accountValues } from './encode/account-values.js';
import { pnl, pnlSingle, updatePortfolio } from './encode/portfolio.js';
import { summaryValues } from './encode/summary.js';
import type {
  AccountMultiSubscription,
  KeyedRow,
  Subscriptions,
  SummarySubscription,
} from './subscriptions.js';

/** Messages 6 of one account. */
export const valueRows = (view: MarketView, account: string): readonly KeyedRow[] =>
  accountValues(view, account).map(({ key, value, currency }) => ({
    key: `${key}/${currency}`,
    fields: ['6', '2', key, value, currency, account],
  }));

/** Messages 7 of one account. */
export const portfolioRows = (view: MarketView, account: string): readonly KeyedRow[] =>
  view.positions(account).map((position) => ({
    key: String(position.conId),
    fields: updatePortfolio(view, account, position),
  }));

/** Messages 63. */
export const summaryRows = (
  view: MarketView,
  requestId: string,
  { accounts, tags }: SummarySubscription,
): readonly KeyedRow[] =>
  accounts.flatMap((account) =>
    summaryValues(view, account, tags).map(({ key, value, currency }) => ({
      key: `${account}/${key}/${currency}`,
      fields: ['63', '1', requestId, account, key, value, currency],
    })),
  );

/** Messages 73; `Cryptocurrency` is empty and comes only here (recorded). */
export const accountMultiRows = (
  view: MarketView,
  requestId: string,
  { accounts, ledgerOnly }: AccountMultiSubscription,
): readonly KeyedRow[] =>
  accounts.flatMap((account) => {
    const values = accountValues(view, account).filter(
      ({ key, currency }) => !ledgerOnly || currency === 'BASE' || key === 'NetLiquidation',
    );
    const rows = ledgerOnly ? values : [...values, { key: 'Cryptocurrency', value: '', currency: '' }];
    return rows.map(({ key, value, currency }) => ({
      key: `${account}/${key}/${currency}`,
      fields: ['73', '1', requestId, account, '', key, value, currency],
    }));
  });

/** Messages 94 and 95. A contract that is not held is answered by silence. */
export const pnlRows = (view: MarketView, subscriptions: Subscriptions): readonly KeyedRow[] => [
  ...[...subscriptions.pnl].map(([requestId, account]) => ({
    key: `94/${requestId}`,
    fields: pnl(requestId, view.balances(account)),
  })),
  ...[...subscriptions.pnlSingle].flatMap(([requestId, { account, conId }]) => {
    const position = view.position(account, conId);
    return position ? [{ key: `95/${requestId}`, fields: pnlSingle(requestId, position) }] : [];
  }),
];
