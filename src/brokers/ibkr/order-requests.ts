import { ConnectionLost, ProtocolError, Rejected } from '../../errors.js';
import { ask, type RequestParts } from './request-parts.js';
import { badResponse, ordersUnavailable, provenance } from './telling.js';

const ORDERS_TIMEOUT_MS = 10_000;
/** Two lists in a row that never came: this gateway does not give them now, and each question holds up the others. */
const MISSED_LISTS_UNTIL_UNAVAILABLE = 2;
/** A confirmation on its screen may be given, and a setting changed, while the session lasts. */
const ASK_AGAIN_MS = 60_000;

const READ_ONLY =
  'Open orders cannot be read while “Read-Only API” is ticked in TWS or IB Gateway. Balances, positions and fills are not touched by it.';
const SILENT =
  'The gateway does not answer requests for open orders; it may be waiting for a confirmation on its screen, or its Read-Only API is on.';

/** Orders and fills: each request ends in a complete list, or in nothing. */
export class OrderRequests {
  readonly #parts: RequestParts;
  #missedLists = 0;
  /** Why open orders are not asked for, and since when, on the monotonic clock. */
  #unavailable: { readonly reason: string; readonly since: number } | null = null;
  #missedCompleted = 0;
  /** When the last list of ended orders did not come, on the monotonic clock. */
  #missedCompletedAt = 0;

  constructor(parts: RequestParts) {
    this.#parts = parts;
  }

  /** Why orders cannot be had from this gateway; null while they can. */
  get unavailable(): string | null {
    return this.#unavailable?.reason ?? null;
  }

  /** Open and ended orders, then executions: in this order no fill can be newer than its order. */
  async fetch(): Promise<void> {
    const listed = await this.#openOrders();
    if (listed) await this.#completedOrders();
    await this.#executions();
    const { books, orders, tell } = this.#parts;
    if (!listed) return;
    for (const { account, accountNumber } of books.values()) {
      tell.events.update({
        kind: 'snapshot',
        of: 'orders',
        account: account.key,
        from: provenance(tell),
        orders: orders.ordersOf(accountNumber),
      });
    }
  }

  /** 321 with id −1: the answer to a request for orders while the API is read-only. */
  readOnlyApi(): void {
    const refusal = new Rejected(READ_ONLY, { broker: 'ibkr', code: '321' });
    this.#parts.exchanges.fail('completed-orders', refusal);
    this.#parts.exchanges.fail('open-orders', refusal);
  }

  async #openOrders(): Promise<boolean> {
    const { api, exchanges, orders, tell } = this.#parts;
    const { since } = this.#unavailable ?? { since: null };
    if (since !== null && tell.clock.monotonic() - since < ASK_AGAIN_MS) return false;
    orders.beginList();
    try {
      const question = { key: 'open-orders', what: 'the open orders', timeoutMs: ORDERS_TIMEOUT_MS };
      await exchanges.ask(question, () => api.reqAllOpenOrders());
      orders.commitList();
      this.#missedLists = 0;
      this.#unavailable = null;
      return true;
    } catch (error) {
      orders.dropList();
      if (!(error instanceof Rejected)) throw error;
      if (error.code === 'timeout') this.#missedLists += 1;
      const isSilent = this.#missedLists >= MISSED_LISTS_UNTIL_UNAVAILABLE;
      const reason = error.code === '321' ? READ_ONLY : isSilent ? SILENT : null;
      if (reason !== null) this.#unavailable = { reason, since: tell.clock.monotonic() };
      tell.events.update(reason === null ? badResponse('orders', error) : ordersUnavailable(reason));
      return false;
    }
  }

  /** Ended orders are an extra: without them a vanished order is told by its fills. */
  async #completedOrders(): Promise<void> {
    const { api, exchanges, tell } = this.#parts;
    const sinceMissedMs = tell.clock.monotonic() - this.#missedCompletedAt;
    if (this.#missedCompleted >= MISSED_LISTS_UNTIL_UNAVAILABLE && sinceMissedMs < ASK_AGAIN_MS) return;
    try {
      const question = {
        key: 'completed-orders',
        what: 'the completed orders',
        timeoutMs: ORDERS_TIMEOUT_MS,
      };
      await exchanges.ask(question, () => api.reqCompletedOrders(false));
      this.#missedCompleted = 0;
    } catch (error) {
      if (error instanceof ConnectionLost || error instanceof ProtocolError) throw error;
      const isRefused = error instanceof Rejected && error.code === '321';
      this.#missedCompleted += isRefused ? MISSED_LISTS_UNTIL_UNAVAILABLE : 1;
      this.#missedCompletedAt = tell.clock.monotonic();
    }
  }

  async #executions(): Promise<void> {
    const { api, books, orders, tell } = this.#parts;
    try {
      await ask(this.#parts, 'the executions', (id) => api.reqExecutions(id, {}));
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      tell.events.update(badResponse('executions', error));
      return;
    }
    for (const { account, accountNumber } of books.values()) {
      tell.events.update({
        kind: 'snapshot',
        of: 'executions',
        account: account.key,
        from: provenance(tell),
        executions: orders.executionsOf(accountNumber),
      });
    }
  }
}
