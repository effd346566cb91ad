import { Rejected } from '../../errors.js';
import type { AccountBook } from './account-book.js';
import { ask, PART_TIMEOUT_MS, type RequestParts } from './request-parts.js';
import { badNumbers, badResponse, provenance } from './telling.js';

/** A download that ends before its rows, or beside a trade, is asked for again at once, this often in all. */
const DOWNLOAD_TRIES = 3;
/** `reqPositions` and the summary group "All" serve no more (TWS API documentation). */
export const MOST_ACCOUNTS_AT_ONCE = 50;

const HELD =
  'Another API client holds the account data of this gateway: positions have no market values until it lets go.';

/** Balances and positions: each request ends in a complete image, or in nothing. */
export class AccountRequests {
  readonly #parts: RequestParts;
  /** The account whose download is under way. */
  #downloading: string | null = null;
  /** The account that pushes its values. */
  #subscribed: string | null = null;
  #heldReason: string | null = null;

  constructor(parts: RequestParts) {
    this.#parts = parts;
  }

  /** Quantities and costs of all accounts; without them the portfolios alone have to do. */
  async positions(): Promise<void> {
    const { api, books, exchanges, tell } = this.#parts;
    for (const book of books.values()) book.beginPositions();
    try {
      if (books.size <= MOST_ACCOUNTS_AT_ONCE) {
        const question = { key: 'positions', what: 'the positions', timeoutMs: PART_TIMEOUT_MS };
        await exchanges.ask(question, () => api.reqPositions());
      } else {
        for (const number of books.keys())
          await ask(this.#parts, 'the positions of an account', (id) =>
            api.reqPositionsMulti(id, number, ''),
          );
      }
      for (const book of books.values()) book.commitPositions();
    } catch (error) {
      const isLate = error instanceof Rejected && error.code === 'timeout';
      for (const book of books.values()) book.dropPositions(isLate);
      if (!(error instanceof Rejected)) throw error;
      tell.events.update(badResponse('positions', error));
    }
  }

  /** One account after the other; what one of them lacks does not keep the others waiting. Returns the first failure. */
  async accounts(books: readonly AccountBook[]): Promise<Rejected | null> {
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
    if (last?.code === '2101') return await this.#balancesOnly(book);
    if (last !== null) throw last;
    this.#tellAccount(book);
    this.#held(null);
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
      await exchanges.ask(question, () => {
        // Only a new subscription is sure to bring every row again, and there is one for all accounts.
        if (this.#subscribed !== null) api.reqAccountUpdates(false, this.#subscribed);
        this.#subscribed = accountNumber;
        api.reqAccountUpdates(true, accountNumber);
      });
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
    const { api } = this.#parts;
    await ask(this.#parts, 'the balances of an account', (id) =>
      api.reqAccountUpdatesMulti(id, book.accountNumber, '', false),
    );
    if (!book.hasBalances)
      throw new Rejected('The gateway sent no balances.', { broker: 'ibkr', code: 'end-before-rows' });
    this.#tellAccount(book);
    this.#held(HELD);
  }

  /** Tells once that another client holds the account data, and once that it let go (null). */
  #held(reason: string | null): void {
    if (reason === this.#heldReason) return;
    this.#heldReason = reason;
    this.#parts.tell.events.update({ kind: 'link', state: reason === null ? 'up' : 'limited', reason });
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

  /** Another API client has taken the one subscription to account data: the running download will not end. */
  taken(): void {
    if (this.#downloading === null) return;
    const refusal = new Rejected('Another API client holds the account data of this gateway.', {
      broker: 'ibkr',
      code: '2101',
    });
    this.#parts.exchanges.fail(`download:${this.#downloading}`, refusal);
  }

  /** A row of the download could not be read. */
  spoilDownload(error: Rejected): void {
    if (this.#downloading !== null) this.#parts.exchanges.fail(`download:${this.#downloading}`, error);
  }
}
