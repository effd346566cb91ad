import { safeKey, slugOf } from './slug.js';

/** account key → its level of the topics; no two accounts have the same. */
export type Names = ReadonlyMap<string, string>;

/** Levels beside those of the accounts. */
const TAKEN = 'bridge';
const SHORT_KEY = 4;

/**
 * The names with one for this account; the same object when it has one that fits its label. Whoever comes first has the
 * plain slug and keeps it: another account with the same one must not take its topics away.
 */
export function named(names: Names, { key, label }: { readonly key: string; readonly label: string }): Names {
  const slug = slugOf(label);
  const base = slug === '' || slug === TAKEN ? `account_${slug}`.replace(/_$/, '') : slug;
  const now = names.get(key);
  if (now === base || now?.startsWith(`${base}-`) === true) return names;
  const others = new Set([...names].flatMap(([other, name]) => (other === key ? [] : [name])));
  const candidates = [base, `${base}-${safeKey(key).slice(0, SHORT_KEY)}`, `${base}-${safeKey(key)}`];
  const free = candidates.find((name) => !others.has(name)) ?? `${base}-${safeKey(key)}-`;
  return new Map(names).set(key, free);
}

/** What is held or ordered, as far as its name in a topic goes. */
export interface Listed {
  readonly key: string;
  /** In words of the market: `aapl_stock_usd`; '' = there are none. */
  readonly slug: string;
}

/**
 * key → name, of all rows of one list; where two have the same slug, their keys tell them apart. A slug has no `-`, so
 * what stands before the first one is the slug, and no two names are alike.
 */
export function rowNames(rows: readonly Listed[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const { slug } of rows) counts.set(slug, (counts.get(slug) ?? 0) + 1);
  return new Map(
    rows.map(({ key, slug }) => [
      key,
      slug !== '' && counts.get(slug) === 1 ? slug : `${slug}-${safeKey(key)}`,
    ]),
  );
}
