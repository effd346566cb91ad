import { cleanMoney } from '../../../domain/clean-number.js';
import type { CurrentBalances } from '../schema/account.js';

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

export function sum(values: readonly number[]): number {
  return cleanMoney(values.reduce((total, value) => total + value, 0)) ?? 0;
}

/**
 * Cash, dollars; borrowed < 0. A debit stands in `marginBalance` while `cashBalance` reads 0, and a money fund that
 * cash is swept into stands beside both. A part that is missing counts as 0 only where the net liquidation value
 * adds up without it: a loan that was not sent would be a fortune.
 */
export function totalCash(current: CurrentBalances): number | null {
  const { cashBalance, liquidationValue, marginBalance, moneyMarketFund } = current;
  if (cashBalance === null) return null;
  const cash = sum([cashBalance, moneyMarketFund ?? 0, marginBalance ?? 0]);
  if (moneyMarketFund !== null && marginBalance !== null) return cash;
  const held = marketValues(current);
  if (liquidationValue === null || held === null) return moneyMarketFund === null ? null : cash;
  return Math.abs(liquidationValue - cash - sum(held)) <= navTolerance(liquidationValue) ? cash : null;
}

/** Real answers add up to the cent; this much may come of two answers that Schwab joined. */
export function navTolerance(liquidationValue: number): number {
  return Math.max(1, 0.0005 * Math.abs(liquidationValue));
}
