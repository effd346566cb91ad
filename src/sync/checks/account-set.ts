import type { Account } from '../../domain/account.js';
import type { Issue } from '../../domain/issue.js';
import type { AccountSet } from './memory.js';

/** So long a change of the set of accounts is told. */
const TOLD_FOR_MS = 24 * 60 * 60 * 1000;

/** The set of accounts after the broker has named them; the same object when it is what it was. */
export function accountSetAfter(before: AccountSet | null, named: readonly Account[]): AccountSet {
  const known = new Map(named.map(({ key, lastFour }) => [key, lastFour]));
  if (before === null) return { known, changed: null };
  if (isSame(before.known, known)) return before;
  const from = before.changed?.from ?? before.known;
  if (isSame(from, known)) return { known, changed: null };
  return { known, changed: { from, issue: issueOf(from, known), at: null } };
}

/** The set when an image came at `at`, ms since the epoch: what was told for a day is old news. */
export function accountSetAt(set: AccountSet | null, at: number): AccountSet | null {
  if (set === null || set.changed === null) return set;
  const { changed } = set;
  if (changed.at === null) return { ...set, changed: { ...changed, at } };
  return at - changed.at < TOLD_FOR_MS ? set : { ...set, changed: null };
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a.keys()].every((key) => b.has(key));
}

function issueOf(from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>): Issue {
  const gone = [...from].filter(([key]) => !to.has(key)).map(([, lastFour]) => `…${lastFour}`);
  const fresh = [...to].filter(([key]) => !from.has(key)).map(([, lastFour]) => `…${lastFour}`);
  const what = [
    ...(gone.length === 0 ? [] : [`${gone.join(', ')} ${gone.length === 1 ? 'is' : 'are'} gone`]),
    ...(fresh.length === 0 ? [] : [`${fresh.join(', ')} ${fresh.length === 1 ? 'is' : 'are'} new`]),
  ].join(' and ');
  const message = `The accounts behind this login changed (${what}): if you did not do that, look at the broker's page and log in again with all accounts.`;
  return { code: 'ACCOUNT_SET_CHANGED', severity: 'warning', message };
}
