import type { Execution } from '../../domain/execution.js';
import type { Order } from '../../domain/order.js';
import { executionOf, splitExecutionId } from './normalize/execution.js';
import { completedOrderOf, openOrderOf, orderKey } from './normalize/order.js';
import type { CompletedOrderRow, OpenOrderRow } from './order-wire.js';
import type { GatewayZone } from './time.js';
import type { CommissionRow, ExecutionRow, OrderStatusRow } from './wire.js';

export interface KnownOrder {
  readonly order: Order;
  readonly accountNumber: string;
}

/** Orders and fills of all accounts of one session, as rows and as what they mean. */
export class OrderBook {
  readonly #zone: GatewayZone;
  /** order key → its latest description */
  readonly #open = new Map<string, OpenOrderRow>();
  /** order key → its latest status; it may come before the order itself */
  readonly #statuses = new Map<string, OrderStatusRow>();
  /** permId → ended order */
  readonly #completed = new Map<string, CompletedOrderRow>();
  /** execution id without its revision → the row of the highest revision */
  readonly #executions = new Map<string, ExecutionRow>();
  /** execution id with its revision → commission; it may come before the execution itself */
  readonly #commissions = new Map<string, CommissionRow>();
  /** order keys of the list that is coming in, null between lists */
  #listed: Set<string> | null = null;
  #openKeys: readonly string[] = [];

  constructor(zone: GatewayZone) {
    this.#zone = zone;
  }

  beginList(): void {
    this.#listed = new Set();
  }

  dropList(): void {
    this.#listed = null;
  }

  commitList(): void {
    this.#openKeys = [...(this.#listed ?? [])];
    this.#listed = null;
  }

  /** The order as it is now known, with its account; null while it has no id. */
  openOrder(row: OpenOrderRow): KnownOrder | null {
    const key = orderKey(row);
    this.#open.set(key, row);
    this.#listed?.add(key);
    return knownOrder(row, this.#statuses.get(key));
  }

  /** The order as it is now known, with its account; null while its description has not come. */
  orderStatus(row: OrderStatusRow): KnownOrder | null {
    const key = orderKey(row);
    this.#statuses.set(key, row);
    const open = this.#open.get(key);
    return open === undefined ? null : knownOrder(open, row);
  }

  completed(row: CompletedOrderRow): void {
    if (row.permId !== null) this.#completed.set(row.permId, row);
  }

  /** The fill as it is now known; null when the row is an older revision, or no fill at all. */
  execution(row: ExecutionRow): Execution | null {
    const { executionId, revision } = splitExecutionId(row.executionId);
    const known = this.#executions.get(executionId);
    if (known !== undefined && splitExecutionId(known.executionId).revision > revision) return null;
    this.#executions.set(executionId, row);
    return this.#executionOf(row);
  }

  /** The fill with its commission, and its account; null while the fill itself has not come. */
  commission(row: CommissionRow): { readonly execution: Execution; readonly accountNumber: string } | null {
    this.#commissions.set(row.executionId, row);
    const fill = this.#executions.get(splitExecutionId(row.executionId).executionId);
    if (fill === undefined || fill.executionId !== row.executionId) return null;
    const execution = this.#executionOf(fill);
    return execution === null ? null : { execution, accountNumber: fill.account };
  }

  /** Orders of the last complete list, and ended ones. */
  ordersOf(accountNumber: string): readonly Order[] {
    const open = this.#openKeys.flatMap((key) => {
      const row = this.#open.get(key);
      return row?.account === accountNumber ? (openOrderOf(row, this.#statuses.get(key) ?? null) ?? []) : [];
    });
    const keys = new Set(open.map(({ key }) => key));
    const ended = [...this.#completed.values()]
      .filter((row) => row.account === accountNumber)
      .flatMap((row) => completedOrderOf(row, this.#zone) ?? [])
      .filter(({ key }) => !keys.has(key))
      .map((order) => this.#withFillPrice(order));
    return [...open, ...ended];
  }

  executionsOf(accountNumber: string): readonly Execution[] {
    return [...this.#executions.values()]
      .filter((row) => row.account === accountNumber)
      .flatMap((row) => this.#executionOf(row) ?? []);
  }

  #executionOf(row: ExecutionRow): Execution | null {
    return executionOf(row, this.#commissions.get(row.executionId) ?? null, this.#zone);
  }

  /** The list of ended orders has no price; the last status of the order, where one came, had it. */
  #withFillPrice(order: Order): Order {
    const status = order.permId === null ? undefined : this.#statuses.get(order.permId);
    if (
      status !== undefined &&
      status.averageFillPrice !== null &&
      status.averageFillPrice !== 0 &&
      status.status === order.rawStatus
    ) {
      return { ...order, averageFillPrice: status.averageFillPrice };
    }
    return order;
  }
}

function knownOrder(row: OpenOrderRow, status: OrderStatusRow | undefined): KnownOrder | null {
  const order = openOrderOf(row, status ?? null);
  return order === null ? null : { order, accountNumber: row.account };
}
