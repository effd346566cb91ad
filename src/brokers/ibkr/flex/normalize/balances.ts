import type { Balances, CurrencyBalance } from '../../../../domain/balances.js';
import { flexDate } from '../dates.js';
import type { CashRow, EquityRow } from '../rows.js';
import type { FlexStatement } from '../statement.js';

const TOTAL = 'BASE_SUMMARY';

/** The row of the last day; a query over a longer period has one for each. Without readable days the last row. */
export function lastEquity(statement: FlexStatement): EquityRow | null {
  let last: EquityRow | null = null;
  for (const { row } of statement.equity ?? []) if (last === null || dayOf(row) >= dayOf(last)) last = row;
  return last;
}

/** ISO 4217; null when no section of the statement says. */
export function baseCurrencyOf(statement: FlexStatement): string | null {
  return statement.information?.currency ?? lastEquity(statement)?.currency ?? null;
}

/** Balances at the close of a day, in base currency. Margin, buying power and the day's result are not in a statement. */
export function balancesOf(
  statement: FlexStatement,
  equity: EquityRow,
  rates: ReadonlyMap<string, number>,
): Balances {
  const cash = (statement.cash ?? []).map(({ row }) => row);
  return {
    netLiquidation: equity.total,
    previousNetLiquidation: null,
    totalCash: equity.cash,
    settledCash: cash.findLast(({ currency }) => currency === TOTAL)?.endingSettledCash ?? null,
    moneyMarket: null,
    accruedInterest: equity.interestAccruals,
    buyingPower: null,
    availableFunds: null,
    equityWithLoan: null,
    excessLiquidity: null,
    initialMargin: null,
    maintenanceMargin: null,
    cushion: null,
    grossPositionValue: null,
    leverage: null,
    dayPnl: null,
    dayPnlSource: null,
    unrealizedPnl: null,
    realizedPnl: null,
    isMarginCall: null,
    dayTradesRemaining: null,
    lookAhead: null,
    ledger: ledgerOf(cash, rates),
  };
}

function ledgerOf(rows: readonly CashRow[], rates: ReadonlyMap<string, number>): readonly CurrencyBalance[] {
  const byCurrency = new Map<string, CurrencyBalance>();
  for (const { currency, endingCash, endingSettledCash } of rows) {
    if (currency === null || currency === TOTAL) continue;
    byCurrency.set(currency, {
      currency,
      cash: endingCash,
      settledCash: endingSettledCash,
      netLiquidation: null,
      exchangeRate: rates.get(currency) ?? null,
    });
  }
  return [...byCurrency.values()].toSorted((a, b) => (a.currency < b.currency ? -1 : 1));
}

function dayOf({ reportDate }: EquityRow): string {
  return flexDate(reportDate) ?? '';
}
