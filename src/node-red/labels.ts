import type { Account } from '../domain/account.js';

export interface LabelSource {
  /** Account number, or its last four characters → label, as the user entered them. */
  readonly labels: ReadonlyMap<string, string>;
  readonly accountKey: (accountNumber: string) => string;
}

/**
 * Names accounts for people: the user's label, else `…` and the last four characters; where two accounts end
 * alike, a piece of the key tells them apart, since labels become topics.
 */
export function labeller({
  labels,
  accountKey,
}: LabelSource): (account: Account, all: Iterable<Account>) => string {
  const byKey = new Map([...labels].map(([number, label]) => [accountKey(number), label]));
  const byLastFour = new Map([...labels].map(([number, label]) => [number.toUpperCase(), label]));
  return (account, all) => {
    const given = byKey.get(account.key) ?? byLastFour.get(account.lastFour.toUpperCase());
    if (given !== undefined && given.trim() !== '') return given.trim();
    const twins = [...all].filter(({ lastFour }) => lastFour === account.lastFour);
    return twins.length > 1 ? `…${account.lastFour}-${account.key.slice(0, 4)}` : `…${account.lastFour}`;
  };
}

/** Whether the user's list of labels or last four characters names this account; an empty list names all. */
export function isWanted(account: Account, label: string, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const names = new Set([label, account.lastFour, `…${account.lastFour}`].map((name) => name.toUpperCase()));
  return wanted.some((name) => names.has(name.trim().toUpperCase()));
}
