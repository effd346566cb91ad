import type { Account } from '../domain/account.js';
import { equal } from './equal.js';
import { emptyAccount, type AccountState, type SyncState } from './state.js';

/**
 * The broker's list of accounts. An account that is no longer named keeps its figures, marked as gone:
 * should it come back, the difference is still known. A known type or currency is never unlearnt.
 */
export function applyAccounts(state: SyncState, accounts: readonly Account[]): SyncState {
  const named = new Map(accounts.map((account) => [account.key, account]));
  const next = new Map<string, AccountState>();
  for (const [key, before] of state.accounts) {
    const account = named.get(key);
    next.set(key, account === undefined ? gone(before) : merged(before, account));
  }
  for (const [key, account] of named) {
    if (!next.has(key)) next.set(key, emptyAccount(account));
  }
  const same = [...next].every(([key, after]) => state.accounts.get(key) === after);
  return same ? state : { ...state, accounts: next };
}

function gone(before: AccountState): AccountState {
  return before.present ? { ...before, present: false } : before;
}

function merged(before: AccountState, named: Account): AccountState {
  const account = {
    ...named,
    type: named.type ?? before.account.type,
    currency: named.currency ?? before.account.currency,
  };
  return before.present && equal(before.account, account) ? before : { ...before, present: true, account };
}
