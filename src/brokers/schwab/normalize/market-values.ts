import { cleanMoney } from '../../../domain/clean-number.js';
import type { CurrentBalances } from '../schema/account.js';

const ONE_CENT = 0.01;

/** The four values that Schwab gives for what is held, dollars; null when one of them is missing. */
export function marketValues(current: CurrentBalances): readonly number[] | null {
  const values = [
    current.longMarketValue,
    current.longOptionMarketValue,
    current.shortMarketValue,
    current.shortOptionMarketValue,
  ];
  const known = values.filter((value) => value !== null);
  return known.length === values.length ? known : null;
}

/** null when the sum is beyond all numbers. */
export function sum(values: readonly number[]): number | null {
  return cleanMoney(values.reduce((total, value) => total + value, 0));
}

/**
 * Cash, dollars; borrowed < 0. A debit stands in `marginBalance` while `cashBalance` reads 0, and a money fund that
 * cash is swept into stands beside both. Only a CASH account has no `marginBalance`; any other part that is missing
 * counts as 0 only where the net liquidation value adds up to the cent without it: a loan that was not sent would be
 * a fortune.
 */
export function totalCash(current: CurrentBalances, type: string | null): number | null {
  const { cashBalance, liquidationValue, moneyMarketFund } = current;
  const marginBalance = current.marginBalance ?? (type === 'CASH' ? 0 : null);
  if (cashBalance === null) return null;
  const cash = sum([cashBalance, moneyMarketFund ?? 0, marginBalance ?? 0]);
  if (cash === null || (moneyMarketFund !== null && marginBalance !== null)) return cash;
  const held = marketValues(current);
  if (liquidationValue === null || held === null) return null;
  const gap = sum([liquidationValue, -cash, ...held.map((value) => -value)]);
  return gap !== null && Math.abs(gap) < ONE_CENT ? cash : null;
}

/** Real answers add up to the cent; this much may come of two answers that Schwab joined. */
export function navTolerance(liquidationValue: number): number {
  return Math.max(1, 0.0005 * Math.abs(liquidationValue));
}
