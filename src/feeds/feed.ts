import type { Sample, SampledAccount, SampledStatus, Trust } from '../alerts/sample.js';
import type { Balances } from '../domain/balances.js';
import type { Order } from '../domain/order.js';
import type { Position } from '../domain/position.js';

/** Figures of one kind, as they were told last. */
export interface Told<Figures> {
  readonly figures: Figures;
  readonly trust: Trust;
  /** When that was said, ms since the epoch. */
  readonly at: number;
}

export interface ToldList<Row> extends Told<ReadonlyMap<string, Row>> {
  /** Whether all of them were ever told: what is missing from a list of changes only is not gone. */
  readonly isComplete: boolean;
}

/** What was told of one account; null = nothing of that kind since the start. */
export interface AccountFeed {
  readonly account: SampledAccount;
  /** The broker's own word, such as `margin`. */
  readonly type: string | null;
  readonly balances: Told<Balances> | null;
  readonly positions: ToldList<Position> | null;
  readonly orders: ToldList<Order> | null;
}

export interface ConnectionFeed {
  readonly key: string;
  readonly label: string;
  readonly broker: string;
  readonly status: SampledStatus;
  /** When it was told, ms since the epoch. */
  readonly at: number;
}

/** Everything that was told since the start. */
export interface Feed {
  /** account key → what was told of it */
  readonly accounts: ReadonlyMap<string, AccountFeed>;
  /** id of a connection → its state */
  readonly connections: ReadonlyMap<string, ConnectionFeed>;
}

export const EMPTY_FEED: Feed = { accounts: new Map(), connections: new Map() };

/** The feed after a message; `type` is that of the account it is about. Activities and fills change nothing in it. */
export function heard(feed: Feed, sample: Sample, type: string | null = null): Feed {
  switch (sample.of) {
    case 'connection': {
      const { at, connection, status } = sample;
      const connections = new Map(feed.connections).set(connection.key, { ...connection, status, at });
      return { ...feed, connections };
    }
    case 'activities':
    case 'executions':
      return feed;
    case 'balances':
    case 'positions':
    case 'orders': {
      const before = feed.accounts.get(sample.account.key) ?? nothingOf(sample.account);
      const after = {
        ...before,
        account: sample.account,
        type: type ?? before.type,
        ...toldBy(sample, before),
      };
      return { ...feed, accounts: new Map(feed.accounts).set(sample.account.key, after) };
    }
  }
}

/** An account of which nothing is known but its name. */
export function nothingOf(account: SampledAccount): AccountFeed {
  return { account, type: null, balances: null, positions: null, orders: null };
}

type SampleOfFigures = Extract<Sample, { readonly of: 'balances' | 'positions' | 'orders' }>;

function toldBy(sample: SampleOfFigures, before: AccountFeed): Partial<AccountFeed> {
  const { at, trust } = sample;
  switch (sample.of) {
    case 'balances':
      return { balances: { figures: sample.balances, trust, at } };
    case 'positions':
      return {
        positions: { trust, at, ...list(sample.positions, { before: before.positions, ...sample }) },
      };
    case 'orders':
      return { orders: { trust, at, ...list(sample.orders, { before: before.orders, ...sample }) } };
  }
}

interface Keyed {
  readonly key: string;
}

interface ListNews<Row extends Keyed> {
  readonly before: ToldList<Row> | null;
  readonly complete: boolean;
  readonly changes: readonly { readonly change: string; readonly before: Keyed | null }[];
}

/** All of them, or those that were told before with what has changed. */
function list<Row extends Keyed>(
  rows: readonly Row[],
  { before, changes, complete }: ListNews<Row>,
): Pick<ToldList<Row>, 'figures' | 'isComplete'> {
  const told = rows.map((row) => [row.key, row] as const);
  if (complete) return { figures: new Map(told), isComplete: true };
  const closed = changes.flatMap(({ before: old, change }) =>
    change === 'closed' && old !== null ? [old.key] : [],
  );
  const figures = new Map([...(before?.figures ?? []), ...told]);
  for (const key of closed) figures.delete(key);
  return { figures, isComplete: before?.isComplete ?? false };
}
