import type { Instrument } from '../domain/instrument.js';
import type { KnownAccount } from './book.js';
import { connectionOf } from './connection-payload.js';
import type { AccountFeed, Feed } from './feed.js';
import { leafOf, type Flat, type Leaf, type Privacy } from './leaf.js';
import { rowNames } from './names.js';
import { openOrders, orderOf, positionOf, summaryOf, type Heading } from './payloads.js';
import { slugOf } from './slug.js';
import type { Topics } from './topics.js';

/** topic → what it is to hold */
export type Tree = ReadonlyMap<string, Leaf>;

export interface TreeOptions {
  readonly topics: Topics;
  /** How the account stands in the topics. */
  readonly known: Pick<KnownAccount, 'name' | 'since'>;
  readonly privacy: Privacy;
  /** Now, ms since the epoch. */
  readonly at: number;
}

/** What the topics of an account are to hold. */
export function accountTree(account: AccountFeed, feed: Feed, options: TreeOptions): Tree {
  const { at, known, privacy, topics } = options;
  const { name, since } = known;
  const { broker, connection: key, label } = account.account;
  const heading: Heading = { account: name, label, source: broker, instance: topics.instance };
  const connection = key === null ? null : (feed.connections.get(key) ?? null);
  const tree = new Map<string, Leaf>();
  const put = (topic: string, flat: Flat, of: { readonly at: number; readonly beatsAt: number }): void =>
    void tree.set(topic, leafOf(flat, { privacy, ...of }));

  const device = topics.deviceOf(account.account.key);
  // The first of them says whose the others are.
  put(topics.account(name, 'connection'), connectionOf(heading, account, { at, connection, device, since }), {
    at,
    beatsAt: at,
  });
  const summary = summaryOf(heading, account);
  if (summary !== null && account.balances !== null)
    put(topics.account(name, 'summary'), summary, { at: timeOf(account.balances), beatsAt: at });
  for (const [topic, leaf] of positionLeaves(account, heading, options)) tree.set(topic, leaf);
  for (const [topic, leaf] of orderLeaves(account, heading, options)) tree.set(topic, leaf);
  return tree;
}

/** A list as it was told → what was made of it, and for whom: balances come without it, and it need not be made again. */
const made = new WeakMap<object, { readonly of: string; readonly leaves: Tree }>();

function positionLeaves(account: AccountFeed, heading: Heading, { privacy, topics }: TreeOptions): Tree {
  const { positions } = account;
  if (positions === null) return new Map();
  return madeOnce(positions, [heading, privacy, topics.of], () => {
    const rows = positionNames(account);
    const { figures, trust } = positions;
    const at = timeOf(positions);
    return [...figures.values()].map((position) => [
      topics.row(heading.account, 'positions', rows.get(position.key) ?? ''),
      leafOf(positionOf(heading, position, trust.stale), { privacy, at }),
    ]);
  });
}

function orderLeaves({ orders }: AccountFeed, heading: Heading, { privacy, topics }: TreeOptions): Tree {
  if (orders === null) return new Map();
  return madeOnce(orders, [heading, privacy, topics.of], () => {
    const { figures, trust } = orders;
    const open = openOrders(figures);
    const rows = rowNames(open.map(({ key }) => ({ key, slug: slugOf(key) })));
    const at = timeOf(orders);
    return open.map((order) => [
      topics.row(heading.account, 'orders', rows.get(order.key) ?? ''),
      leafOf(orderOf(heading, order, trust.stale), { privacy, at }),
    ]);
  });
}

function madeOnce(told: object, whom: unknown, make: () => readonly (readonly [string, Leaf])[]): Tree {
  const of = JSON.stringify(whom);
  const known = made.get(told);
  if (known?.of === of) return known.leaves;
  const leaves: Tree = new Map(make());
  made.set(told, { of, leaves });
  return leaves;
}

const namesMade = new WeakMap<object, ReadonlyMap<string, string>>();

/** position key → its name in the topic, in words of the market */
export function positionNames({ positions }: AccountFeed): ReadonlyMap<string, string> {
  if (positions === null) return new Map();
  const known = namesMade.get(positions);
  if (known !== undefined) return known;
  const rows = [...positions.figures.values()];
  const names = rowNames(rows.map(({ instrument, key }) => ({ key, slug: slugOf(wordsFor(instrument)) })));
  namesMade.set(positions, names);
  return names;
}

function wordsFor({ assetClass, currency, expiry, right, strike, symbol, underlying }: Instrument): string {
  const isContract = expiry !== null && underlying !== null;
  const words = [isContract ? underlying : symbol, assetClass, currency, expiry, strike, right];
  return slugOf(symbol) === '' ? '' : words.filter((word) => word !== null).join(' ');
}

/** Whether nothing of an account is known to be missing from these topics, so that another one there is gone. */
export function isGone(account: AccountFeed, kind: 'positions' | 'orders'): boolean {
  return account[kind]?.isComplete === true;
}

function timeOf({
  at,
  trust,
}: {
  readonly at: number;
  readonly trust: { readonly asOf: number | null };
}): number {
  return trust.asOf ?? at;
}
