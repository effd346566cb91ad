import type { TradingMode } from '../../domain/account.js';
import type { GatewayAddress } from './address.js';

/** What a connection to one TWS or IB Gateway needs to know. */
export interface IbkrOptions extends GatewayAddress, AccountWish {}

/** Whose data the user wants. */
export interface AccountWish {
  /** `any`, or the only kind of account whose data may be emitted. */
  readonly tradingMode: 'any' | 'paper' | 'live';
  /** Account numbers or their last four characters; empty = all. */
  readonly accounts: readonly string[];
}

/** Paper accounts begin with D (DU, DF, DI), live ones with U, F or I. */
export function tradingModeOf(accountNumber: string): TradingMode {
  if (/^D[A-Z]?\d/.test(accountNumber)) return 'paper';
  return /^[UFI]\d/.test(accountNumber) ? 'live' : 'unknown';
}

export function isNamed(accountNumber: string, filter: readonly string[]): boolean {
  if (filter.length === 0) return true;
  const upper = accountNumber.toUpperCase();
  return filter.some(
    (name) => upper === name.toUpperCase() || (name.length === 4 && upper.endsWith(name.toUpperCase())),
  );
}
