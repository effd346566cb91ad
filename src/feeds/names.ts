import { safeKey, slugOf } from './slug.js';

/** account key → its level of the topics; no two accounts have the same. */
export type Names = ReadonlyMap<string, string>;

/** Levels beside those of the accounts. */
const TAKEN = 'bridge';
const SHORT_KEY = 4;

/** Whether another feed on the same MQTT broker has this name. */
export type IsTaken = (name: string) => boolean;

/**
 * The names with one for this account; the same object when it has one that fits its label. Whoever comes first has the
 * plain slug and keeps it: another account with the same one must not take its topics away.
 */
export function named(
  names: Names,
  { key, label }: { readonly key: string; readonly label: string },
  isTaken: IsTaken = () => false,
): Names {
  const plain = plainName(label);
  const now = names.get(key);
  if (now !== undefined && isNameOf(now, plain) && !isTaken(now)) return names;
  const others = new Set([...names].flatMap(([other, name]) => (other === key ? [] : [name])));
  const safe = safeKey(key);
  const candidates = [plain, `${plain}-${safe.slice(0, SHORT_KEY)}`, `${plain}-${safe}`];
  const free = candidates.find((name) => !others.has(name) && !isTaken(name)) ?? `${plain}-${safe}-`;
  return new Map(names).set(key, free);
}

/** The name that an account with this label has where no other one has it. */
export function plainName(label: string): string {
  const slug = slugOf(label);
  return slug === '' || slug === TAKEN ? `account_${slug}`.replace(/_$/, '') : slug;
}

function isNameOf(name: string, plain: string): boolean {
  return name === plain || name.startsWith(`${plain}-`);
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
