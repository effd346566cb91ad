import type { FlexStatement } from '../statement.js';
import { baseCurrencyOf } from './balances.js';

/** Currency → base currency for one unit of it. A statement names a rate beside each position, and 1 needs no naming. */
export function exchangeRates(statement: FlexStatement): ReadonlyMap<string, number> {
  const rates = new Map<string, number>();
  for (const { row } of statement.positions ?? []) {
    const { currency, fxRateToBase } = row;
    if (currency !== null && fxRateToBase !== null && fxRateToBase > 0) rates.set(currency, fxRateToBase);
  }
  const base = baseCurrencyOf(statement);
  if (base !== null) rates.set(base, 1);
  return rates;
}
