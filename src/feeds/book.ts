import type { SampledAccount } from '../alerts/sample.js';
import { named, type Names } from './names.js';

/** An account that this feed publishes, or has published in an earlier run. */
export interface KnownAccount {
  readonly account: SampledAccount;
  /** The broker's own word, such as `margin`. */
  readonly type: string | null;
  /** Its level of the topics. */
  readonly name: string;
}

/** Which topics are whose; kept over restarts, so that an account keeps its topics, and what has ended is found. */
export interface Book {
  /** account key → the account */
  readonly accounts: ReadonlyMap<string, KnownAccount>;
  /** Levels that were an account's and are nobody's now, the latest last. */
  readonly retired: readonly string[];
}

export const EMPTY_BOOK: Book = { accounts: new Map(), retired: [] };
const MOST_RETIRED = 100;

export function namesIn({ accounts }: Book): Names {
  return new Map([...accounts].map(([key, { name }]) => [key, name]));
}

/** With this account, as it is called now; the same object when that is nothing new. */
export function withAccount(book: Book, account: SampledAccount, type: string | null): Book {
  const names = namesIn(book);
  const name = named(names, account).get(account.key) ?? account.key;
  const before = book.accounts.get(account.key);
  const now = { account, type: type ?? before?.type ?? null, name };
  if (JSON.stringify(before) === JSON.stringify(now)) return book;
  const left = before === undefined || before.name === name ? [] : [before.name];
  return { accounts: new Map(book.accounts).set(account.key, now), retired: retired(book, left, name) };
}

/** Without an account that nobody tells of any more. */
export function withoutAccount(book: Book, key: string): Book {
  const gone = book.accounts.get(key);
  if (gone === undefined) return book;
  const accounts = new Map([...book.accounts].filter(([other]) => other !== key));
  return { accounts, retired: retired(book, [gone.name], null) };
}

function retired(book: Book, left: readonly string[], taken: string | null): readonly string[] {
  const all = [...book.retired, ...left].filter((name) => name !== taken);
  return [...new Set(all)].slice(-MOST_RETIRED);
}
