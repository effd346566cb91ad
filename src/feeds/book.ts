import type { SampledAccount } from '../alerts/sample.js';
import { named, plainName, type IsTaken, type Names } from './names.js';

/** An account that this feed publishes, or has published in an earlier run. */
export interface KnownAccount {
  readonly account: SampledAccount;
  /** The broker's own word, such as `margin`. */
  readonly type: string | null;
  /** Its level of the topics. */
  readonly name: string;
  /** Since when it has that, ms since the epoch; null = the MQTT broker was not asked yet who else has it. */
  readonly since: number | null;
}

/** Which topics are whose; kept over restarts, so that an account keeps its topics, and what has ended is found. */
export interface Book {
  /** account key → the account */
  readonly accounts: ReadonlyMap<string, KnownAccount>;
  /** Levels that were an account's and are nobody's now, the latest last. */
  readonly retired: readonly string[];
}

/** An account that has got another name. */
export interface Move {
  readonly label: string;
  readonly from: string;
  readonly to: string;
  /** Whether the old name is another feed's now. */
  readonly isLost: boolean;
}

export const EMPTY_BOOK: Book = { accounts: new Map(), retired: [] };
const MOST_RETIRED = 100;

export function namesIn({ accounts }: Book): Names {
  return new Map([...accounts].map(([key, { name }]) => [key, name]));
}

/** With this account, as it is called now; the same object when that is nothing new. A name that is lost is not ours to clear away. */
export function withAccount(
  book: Book,
  account: SampledAccount,
  { isTaken = () => false, type }: { readonly type: string | null; readonly isTaken?: IsTaken },
): Book {
  const names = namesIn(book);
  const name = named(names, account, isTaken).get(account.key) ?? account.key;
  const before = book.accounts.get(account.key);
  const isSame = before?.name === name;
  const now = { account, type: type ?? before?.type ?? null, name, since: isSame ? before.since : null };
  if (JSON.stringify(before) === JSON.stringify(now)) return book;
  const left = before === undefined || isSame || isTaken(before.name) ? [] : [before.name];
  return { accounts: new Map(book.accounts).set(account.key, now), retired: retired(book, left, name) };
}

/** Without an account that nobody tells of any more. */
export function withoutAccount(book: Book, key: string): Book {
  const gone = book.accounts.get(key);
  if (gone === undefined) return book;
  const accounts = new Map([...book.accounts].filter(([other]) => other !== key));
  return { accounts, retired: retired(book, [gone.name], null) };
}

/** Names that are new are the accounts' own from now on; the same object when there are none. */
export function claimed(book: Book, at: number): Book {
  if ([...book.accounts.values()].every(({ since }) => since !== null)) return book;
  const accounts = [...book.accounts].map(
    ([key, known]) => [key, { ...known, since: known.since ?? at }] as const,
  );
  return { ...book, accounts: new Map(accounts) };
}

/** With the plain names back that another feed had and has no more; a name that an account of our own has left stays unused. */
export function withPlainNames(book: Book, isFree: (name: string, since: number) => boolean): Book {
  return [...book.accounts.keys()].reduce((all, key) => {
    const known = all.accounts.get(key);
    const plain = known === undefined ? '' : plainName(known.account.label);
    if (known === undefined || known.since === null || known.name === plain) return all;
    const isOurs = all.retired.includes(plain) || [...namesIn(all).values()].includes(plain);
    if (isOurs || !isFree(plain, known.since)) return all;
    const accounts = new Map(all.accounts).set(key, { ...known, name: plain, since: null });
    return { accounts, retired: retired(all, [known.name], plain) };
  }, book);
}

/** Which accounts have another name in the later book. */
export function movesBetween(before: Book, after: Book): readonly Move[] {
  return [...after.accounts].flatMap(([key, { account, name: to }]) => {
    const from = before.accounts.get(key)?.name;
    if (from === undefined || from === to) return [];
    return [{ label: account.label, from, to, isLost: !after.retired.includes(from) }];
  });
}

function retired(book: Book, left: readonly string[], taken: string | null): readonly string[] {
  const all = [...book.retired, ...left].filter((name) => name !== taken);
  return [...new Set(all)].slice(-MOST_RETIRED);
}
