import type { Execution } from '../../../domain/execution.js';
import type { Issue } from '../../../domain/issue.js';
import type { Order } from '../../../domain/order.js';
import { SchwabOrder } from '../schema/order.js';
import { Issues } from './issues.js';
import { normalizeOrder, type Place } from './order.js';

export interface ReadOrders {
  /** account number without leading zeros (an integer at Schwab) → its orders and their fills */
  readonly byAccount: ReadonlyMap<
    string,
    { readonly orders: readonly Order[]; readonly executions: readonly Execution[] }
  >;
  /** Whether every order could be read: a list with holes must not end the orders that are not in it. */
  readonly complete: boolean;
  readonly issues: readonly Issue[];
}

/** The order trees of an answer as single orders. Never throws. */
export function readOrders(answer: unknown): ReadOrders {
  const reading = new OrderReading();
  reading.take(Array.isArray(answer) ? answer : [answer]);
  return reading.result;
}

interface Inherited extends Omit<Place, 'key'> {
  readonly account: string;
  /** Id at the top of the tree. */
  readonly root: string;
  /** Numbers of the way from the root: `-0-1`. */
  readonly path: string;
}

class OrderReading {
  readonly #byAccount = new Map<string, { orders: Order[]; executions: Execution[] }>();
  /** id → root of the tree in which it was found */
  readonly #found = new Map<string, string>();
  readonly #keys = new Set<string>();
  readonly #issues = new Issues();
  #complete = true;

  get result(): ReadOrders {
    return { byAccount: this.#byAccount, complete: this.#complete, issues: this.#issues.all };
  }

  /** Trees first: a child that also came alone is known better where it belongs. */
  take(rows: readonly unknown[]): void {
    const roots = rows.map((row) => this.#parsed(row)).filter((order) => order !== null);
    for (const isTree of [true, false])
      for (const order of roots) if (order.childOrderStrategies.length > 0 === isTree) this.#root(order);
  }

  #root(order: SchwabOrder): void {
    const account = order.accountNumber ?? order.accountId;
    if (account === null) return this.#unreadable();
    // The same order may come in two lists.
    if (this.#found.has(order.orderId)) return;
    const number = account.replace(/^0+(?=\d)/, '');
    this.#take(order, {
      account: number,
      root: order.orderId,
      parentOrderId: null,
      groupId: null,
      path: '',
    });
  }

  #take(raw: SchwabOrder, inherited: Inherited): void {
    const { account, path, root } = inherited;
    const hasLegs = raw.orderLegCollection.length > 0;
    // An OCO has neither legs nor a quantity: it only holds its children together.
    const isHolder = raw.childOrderStrategies.length > 0 && raw.quantity === null && raw.orderType === null;
    // Without its legs an order cannot be told, and must not be taken for gone.
    if (!hasLegs && !isHolder) this.#unreadable();
    const isElsewhere = (this.#found.get(raw.orderId) ?? root) !== root;
    if (hasLegs && !isElsewhere) this.#add(raw, inherited);
    if (!isElsewhere) this.#found.set(raw.orderId, root);
    for (const [index, row] of raw.childOrderStrategies.entries()) {
      const child = this.#parsed(row);
      if (child === null) continue;
      this.#take(child, {
        account,
        root,
        parentOrderId: hasLegs ? raw.orderId : inherited.parentOrderId,
        groupId: raw.orderId,
        path: `${path}-${index}`,
      });
    }
  }

  /** TD Ameritrade gave orders of one tree the same id: then the way to it makes the key another. */
  #add(raw: SchwabOrder, { account, groupId, parentOrderId, path }: Inherited): void {
    const key = this.#keys.has(raw.orderId) ? `${raw.orderId}${path}` : raw.orderId;
    this.#keys.add(key);
    const { executions, order } = normalizeOrder(raw, { key, parentOrderId, groupId }, this.#issues);
    const own = this.#byAccount.get(account) ?? { orders: [], executions: [] };
    own.orders.push(order);
    own.executions.push(...executions);
    this.#byAccount.set(account, own);
  }

  #parsed(row: unknown): SchwabOrder | null {
    const parsed = SchwabOrder.safeParse(row);
    if (parsed.success) return parsed.data;
    this.#unreadable();
    return null;
  }

  #unreadable(): void {
    this.#complete = false;
    this.#issues.add('BAD_RESPONSE', 'Schwab sent an order that cannot be read; it is left as it was known.');
  }
}
