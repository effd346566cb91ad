import type { Execution } from '../../domain/execution.js';
import type { Issue } from '../../domain/issue.js';
import type { Order } from '../../domain/order.js';
import { Rejected } from '../../errors.js';
import type { Clock } from '../../ports.js';
import type { SchwabApi } from './api.js';
import type { SchwabAccount } from './config.js';
import { endpoints, MOST_ROWS } from './endpoints.js';
import { readOrders } from './normalize/orders.js';
import { newsSince, ordersRange } from './orders-window.js';
import { asRows } from './rows.js';
import { allRows, DAY_MS, LONGEST_ORDERS_RANGE_MS, LONGEST_RANGE_MS, type TimeRange } from './time-range.js';

export interface AccountOrders {
  readonly orders: readonly Order[];
  readonly executions: readonly Execution[];
}

export interface OrdersImage {
  /** account number → what is open, what ended lately, what was filled lately */
  readonly byAccount: ReadonlyMap<string, AccountOrders>;
  /** Whether nothing can be missing. */
  readonly complete: boolean;
  readonly issues: readonly Issue[];
}

/** What outlives a session: orders entered long ago stay open, and an outage must not swallow fills. */
export interface OrderMemory {
  completeAt: number | null;
  /** order id → where it is asked for, and when it was entered; also of one that ended nobody knows how */
  readonly open: Map<string, { readonly hash: string; readonly enteredAt: number | null }>;
}

export function orderMemory(): OrderMemory {
  return { completeAt: null, open: new Map() };
}

/** Reads the orders of all accounts: open ones however old they are, and what ended or was filled lately. */
export class OrderReader {
  readonly #api: SchwabApi;
  readonly #clock: Clock;
  readonly #memory: OrderMemory;
  /** Whether orders from before the reach of the common list were looked for in this session. */
  #lookedBack = false;

  constructor(api: SchwabApi, clock: Clock, memory: OrderMemory) {
    this.#api = api;
    this.#clock = clock;
    this.#memory = memory;
  }

  get hasOpen(): boolean {
    return this.#memory.open.size > 0;
  }

  /** @throws BrokerageError */
  async read(accounts: readonly SchwabAccount[], signal: AbortSignal): Promise<OrdersImage> {
    const now = this.#clock.now() + this.#api.skewMs;
    const { completeAt } = this.#memory;
    const range = ordersRange(now, { completeAt, oldestOpenAt: this.#oldestOpenAt(now) });
    const listed = await allRows(range, MOST_ROWS, async (part) =>
      asRows(await this.#api.get(endpoints.orders(part), signal), 'the orders'),
    );
    const rows = [...listed.rows, ...(await this.#oldRows(accounts, now, signal))];
    const missing = await this.#missingRows(rows, range, signal);
    const image = readOrders([...rows, ...missing]);
    const complete = image.complete && !listed.truncated;
    this.#remember(accounts, image.byAccount, { complete, now });
    return {
      byAccount: lately(image.byAccount, newsSince(now, completeAt)),
      complete,
      issues: listed.truncated ? [...image.issues, TRUNCATED] : image.issues,
    };
  }

  /** The earliest entry of an open order that the common list can reach. */
  #oldestOpenAt(now: number): number | null {
    const reach = now - LONGEST_ORDERS_RANGE_MS;
    const times = [...this.#memory.open.values()].flatMap(({ enteredAt }) =>
      enteredAt === null || enteredAt < reach ? [] : [enteredAt],
    );
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Once in a session: an order that is good till cancelled can be older than the common list reaches. */
  async #oldRows(
    accounts: readonly SchwabAccount[],
    now: number,
    signal: AbortSignal,
  ): Promise<readonly unknown[]> {
    if (this.#lookedBack) return [];
    const range = { from: now - LONGEST_RANGE_MS, to: now - LONGEST_ORDERS_RANGE_MS };
    const rows: unknown[] = [];
    for (const { hash } of accounts) rows.push(...(await this.#accountRows(hash, range, signal)));
    this.#lookedBack = true;
    return rows;
  }

  async #accountRows(hash: string, range: TimeRange, signal: AbortSignal): Promise<readonly unknown[]> {
    const { rows } = await allRows(range, MOST_ROWS, async (part) =>
      asRows(await this.#api.get(endpoints.accountOrders(hash, part), signal), 'the orders'),
    );
    return rows;
  }

  /** Open orders that the list does not name are asked for one by one; one that is unknown to Schwab stays away. */
  async #missingRows(
    rows: readonly unknown[],
    range: TimeRange,
    signal: AbortSignal,
  ): Promise<readonly unknown[]> {
    if (this.#memory.open.size === 0) return [];
    const { byAccount } = readOrders(rows);
    const named = new Set(
      [...byAccount.values()].flatMap(({ orders }) => orders.map(({ orderId }) => orderId)),
    );
    const found: unknown[] = [];
    for (const [orderId, { hash }] of this.#memory.open) {
      if (named.has(orderId)) continue;
      try {
        found.push(await this.#api.get(endpoints.order(hash, orderId), signal));
      } catch (error) {
        if (!(error instanceof Rejected)) throw error;
      }
    }
    return range.from < range.to ? found : [];
  }

  #remember(
    accounts: readonly SchwabAccount[],
    byAccount: ReadonlyMap<string, AccountOrders>,
    { complete, now }: { readonly complete: boolean; readonly now: number },
  ): void {
    if (!complete) return;
    const { open } = this.#memory;
    open.clear();
    for (const { hash, number } of accounts) {
      for (const order of ordersOf(byAccount, number)) {
        const { createdAt, orderId } = order;
        if (orderId !== null && (order.isOpen || isUnsettled(order, now)))
          open.set(orderId, { hash, enteredAt: createdAt === null ? null : Date.parse(createdAt) });
      }
    }
    this.#memory.completeAt = now;
  }
}

const TRUNCATED: Issue = {
  code: 'TRUNCATED',
  severity: 'warning',
  message: 'Schwab cut the list of orders; the orders before are kept.',
};

/** It ended today, and Schwab used a word for how that nobody knows: it may find a better one. */
function isUnsettled({ closedAt, status }: Order, now: number): boolean {
  return status === 'unknown' && closedAt !== null && Date.parse(closedAt) >= now - DAY_MS;
}

/** Orders carry the account number as an integer, so leading zeros are gone. */
function ordersOf(byAccount: ReadonlyMap<string, AccountOrders>, number: string): readonly Order[] {
  return byAccount.get(unpadded(number))?.orders ?? [];
}

export function unpadded(number: string): string {
  return number.replace(/^0+(?=\d)/, '');
}

/** Without the orders that ended, and the fills that happened, before `since`. */
function lately(
  byAccount: ReadonlyMap<string, AccountOrders>,
  since: number,
): ReadonlyMap<string, AccountOrders> {
  const isNews = (time: string | null): boolean => time === null || Date.parse(time) >= since;
  return new Map(
    [...byAccount].map(([number, { executions, orders }]) => [
      number,
      {
        orders: orders.filter(({ closedAt, isOpen }) => isOpen || isNews(closedAt)),
        executions: executions.filter(({ executedAt }) => isNews(executedAt)),
      },
    ]),
  );
}
