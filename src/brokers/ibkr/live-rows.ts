import type { Account } from '../../domain/account.js';
import type { Execution } from '../../domain/execution.js';
import type { AccountBook } from './account-book.js';
import type { Exchanges } from './exchanges.js';
import type { GatewayMessage } from './gateway.js';
import type { KnownOrder, OrderBook } from './order-book.js';
import type { PnlSubscriptions } from './pnl-subscriptions.js';
import type { SessionOptions } from './telling.js';
import type { PortfolioRow, PositionRow } from './wire.js';

interface Parts {
  /** account number → book */
  readonly books: ReadonlyMap<string, AccountBook>;
  readonly orders: OrderBook;
  readonly pnl: PnlSubscriptions;
  readonly exchanges: Exchanges;
  readonly options: SessionOptions;
  /** Something was traded, or the feeds disagree: fetch what follows from it. */
  readonly onTrade: () => void;
}

/** What of one account changed since it was last told. */
interface Dirt {
  balances: boolean;
  readonly positions: Set<string>;
  /** Those of which the last row said quantity 0. */
  readonly zero: Set<string>;
  readonly bad: Set<string>;
}

/** Puts each row where it belongs, and tells the rows of one burst together. Rows of accounts not chosen are dropped. */
export class LiveRows {
  readonly #parts: Parts;
  /** account number → what is to be told */
  readonly #dirt = new Map<string, Dirt>();
  #accountsTold = '';

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get accounts(): readonly Account[] {
    return [...this.#parts.books.values()].map(({ account }) => account);
  }

  take(message: Exclude<GatewayMessage, { readonly kind: 'error' }>): void {
    const { books, exchanges, orders, pnl } = this.#parts;
    switch (message.kind) {
      case 'accountValue':
      case 'summary':
      case 'updateMulti': {
        const { row } = message;
        if (books.get(row.account)?.value(row) === true) this.#dirty(row.account).balances = true;
        return;
      }
      case 'portfolio':
        return this.#position(message, books.get(message.row.account)?.portfolio(message.row));
      case 'position':
      case 'positionMulti':
        return this.#position(message, books.get(message.row.account)?.position(message.row));
      case 'pnl': {
        const target = pnl.target(message.row.requestId);
        if (target === null) return;
        books.get(target.accountNumber)?.pnl(message.row);
        this.#dirty(target.accountNumber).balances = true;
        return;
      }
      case 'pnlSingle': {
        const target = pnl.target(message.row.requestId);
        if (target === null || target.key === null) return;
        books.get(target.accountNumber)?.pnlSingle(target.key, message.row);
        this.#dirty(target.accountNumber).positions.add(target.key);
        return;
      }
      case 'openOrder':
        return this.#order(orders.openOrder(message.row));
      case 'orderStatus':
        return this.#order(orders.orderStatus(message.row));
      case 'completedOrder':
        return orders.completed(message.row);
      case 'execution': {
        const execution = orders.execution(message.row);
        // Id −1 is a fill of this moment; the rows of a list are told with its end marker.
        if (execution !== null && message.row.requestId === -1)
          this.#fill(message.row.account, execution, true);
        return;
      }
      case 'commission': {
        const known = orders.commission(message.row);
        if (known !== null) this.#fill(known.accountNumber, known.execution, false);
        return;
      }
      case 'openOrderEnd':
        return exchanges.settle('open-orders');
      case 'completedOrdersEnd':
        return exchanges.settle('completed-orders');
      case 'positionEnd':
        return exchanges.settle('positions');
      case 'accountDownloadEnd':
        return exchanges.settle(`download:${message.row.account}`);
      case 'requestEnd':
        return exchanges.settle(`request:${message.row.requestId}`);
      case 'managedAccounts':
      case 'currentTime':
        return;
    }
  }

  /** Tells what has changed since the last call. */
  tell(): void {
    for (const [number, dirt] of this.#dirt) {
      const book = this.#parts.books.get(number);
      // While IBKR resets an account its rows are zeros and halves; the next complete image decides.
      if (book === undefined || book.isResetting) continue;
      if (dirt.balances) this.#tellBalances(book);
      if (dirt.positions.size > 0) this.#tellPositions(book, dirt);
    }
    for (const [number, { bad }] of this.#dirt) if (bad.size === 0) this.#dirt.delete(number);
    for (const dirt of this.#dirt.values()) {
      dirt.balances = false;
      dirt.positions.clear();
      dirt.zero.clear();
    }
    this.#tellAccounts();
  }

  /** Names of fields of this account that held no number since the last call. */
  takeBadNumbers(accountNumber: string): readonly string[] {
    const dirt = this.#dirt.get(accountNumber);
    const bad = [...(dirt?.bad ?? [])];
    dirt?.bad.clear();
    return bad;
  }

  #position(
    { row, bad }: { readonly row: PortfolioRow | PositionRow; readonly bad: readonly string[] },
    key: string | null | undefined,
  ): void {
    const { books } = this.#parts;
    if (!books.has(row.account)) return;
    const dirt = this.#dirty(row.account);
    for (const name of bad) dirt.bad.add(name);
    if (key === null || key === undefined) return;
    dirt.positions.add(key);
    if (row.quantity === 0) dirt.zero.add(key);
    else dirt.zero.delete(key);
    if (books.get(row.account)?.agreesOn(key) === false) this.#parts.onTrade();
  }

  #order(known: KnownOrder | null): void {
    const { exchanges, options } = this.#parts;
    const account = known === null ? undefined : this.#keyOf(known.accountNumber);
    // The rows of a list are told with its end marker.
    if (known === null || account === undefined || exchanges.isOpen('open-orders')) return;
    options.events.update({
      kind: 'upsert',
      of: 'orders',
      account,
      orders: [known.order],
      receivedAt: options.clock.now(),
    });
    this.#parts.onTrade();
  }

  #fill(accountNumber: string, execution: Execution, isLive: boolean): void {
    const account = this.#keyOf(accountNumber);
    if (account === undefined) return;
    this.#parts.options.events.update({
      kind: 'upsert',
      of: 'executions',
      account,
      executions: [execution],
      receivedAt: this.#parts.options.clock.now(),
    });
    if (isLive) this.#parts.onTrade();
  }

  #tellBalances(book: AccountBook): void {
    const { events, clock } = this.#parts.options;
    if (!book.hasBalances) return;
    events.update({
      kind: 'upsert',
      of: 'balances',
      account: book.account.key,
      balances: book.balances(),
      receivedAt: clock.now(),
    });
  }

  /**
   * Gone is what a row of its own says to be gone. What an image has not named is not: its profit and loss may go on
   * being told, and the image may be wrong.
   */
  #tellPositions(book: AccountBook, { positions: keys, zero }: Dirt): void {
    const { events, clock } = this.#parts.options;
    const found = [...keys].map((key) => ({ key, position: book.positionAt(key) }));
    const positions = found.flatMap(({ position }) => position ?? []);
    const gone = found
      .filter(({ key, position }) => position === null && zero.has(key))
      .map(({ key }) => key);
    const about = { account: book.account.key, of: 'positions', receivedAt: clock.now() } as const;
    if (positions.length > 0) events.update({ kind: 'upsert', ...about, positions });
    if (gone.length > 0) events.update({ kind: 'remove', ...about, keys: gone });
  }

  #tellAccounts(): void {
    const { accounts } = this;
    const told = JSON.stringify(accounts);
    if (told === this.#accountsTold) return;
    this.#accountsTold = told;
    this.#parts.options.events.update({ kind: 'accounts', accounts });
  }

  #keyOf(accountNumber: string): string | undefined {
    return this.#parts.books.get(accountNumber)?.account.key;
  }

  #dirty(accountNumber: string): Dirt {
    const known = this.#dirt.get(accountNumber);
    if (known !== undefined) return known;
    const dirt: Dirt = { balances: false, positions: new Set(), zero: new Set(), bad: new Set() };
    this.#dirt.set(accountNumber, dirt);
    return dirt;
  }
}
