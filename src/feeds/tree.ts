import type { Instrument } from '../domain/instrument.js';
import { connectionOf } from './connection-payload.js';
import type { AccountFeed, Feed } from './feed.js';
import { leafOf, type Flat, type Leaf, type Privacy } from './leaf.js';
import { rowNames, type Names } from './names.js';
import { openOrders, orderOf, positionOf, summaryOf, type Heading } from './payloads.js';
import { slugOf } from './slug.js';
import type { Topics } from './topics.js';

/** topic → what it is to hold */
export type Tree = ReadonlyMap<string, Leaf>;

export interface TreeOptions {
  readonly topics: Topics;
  readonly names: Names;
  readonly privacy: Privacy;
  /** Now, ms since the epoch. */
  readonly at: number;
}

/** What the topics of an account are to hold. */
export function accountTree(account: AccountFeed, feed: Feed, options: TreeOptions): Tree {
  const { at, names, privacy, topics } = options;
  const name = names.get(account.account.key);
  if (name === undefined) return new Map();
  const { broker, connection: key, label } = account.account;
  const heading: Heading = { account: name, label, source: broker };
  const connection = key === null ? null : (feed.connections.get(key) ?? null);
  const tree = new Map<string, Leaf>();
  const put = (topic: string, flat: Flat, of: { readonly at: number; readonly beats?: boolean }): void =>
    void tree.set(topic, leafOf(flat, { privacy, ...of }));

  put(topics.account(name, 'connection'), connectionOf(heading, account, { at, connection }), {
    at,
    beats: true,
  });
  const summary = summaryOf(heading, account);
  if (summary !== null && account.balances !== null)
    put(topics.account(name, 'summary'), summary, { at: timeOf(account.balances), beats: true });
  if (account.positions !== null) {
    const { figures, trust } = account.positions;
    const rows = positionNames(account);
    for (const position of figures.values())
      put(
        topics.row(name, 'positions', rows.get(position.key) ?? ''),
        positionOf(heading, position, trust.stale),
        {
          at: timeOf(account.positions),
        },
      );
  }
  if (account.orders !== null) {
    const { figures, trust } = account.orders;
    const open = openOrders(figures);
    const rows = rowNames(open.map(({ key: order }) => ({ key: order, slug: slugOf(order) })));
    for (const order of open)
      put(topics.row(name, 'orders', rows.get(order.key) ?? ''), orderOf(heading, order, trust.stale), {
        at: timeOf(account.orders),
      });
  }
  return tree;
}

/** position key → its name in the topic, in words of the market */
export function positionNames({ positions }: AccountFeed): ReadonlyMap<string, string> {
  const rows = [...(positions?.figures.values() ?? [])];
  return rowNames(rows.map(({ instrument, key }) => ({ key, slug: slugOf(wordsFor(instrument)) })));
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
