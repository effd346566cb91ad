import type { Kind } from '../../domain/update.js';
import { ConnectionLost, ProtocolError, Rejected } from '../../errors.js';
import type { RefreshRequest } from '../../ports.js';
import type { AccountBook } from './account-book.js';
import type { Exchanges } from './exchanges.js';
import type { ReadingApi } from './gateway.js';
import type { OrderBook } from './order-book.js';
import type { PnlSubscriptions } from './pnl-subscriptions.js';
import { nextRequestId } from './request-id.js';
import { badNumbers, badResponse, ordersUnavailable, provenance, type SessionOptions } from './telling.js';

const PART_TIMEOUT_MS = 20_000;
const ORDERS_TIMEOUT_MS = 10_000;
/** A download that ends before its rows, or beside a trade, is asked for again at once, this often in all. */
const DOWNLOAD_TRIES = 3;
/** `reqPositions` and the summary group "All" serve no more (TWS API documentation). */
const MOST_ACCOUNTS_AT_ONCE = 50;
/** Two lists that never came: this gateway does not give them, and asking more often only costs. */
const MISSED_LISTS_UNTIL_UNAVAILABLE = 2;
/** `SettledCash` and `LookAhead…` come in the summary of some account types only; unknown tags are dropped silently. */
const SUMMARY_TAGS =
  'AccountType,NetLiquidation,TotalCashValue,SettledCash,AccruedCash,BuyingPower,EquityWithLoanValue,GrossPositionValue,' +
  'InitMarginReq,MaintMarginReq,AvailableFunds,ExcessLiquidity,Cushion,FullInitMarginReq,FullMaintMarginReq,' +
  'LookAheadNextChange,LookAheadInitMarginReq,LookAheadMaintMarginReq,LookAheadAvailableFunds,LookAheadExcessLiquidity,' +
  'DayTradesRemaining,Leverage,$LEDGER:ALL';

const READ_ONLY =
  'Open orders cannot be read while “Read-Only API” is ticked in TWS or IB Gateway. Balances, positions and fills are not touched by it.';
const SILENT =
  'The gateway does not answer requests for open orders; it may be waiting for a confirmation on its screen, or its Read-Only API is on.';

interface Parts {
  readonly api: ReadingApi;
  /** account number → book */
  readonly books: ReadonlyMap<string, AccountBook>;
  readonly orders: OrderBook;
  readonly pnl: PnlSubscriptions;
  readonly exchanges: Exchanges;
  readonly tell: SessionOptions;
  readonly takeBadNumbers: (accountNumber: string) => readonly string[];
}

/** The requests of one session, each ending in a complete image, or in nothing. */
export class Requests {
  readonly #parts: Parts;
  /** The account whose download is under way. */
  #downloading: string | null = null;
  #missedLists = 0;
  #ordersUnavailable: string | null = null;
  #completedUnavailable = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Opens the streams that push by themselves. */
  subscribe(): void {
    const { api, books, pnl } = this.#parts;
    if (books.size <= MOST_ACCOUNTS_AT_ONCE) api.reqAccountSummary(nextRequestId(), 'All', SUMMARY_TAGS);
    for (const number of books.keys()) pnl.account(number);
  }

  /** @throws Rejected when what was asked for could not be had, ConnectionLost when the session ends first */
  async fetch({ kind, account }: RefreshRequest): Promise<void> {
    const books = [...this.#parts.books.values()].filter(
      (book) => account === null || book.account.key === account,
    );
    const isAbout = (...kinds: readonly Kind[]): boolean => kind === null || kinds.includes(kind);
    const wantsAccounts = isAbout('balances', 'positions');
    if (wantsAccounts) await this.#positions();
    const failure = wantsAccounts ? await this.#accounts(books) : null;
    if (isAbout('orders', 'executions')) await this.orders();
    if (failure !== null) throw failure;
    if (kind === 'orders' && this.#ordersUnavailable !== null) {
      throw new Rejected(this.#ordersUnavailable, { broker: 'ibkr', code: 'ORDERS_UNAVAILABLE' });
    }
  }

  /** After a trade: the accounts whose feeds disagree, then orders and fills. */
  async catchUp(): Promise<void> {
    const behind = [...this.#parts.books.values()].filter((book) => book.disagreements().length > 0);
    const failure = await this.#accounts(behind);
    await this.orders();
    if (failure !== null) throw failure;
  }

  /** Open and ended orders, then executions: in this order no fill can be newer than its order. */
  async orders(): Promise<void> {
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

  /** Another API client has taken the one subscription to account data: the running download will not end. */
  accountTaken(): void {
    if (this.#downloading === null) return;
    const refusal = new Rejected('Another API client holds the account data of this gateway.', {
      broker: 'ibkr',
      code: '2101',
    });
    this.#parts.exchanges.fail(`download:${this.#downloading}`, refusal);
  }

  /** A message of this id could not be read, so the image it belongs to is not complete. */
  spoil(messageId: string, why: string): void {
    const { exchanges, tell } = this.#parts;
    const error = new Rejected(`The gateway sent a message ${messageId} that cannot be read (${why}).`, {
      broker: 'ibkr',
      code: 'unreadable',
    });
    tell.events.update(badResponse(null, error));
    if ((messageId === '6' || messageId === '7') && this.#downloading !== null)
      exchanges.fail(`download:${this.#downloading}`, error);
    if (messageId === '61') exchanges.fail('positions', error);
    if (messageId === '3' || messageId === '5') exchanges.fail('open-orders', error);
    if (messageId === '101') exchanges.fail('completed-orders', error);
  }

  /** Quantities and costs of all accounts; without them the portfolios alone have to do. */
  async #positions(): Promise<void> {
    const { api, books, exchanges, tell } = this.#parts;
    for (const book of books.values()) book.beginPositions();
    try {
      if (books.size <= MOST_ACCOUNTS_AT_ONCE) {
        const question = { key: 'positions', what: 'the positions', timeoutMs: PART_TIMEOUT_MS };
        await exchanges.ask(question, () => api.reqPositions());
      } else {
        for (const number of books.keys())
          await this.#request('the positions of an account', (id) => api.reqPositionsMulti(id, number, ''));
      }
      for (const book of books.values()) book.commitPositions();
    } catch (error) {
      for (const book of books.values()) book.dropPositions();
      if (!(error instanceof Rejected)) throw error;
      tell.events.update(badResponse('positions', error));
    }
  }

  /** One account after the other; what one of them lacks does not keep the others waiting. Returns the first failure. */
  async #accounts(books: readonly AccountBook[]): Promise<Rejected | null> {
    let failure: Rejected | null = null;
    for (const book of books) {
      try {
        await this.#account(book);
      } catch (error) {
        if (!(error instanceof Rejected)) throw error;
        failure ??= error;
      }
    }
    return failure;
  }

  /** Balances and portfolio of one account. */
  async #account(book: AccountBook): Promise<void> {
    let last: Rejected | null = null;
    for (let tries = 0; tries < DOWNLOAD_TRIES; tries++) {
      try {
        await this.#download(book);
        last = null;
      } catch (error) {
        if (!(error instanceof Rejected)) throw error;
        last = error;
        if (error.code === '2101') break;
        continue;
      }
      if (book.disagreements().length === 0) break;
    }
    if (last?.code === '2101') await this.#balancesOnly(book);
    else if (last !== null) throw last;
    else this.#tellAccount(book);
  }

  async #download(book: AccountBook): Promise<void> {
    const { api, exchanges } = this.#parts;
    const { accountNumber } = book;
    this.#downloading = accountNumber;
    book.beginDownload();
    try {
      const question = {
        key: `download:${accountNumber}`,
        what: `account …${accountNumber.slice(-4)}`,
        timeoutMs: PART_TIMEOUT_MS,
      };
      await exchanges.ask(question, () => api.reqAccountUpdates(true, accountNumber));
      if (!book.commitDownload()) {
        throw new Rejected(
          `The gateway ended the download of account …${accountNumber.slice(-4)} before its rows.`,
          { broker: 'ibkr', code: 'end-before-rows' },
        );
      }
    } finally {
      this.#downloading = null;
      book.dropDownload();
    }
  }

  /** The other way to balances, which takes no subscription from anybody, but knows no market values. */
  async #balancesOnly(book: AccountBook): Promise<void> {
    const { api, tell } = this.#parts;
    await this.#request('the balances of an account', (id) =>
      api.reqAccountUpdatesMulti(id, book.accountNumber, '', false),
    );
    if (!book.hasBalances)
      throw new Rejected('The gateway sent no balances.', { broker: 'ibkr', code: 'end-before-rows' });
    this.#tellAccount(book);
    const reason =
      'Another API client holds the account data of this gateway: positions have no market values until it lets go.';
    tell.events.update({ kind: 'link', state: 'limited', reason });
  }

  #tellAccount(book: AccountBook): void {
    const { pnl, takeBadNumbers, tell } = this.#parts;
    const account = book.account.key;
    const bad = takeBadNumbers(book.accountNumber);
    const issues = book.balanceIssues();
    const positions = book.positions();
    tell.events.update({
      kind: 'snapshot',
      of: 'balances',
      account,
      from: provenance(tell, issues),
      balances: book.balances(),
    });
    const positionIssues = bad.length === 0 ? issues : [...issues, badNumbers(bad)];
    tell.events.update({
      kind: 'snapshot',
      of: 'positions',
      account,
      from: provenance(tell, positionIssues),
      positions,
    });
    for (const { instrument } of positions) pnl.position(book.accountNumber, instrument);
  }

  async #openOrders(): Promise<boolean> {
    const { api, exchanges, orders, tell } = this.#parts;
    if (this.#ordersUnavailable !== null) return false;
    orders.beginList();
    try {
      const question = { key: 'open-orders', what: 'the open orders', timeoutMs: ORDERS_TIMEOUT_MS };
      await exchanges.ask(question, () => api.reqAllOpenOrders());
      orders.commitList();
      this.#missedLists = 0;
      return true;
    } catch (error) {
      orders.dropList();
      if (!(error instanceof Rejected)) throw error;
      if (error.code === 'timeout') this.#missedLists += 1;
      if (error.code === '321') this.#ordersUnavailable = READ_ONLY;
      if (this.#missedLists >= MISSED_LISTS_UNTIL_UNAVAILABLE) this.#ordersUnavailable = SILENT;
      tell.events.update(
        this.#ordersUnavailable === null
          ? badResponse('orders', error)
          : ordersUnavailable(this.#ordersUnavailable),
      );
      return false;
    }
  }

  /** Ended orders are an extra: without them a vanished order is told by its fills. */
  async #completedOrders(): Promise<void> {
    const { api, exchanges } = this.#parts;
    if (this.#completedUnavailable) return;
    try {
      const question = {
        key: 'completed-orders',
        what: 'the completed orders',
        timeoutMs: ORDERS_TIMEOUT_MS,
      };
      await exchanges.ask(question, () => api.reqCompletedOrders(false));
    } catch (error) {
      if (error instanceof ConnectionLost || error instanceof ProtocolError) throw error;
      this.#completedUnavailable = true;
    }
  }

  async #executions(): Promise<void> {
    const { api, books, orders, tell } = this.#parts;
    try {
      await this.#request('the executions', (id) => api.reqExecutions(id, {}));
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

  async #request(what: string, send: (id: number) => unknown): Promise<void> {
    const id = nextRequestId();
    await this.#parts.exchanges.ask(
      { key: `request:${id}`, what, timeoutMs: PART_TIMEOUT_MS },
      () => void send(id),
    );
  }
}
