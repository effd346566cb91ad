import type { CurrencyLedger, LedgerBalances } from '../../market/ledger.js';
import type { MarketView } from '../../market/types.js';
import { money, plain } from '../fields.js';

/** One key of an account; several currencies may share the key. */
export interface AccountValue {
  readonly key: string;
  readonly value: string;
  readonly currency: string;
}

/** All rows of an account as a download shows them: sorted by key, BASE before the single currencies. */
export const accountValues = (view: MarketView, account: string): readonly AccountValue[] => {
  const base = view.baseCurrency(account);
  const balances = view.balances(account);
  const rows = [
    ...plainRows(account, balances),
    ...currencyRows(account, { base, balances }),
    ...baseCurrencyRows(balances).map(([key, value]) => ({ key, value: money(value), currency: base })),
    ...suffixOnlyRows(balances),
  ];
  const told = view.isReady(account) ? rows : rows.map(whileResetting);
  return told.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
};

/** AccountReady=false means that the server is resetting and the figures are wrong. */
export const whileResetting = (row: AccountValue): AccountValue => {
  if (row.key === 'AccountReady') return { ...row, value: 'false' };
  return row.key !== 'ExchangeRate' && /^-?\d+\.\d\d$/.test(row.value) ? { ...row, value: '0.00' } : row;
};

const plainRows = (
  account: string,
  { cushion, dayTradesRemaining, lookAhead }: LedgerBalances,
): readonly AccountValue[] => {
  const days = ['', 'T+1', 'T+2', 'T+3', 'T+4'].map(
    (day) => [`DayTradesRemaining${day}`, String(dayTradesRemaining)] as const,
  );
  const rows = [
    ['AccountCode', account] as const,
    ['AccountReady', 'true'] as const,
    ['AccountType', 'INDIVIDUAL'] as const,
    ['Cushion', plain(cushion)] as const,
    ...days,
    ['LookAheadNextChange', lookAhead.at === null ? '0' : String(Date.parse(lookAhead.at) / 1000)] as const,
    ['NLVAndMarginInReview', 'false'] as const,
    ['WhatIfPMEnabled', 'true'] as const,
  ];
  return rows.map(([key, value]) => ({ key, value, currency: '' }));
};

const suffixOnlyRows = ({ leverage, excessLiquidity }: LedgerBalances): readonly AccountValue[] => {
  const rows = [
    ['ColumnPrio-C', '5'] as const,
    ['ColumnPrio-S', '1'] as const,
    ['SegmentTitle-C', 'US Commodities'] as const,
    ['SegmentTitle-S', 'US Securities'] as const,
    ['DayTradingStatus-S', `::false:${money(excessLiquidity)}:`] as const,
    ['Leverage-S', money(leverage)] as const,
    ['TradingType-S', 'STKNOPT'] as const,
  ];
  return rows.map(([key, value]) => ({ key, value, currency: '' }));
};

const EMPTY_CLASSES = [
  'CorporateBond',
  'Fund',
  'FutureOption',
  'IssuerOption',
  'MoneyMarketFund',
  'MutualFund',
  'TBill',
  'TBond',
  'Warrant',
];

/** The rows that come once as BASE and once for each currency; `$LEDGER` shows the same ones. */
export const currencyRows = (
  account: string,
  { base, balances }: { readonly base: string; readonly balances: LedgerBalances },
): readonly AccountValue[] => {
  const total = sumInBase(balances);
  return [total, ...balances.ledger].flatMap((entry) => {
    const { currency } = entry;
    const isBase = currency === 'BASE';
    const own = isBase ? base : currency;
    const amounts = ledgerAmounts(entry).map(([key, value]) => ({ key, value: money(value), currency }));
    return [
      { key: 'AccountOrGroup', value: account, currency },
      { key: 'Currency', value: currency, currency },
      { key: 'RealCurrency', value: isBase ? 'BASE' : own, currency },
      { key: 'ExchangeRate', value: entry.exchangeRate === 1 ? '1.00' : plain(entry.exchangeRate), currency },
      ...amounts,
    ];
  });
};

const sumInBase = (balances: LedgerBalances): CurrencyLedger => {
  const sum = (amount: (entry: CurrencyLedger) => number): number =>
    balances.ledger.reduce((total, entry) => total + amount(entry) * entry.exchangeRate, 0);
  return {
    currency: 'BASE',
    exchangeRate: 1,
    cash: balances.totalCash,
    accruedInterest: balances.accruedInterest,
    unrealizedPnl: balances.unrealizedPnl,
    realizedPnl: balances.realizedPnl,
    stockValue: sum(({ stockValue }) => stockValue),
    optionValue: sum(({ optionValue }) => optionValue),
    futuresPnl: sum(({ futuresPnl }) => futuresPnl),
  };
};

const ledgerAmounts = (entry: CurrencyLedger): readonly (readonly [string, number])[] => [
  ['AccruedCash', entry.accruedInterest],
  ['AccruedCash-C', 0],
  ['AccruedCash-S', entry.accruedInterest],
  ['CashBalance', entry.cash],
  ['FuturesPNL', entry.futuresPnl],
  ['FxCashBalance', 0],
  ['NetDividend', 0],
  ['NetLiquidationByCurrency', entry.cash + entry.stockValue + entry.optionValue + entry.accruedInterest],
  ['OptionMarketValue', entry.optionValue],
  ['RealizedPnL', entry.realizedPnl],
  ['StockMarketValue', entry.stockValue],
  ['TotalCashBalance', entry.cash],
  ['UnrealizedPnL', entry.unrealizedPnl],
  ...EMPTY_CLASSES.map((name) => [`${name}Value`, 0] as const),
];

/** Rows in base currency only: totals without a suffix, the same for the segments C and S. */
const baseCurrencyRows = (balances: LedgerBalances): readonly (readonly [string, number])[] => [
  ...inSegments(['', '-C', '-S'], segmentTotals(balances)),
  ...inSegments(
    ['', '-S'],
    [
      ['GrossPositionValue', balances.grossPositionValue],
      ['PreviousDayEquityWithLoanValue', balances.equityWithLoan],
      ['RegTEquity', balances.equityWithLoan],
      ['RegTMargin', balances.initialMargin],
      ['SMA', balances.availableFunds],
    ],
  ),
  ['BuyingPower', balances.buyingPower],
  ['NetLiquidationUncertainty', 0],
  ...(balances.settledCash === null ? [] : [['SettledCash', balances.settledCash] as const]),
];

const segmentTotals = (balances: LedgerBalances): readonly (readonly [string, number])[] => {
  const kinds = [
    ['', balances] as const,
    ['Full', balances] as const,
    ['LookAhead', balances.lookAhead] as const,
  ];
  const margins = kinds.flatMap(([kind, figures]) => [
    [`${kind}AvailableFunds`, figures.availableFunds] as const,
    [`${kind}ExcessLiquidity`, figures.excessLiquidity] as const,
    [`${kind}InitMarginReq`, figures.initialMargin] as const,
    [`${kind}MaintMarginReq`, figures.maintenanceMargin] as const,
  ]);
  const zeros = [
    'AccruedDividend',
    'Billable',
    'Guarantee',
    'IndianStockHaircut',
    'PASharesValue',
    'PhysicalCertificateValue',
    'PostExpirationExcess',
    'PostExpirationMargin',
    'TotalDebitCardPendingCharges',
  ];
  return [
    ['EquityWithLoanValue', balances.equityWithLoan],
    ['NetLiquidation', balances.netLiquidation],
    ['TotalCashValue', balances.totalCash],
    ...zeros.map((key) => [key, 0] as const),
    ...margins,
  ];
};

// Everything stands in the securities segment: the commodities rows are zero, and adding all three is plainly wrong.
const inSegments = (
  suffixes: readonly string[],
  totals: readonly (readonly [string, number])[],
): readonly (readonly [string, number])[] =>
  totals.flatMap(([key, value]) =>
    suffixes.map((suffix) => [`${key}${suffix}`, suffix === '-C' ? 0 : value] as const),
  );
