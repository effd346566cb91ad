import type { Account } from '../../domain/account.js';
import { ConfigError } from '../../errors.js';
import type { AccountKey } from '../../ports.js';
import { isNamed, tradingModeOf, type IbkrOptions } from './config.js';

/** An account together with its number, which goes no further than this folder. */
export interface NumberedAccount {
  readonly account: Account;
  readonly number: string;
}

export interface Choice {
  readonly accounts: readonly NumberedAccount[];
  /** Entries of the user's filter that no account behind this login answers to. */
  readonly unknown: readonly string[];
}

/**
 * The accounts whose data may be emitted.
 * @throws ConfigError when none is left
 */
export function chooseAccounts(
  numbers: readonly string[],
  options: IbkrOptions,
  accountKey: AccountKey,
): Choice {
  const address = `${options.host}:${options.port}`;
  if (numbers.length === 0) throw config(`The login at ${address} has no account.`);
  // Also of an account that nobody asked for: a number that has been made a key is masked from then on.
  const all = numbers.map((number) => numbered(number, accountKey));
  const named = all.filter(({ number }) => isNamed(number, options.accounts));
  if (named.length === 0) {
    const wanted = options.accounts.map((name) => `…${name.slice(-4)}`).join(', ');
    throw config(
      `None of the accounts entered (${wanted}) is behind the login at ${address}, which has ${lastFours(numbers)}.`,
    );
  }
  const accounts = named.filter(({ number }) => fits(number, options.tradingMode));
  if (accounts.length === 0) {
    throw config(
      `This connection is set to ${options.tradingMode} accounts only, and ${address} is logged in to ${lastFours(named.map(({ number }) => number))}, ` +
        `${options.tradingMode === 'paper' ? 'live' : 'paper'}. Nothing of it is emitted. Change the trading mode, the port or the login.`,
    );
  }
  const unknown = options.accounts.filter((name) => !numbers.some((number) => isNamed(number, [name])));
  return { accounts, unknown };
}

function fits(number: string, tradingMode: IbkrOptions['tradingMode']): boolean {
  const mode = tradingModeOf(number);
  return tradingMode === 'any' || mode === 'unknown' || mode === tradingMode;
}

function numbered(number: string, accountKey: AccountKey): NumberedAccount {
  const account: Account = {
    key: accountKey('ibkr', number),
    broker: 'ibkr',
    lastFour: number.slice(-4),
    type: null,
    currency: null,
    tradingMode: tradingModeOf(number),
  };
  return { account, number };
}

function lastFours(numbers: readonly string[]): string {
  return numbers.map((number) => `…${number.slice(-4)}`).join(', ') || 'no account';
}

function config(message: string): ConfigError {
  return new ConfigError(message, { broker: 'ibkr', code: 'accounts', retrySlowly: true });
}
