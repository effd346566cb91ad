import type { MarketView } from '../../market/types.js';
import { money } from '../fields.js';
import { accountValues, currencyRows, whileResetting, type AccountValue } from './account-values.js';

// Recorded: RegTEquity exists, ReqTEquity (as older documents spell it) is dropped without a word; so are tags without a value.
const SUMMARY_TAGS = new Set([
  'AccountType',
  'AccruedCash',
  'AvailableFunds',
  'BuyingPower',
  'Cushion',
  'DayTradesRemaining',
  'EquityWithLoanValue',
  'ExcessLiquidity',
  'FullAvailableFunds',
  'FullExcessLiquidity',
  'FullInitMarginReq',
  'FullMaintMarginReq',
  'GrossPositionValue',
  'InitMarginReq',
  'LookAheadAvailableFunds',
  'LookAheadExcessLiquidity',
  'LookAheadInitMarginReq',
  'LookAheadMaintMarginReq',
  'LookAheadNextChange',
  'MaintMarginReq',
  'NetLiquidation',
  'PreviousDayEquityWithLoanValue',
  'RegTEquity',
  'RegTMargin',
  'SMA',
  'SettledCash',
  'TotalCashValue',
]);

/** Rows without a currency first, then the rest, each alphabetical; `$LEDGER` last with BASE at its end. */
export const summaryValues = (
  view: MarketView,
  account: string,
  tags: ReadonlySet<string>,
): readonly AccountValue[] => {
  const all = accountValues(view, account).filter(({ key }) => tags.has(key) && SUMMARY_TAGS.has(key));
  const single = all.filter(({ key }) => key !== 'AccruedCash');
  return [
    ...single.filter(({ currency }) => currency === ''),
    ...[...single.filter(({ currency }) => currency !== ''), ...accrued(view, account, tags)].toSorted(byKey),
    ...ledgerValues(view, account, tags),
  ];
};

const byKey = (a: AccountValue, b: AccountValue): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

// The summary has one row in base currency where the download has one for each currency.
const accrued = (view: MarketView, account: string, tags: ReadonlySet<string>): readonly AccountValue[] => {
  if (!tags.has('AccruedCash')) return [];
  const value = view.isReady(account) ? view.balances(account).accruedInterest : 0;
  return [{ key: 'AccruedCash', value: money(value), currency: view.baseCurrency(account) }];
};

const ledgerValues = (
  view: MarketView,
  account: string,
  tags: ReadonlySet<string>,
): readonly AccountValue[] => {
  const asked = [...tags]
    .filter((tag) => tag.startsWith('$LEDGER'))
    .map((tag) => tag.split(':')[1] ?? 'BASE');
  if (asked.length === 0) return [];
  const rows = currencyRows(account, { base: view.baseCurrency(account), balances: view.balances(account) })
    .filter(({ key, currency }) => !/-[CS]$/.test(key) && (asked.includes('ALL') || asked.includes(currency)))
    .map((row) => (view.isReady(account) ? row : whileResetting(row)));
  const baseLast = ({ currency }: AccountValue): string => (currency === 'BASE' ? '~' : currency);
  return rows.toSorted((a, b) =>
    baseLast(a) < baseLast(b) ? -1 : baseLast(a) > baseLast(b) ? 1 : byKey(a, b),
  );
};
