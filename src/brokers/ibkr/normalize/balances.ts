import type { Balances, CurrencyBalance, LookAhead } from '../../../domain/balances.js';
import { cleanExact, cleanMoney } from '../../../domain/clean-number.js';
import type { Issue } from '../../../domain/issue.js';
import { isBad, wireExact, wireMoney } from '../numbers.js';
import type { PnlRow } from '../wire.js';

/** Rows of account values: `key|currency` → text, both as TWS sends them; `currency` may be empty or `BASE`. */
export type AccountValues = ReadonlyMap<string, string>;

export function valueKey(key: string, currency: string): string {
  return `${key}|${currency}`;
}

/** The currency of the NetLiquidation row is the account's base currency (recorded session). */
export function baseCurrencyOf(values: AccountValues): string | null {
  for (const key of values.keys()) {
    const [name, currency = ''] = key.split('|');
    if (name === 'NetLiquidation' && currency !== '' && currency !== 'BASE') return currency;
  }
  return null;
}

/** Units of base currency for one unit of `currency`; null when TWS has not said. */
export function exchangeRate(values: AccountValues, currency: string | null): number | null {
  if (currency === null) return null;
  if (currency === baseCurrencyOf(values)) return 1;
  return wireExact(values.get(valueKey('ExchangeRate', currency)) ?? '');
}

/** Balances from one account's rows, in its base currency. Rows with `-S` or `-C` are segments of the total and left out. */
export function balancesOf(values: AccountValues, pnl: PnlRow | null): Balances {
  const base = baseCurrencyOf(values) ?? '';
  // Cash-like keys come once for each currency and once as BASE, their total; margin keys in the base currency only.
  const read = (key: string): string =>
    values.get(valueKey(key, 'BASE')) ??
    values.get(valueKey(key, base)) ??
    values.get(valueKey(key, '')) ??
    '';
  const money = (key: string): number | null => wireMoney(read(key));
  const netLiquidation = money('NetLiquidation');
  const equityWithLoan = money('EquityWithLoanValue');
  const excessLiquidity = money('ExcessLiquidity') ?? money('FullExcessLiquidity');
  const maintenanceMargin = money('MaintMarginReq') ?? money('FullMaintMarginReq');
  const grossPositionValue = money('GrossPositionValue');
  const dayPnl = pnl?.dayPnl ?? null;
  return {
    netLiquidation,
    previousNetLiquidation: null,
    totalCash: money('TotalCashValue') ?? money('TotalCashBalance'),
    settledCash: money('SettledCash'),
    moneyMarket: money('MoneyMarketFundValue'),
    accruedInterest: money('AccruedCash'),
    buyingPower: money('BuyingPower'),
    availableFunds: money('AvailableFunds') ?? money('FullAvailableFunds'),
    equityWithLoan,
    excessLiquidity,
    initialMargin: money('InitMarginReq') ?? money('FullInitMarginReq'),
    maintenanceMargin,
    cushion:
      wireExact(read('Cushion')) ?? ratio(difference(equityWithLoan, maintenanceMargin), netLiquidation),
    grossPositionValue,
    leverage: wireExact(read('Leverage-S')) ?? ratio(grossPositionValue, netLiquidation),
    dayPnl,
    dayPnlSource: dayPnl === null ? null : 'broker',
    unrealizedPnl: pnl?.unrealizedPnl ?? money('UnrealizedPnL'),
    realizedPnl: pnl?.realizedPnl ?? money('RealizedPnL'),
    isMarginCall: excessLiquidity === null ? null : excessLiquidity < 0,
    dayTradesRemaining: dayTrades(read('DayTradesRemaining')),
    lookAhead: lookAheadOf(money, read('LookAheadNextChange')),
    ledger: ledgerOf(values),
  };
}

/** What the rows themselves say against being taken at face value; not empty = the figures are partial. */
export function balanceIssues(values: AccountValues): readonly Issue[] {
  const base = baseCurrencyOf(values) ?? '';
  const uncertainty = wireMoney(values.get(valueKey('NetLiquidationUncertainty', base)) ?? '');
  const issues: Issue[] = [];
  if (values.get(valueKey('AccountReady', '')) === 'false') {
    issues.push(
      resetting('IBKR is resetting this account; its figures are not to be relied on for some minutes.'),
    );
  }
  if (
    values.get(valueKey('NLVAndMarginInReview', '')) === 'true' ||
    (uncertainty !== null && uncertainty !== 0)
  ) {
    issues.push(
      resetting('IBKR is reviewing net liquidation and margin of this account; the figures may change.'),
    );
  }
  const bad = NUMERIC_KEYS.filter((key) => isBad(values.get(valueKey(key, base)) ?? ''));
  if (bad.length > 0) {
    issues.push({
      code: 'BAD_NUMBER',
      severity: 'warning',
      message: `IBKR sent no number for ${bad.join(', ')}.`,
    });
  }
  return issues;
}

const NUMERIC_KEYS = [
  'NetLiquidation',
  'TotalCashValue',
  'BuyingPower',
  'AvailableFunds',
  'ExcessLiquidity',
  'MaintMarginReq',
] as const;

function resetting(message: string): Issue {
  return { code: 'ACCOUNT_RESETTING', severity: 'warning', message };
}

function ledgerOf(values: AccountValues): readonly CurrencyBalance[] {
  const currencies = new Set<string>();
  for (const key of values.keys()) {
    const [name, currency = ''] = key.split('|');
    if (name === 'CashBalance' && currency !== '' && currency !== 'BASE') currencies.add(currency);
  }
  const read = (key: string, currency: string): string => values.get(valueKey(key, currency)) ?? '';
  return [...currencies].toSorted().map((currency) => ({
    currency,
    cash: wireMoney(read('CashBalance', currency)),
    settledCash: null,
    netLiquidation: wireMoney(read('NetLiquidationByCurrency', currency)),
    exchangeRate: wireExact(read('ExchangeRate', currency)),
  }));
}

function lookAheadOf(money: (key: string) => number | null, nextChange: string): LookAhead | null {
  const lookAhead = {
    initialMargin: money('LookAheadInitMarginReq'),
    maintenanceMargin: money('LookAheadMaintMarginReq'),
    availableFunds: money('LookAheadAvailableFunds'),
    excessLiquidity: money('LookAheadExcessLiquidity'),
  };
  if (Object.values(lookAhead).every((value) => value === null)) return null;
  return { ...lookAhead, at: instant(wireExact(nextChange)) };
}

/** Seconds since the epoch as ISO 8601; 0 is none, and beyond the year 9999 there is none either. */
function instant(seconds: number | null): string | null {
  return seconds === null || seconds <= 0 || seconds > LAST_SECOND
    ? null
    : new Date(seconds * 1000).toISOString();
}

const LAST_SECOND = 253_402_300_799;

/** −1 means "not limited". */
function dayTrades(text: string): number | null {
  const trades = wireExact(text);
  return trades === null || trades < 0 ? null : trades;
}

function difference(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : cleanMoney(a - b);
}

function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null || b === 0 ? null : cleanExact(a / b);
}
