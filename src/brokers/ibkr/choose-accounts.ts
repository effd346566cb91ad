import type { Account } from '../../domain/account.js';
import { ConfigError } from '../../errors.js';
import type { AccountKey } from '../../ports.js';
import { isNamed, tradingModeOf, type AccountWish, type IbkrOptions } from './config.js';

/** An account together with its number, which goes no further than this folder. */
export interface NumberedAccount {
  readonly account: Account;
  readonly number: string;
}

/** Where the numbers come from, for messages, and what the user can do when none of them may be emitted. */
export interface Listed {
  readonly numbers: readonly string[];
  /** `the login at 127.0.0.1:4002` */
  readonly source: string;
  /** `127.0.0.1:4002 is logged in to` */
  readonly shows: string;
  readonly remedy: string;
  /** Whether looking again may find other accounts although nothing was changed here. */
  readonly retrySlowly: boolean;
}

export interface Choice {
  readonly accounts: readonly NumberedAccount[];
  /** Entries of the user's filter that no account behind this login answers to. */
  readonly unknown: readonly string[];
}

/**
 * The accounts of a gateway's login whose data may be emitted.
 * @throws ConfigError when none is left
 */
export function chooseAccounts(
  numbers: readonly string[],
  options: IbkrOptions,
  accountKey: AccountKey,
): Choice {
  const address = `${options.host}:${options.port}`;
  const listed: Listed = {
    numbers,
    source: `the login at ${address}`,
    shows: `${address} is logged in to`,
    remedy: 'Change the trading mode, the port or the login.',
    retrySlowly: true,
  };
  return accountsAmong(listed, options, accountKey);
}

/**
 * The accounts of a list whose data may be emitted.
 * @throws ConfigError when none is left
 */
export function accountsAmong(listed: Listed, wish: AccountWish, accountKey: AccountKey): Choice {
  const { numbers, remedy, retrySlowly, shows, source } = listed;
  const refuse = (message: string): ConfigError =>
    new ConfigError(message, { broker: 'ibkr', code: 'accounts', retrySlowly });
  if (numbers.length === 0) throw refuse(`There is no account behind ${source}.`);
  // Also of an account that nobody asked for: a number that has been made a key is masked from then on.
  const all = numbers.map((number) => numbered(number, accountKey));
  const named = all.filter(({ number }) => isNamed(number, wish.accounts));
  if (named.length === 0) {
    const wanted = wish.accounts.map((name) => `…${name.slice(-4)}`).join(', ');
    throw refuse(
      `None of the accounts entered (${wanted}) is behind ${source}, which has ${lastFours(numbers)}.`,
    );
  }
  const accounts = named.filter(({ number }) => fits(number, wish.tradingMode));
  if (accounts.length === 0) {
    throw refuse(
      `This connection is set to ${wish.tradingMode} accounts only, and ${shows} ${lastFours(named.map(({ number }) => number))}, ` +
        `${wish.tradingMode === 'paper' ? 'live' : 'paper'}. Nothing of it is emitted. ${remedy}`,
    );
  }
  const unknown = wish.accounts.filter((name) => !numbers.some((number) => isNamed(number, [name])));
  return { accounts, unknown };
}

function fits(number: string, tradingMode: AccountWish['tradingMode']): boolean {
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
