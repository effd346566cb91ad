import type { Account } from '../../domain/account.js';
import { ConfigError } from '../../errors.js';
import type { AccountKey } from '../../ports.js';

/** What a connection to Schwab needs to know besides its login. */
export interface SchwabOptions {
  readonly apiUrl: string;
  /** Account numbers or their last four characters; empty = all. */
  readonly accounts: readonly string[];
  /** Whether Schwab's streamer may wake the poll; only one program of a user can listen to it. */
  readonly streamer: boolean;
}

/** An account together with its number and its name in addresses, which go no further than this folder. */
export interface SchwabAccount {
  readonly account: Account;
  readonly number: string;
  readonly hash: string;
}

export interface Choice {
  readonly accounts: readonly SchwabAccount[];
  /** Numbers of all accounts behind this login, also of those that nobody asked for. */
  readonly listed: readonly string[];
  /** Entries of the user's filter that no account behind this login answers to. */
  readonly unknown: readonly string[];
}

export interface NumberAndHash {
  readonly number: string;
  readonly hash: string;
}

/**
 * The accounts whose data may be emitted.
 * @throws ConfigError when none is left
 */
export function chooseAccounts(
  listed: readonly NumberAndHash[],
  wanted: readonly string[],
  accountKey: AccountKey,
): Choice {
  if (listed.length === 0)
    throw noAccount(
      'Schwab gives this login no account. Log in again, and tick the accounts on the page that asks for them.',
    );
  // Also of an account that nobody asked for: a number that has been made a key is masked from then on.
  const all = listed.map(({ hash, number }) => ({ number, hash, account: accountOf(number, accountKey) }));
  const named = all.filter(({ number }) => isNamed(number, wanted));
  if (named.length === 0) {
    const names = wanted.map((name) => `…${name.slice(-4)}`).join(', ');
    const there = listed.map(({ number }) => `…${number.slice(-4)}`).join(', ');
    throw noAccount(
      `None of the accounts entered (${names}) is behind this login, which has ${there}. Correct the list, or log in again and tick them.`,
    );
  }
  return {
    accounts: named,
    listed: listed.map(({ number }) => number),
    unknown: wanted.filter((name) => !listed.some(({ number }) => isNamed(number, [name]))),
  };
}

export function isNamed(number: string, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const names = wanted.map((name) => name.replace(/^…/, '').toUpperCase());
  const upper = number.toUpperCase();
  return names.some((name) => upper === name || (name.length === 4 && upper.endsWith(name)));
}

/** Schwab has no practice money: every account is live, and in dollars. */
function accountOf(number: string, accountKey: AccountKey): Account {
  return {
    key: accountKey('schwab', number),
    broker: 'schwab',
    lastFour: number.slice(-4),
    type: null,
    currency: 'USD',
    tradingMode: 'live',
  };
}

function noAccount(message: string): ConfigError {
  return new ConfigError(message, { broker: 'schwab', code: 'accounts', retrySlowly: true });
}
