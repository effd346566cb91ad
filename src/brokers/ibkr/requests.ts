import type { Kind } from '../../domain/update.js';
import { Rejected } from '../../errors.js';
import type { RefreshRequest } from '../../ports.js';
import { AccountRequests, MOST_ACCOUNTS_AT_ONCE } from './account-requests.js';
import { OrderRequests } from './order-requests.js';
import { nextRequestId } from './request-id.js';
import type { RequestParts } from './request-parts.js';
import { badResponse } from './telling.js';

/** `SettledCash` and `LookAhead…` come in the summary of some account types only; unknown tags are dropped silently. */
const SUMMARY_TAGS =
  'AccountType,NetLiquidation,TotalCashValue,SettledCash,AccruedCash,BuyingPower,EquityWithLoanValue,GrossPositionValue,' +
  'InitMarginReq,MaintMarginReq,AvailableFunds,ExcessLiquidity,Cushion,FullInitMarginReq,FullMaintMarginReq,' +
  'LookAheadNextChange,LookAheadInitMarginReq,LookAheadMaintMarginReq,LookAheadAvailableFunds,LookAheadExcessLiquidity,' +
  'DayTradesRemaining,Leverage,$LEDGER:ALL';

/** The requests of one session, in the order in which they make sense. */
export class Requests {
  readonly #parts: RequestParts;
  readonly #accounts: AccountRequests;
  readonly #orders: OrderRequests;

  constructor(parts: RequestParts) {
    this.#parts = parts;
    this.#accounts = new AccountRequests(parts);
    this.#orders = new OrderRequests(parts);
  }

  /** Opens the streams that push by themselves. */
  subscribe(): void {
    const { api, books, pnl } = this.#parts;
    if (books.size <= MOST_ACCOUNTS_AT_ONCE) api.reqAccountSummary(nextRequestId(), 'All', SUMMARY_TAGS);
    for (const number of books.keys()) pnl.account(number);
  }

  /** After TWS has lost its subscriptions. A summary that it still had is one too many (322), and harms nobody. */
  subscribeAgain(): void {
    this.#parts.pnl.forget();
    this.subscribe();
  }

  /** @throws Rejected when what was asked for could not be had, ConnectionLost when the session ends first */
  async fetch({ kind, account }: RefreshRequest): Promise<void> {
    const books = [...this.#parts.books.values()].filter(
      (book) => account === null || book.account.key === account,
    );
    const isAbout = (...kinds: readonly Kind[]): boolean => kind === null || kinds.includes(kind);
    const wantsAccounts = isAbout('balances', 'positions');
    if (wantsAccounts) await this.#accounts.positions();
    const failure = wantsAccounts ? await this.#accounts.accounts(books) : null;
    if (isAbout('orders', 'executions')) await this.#orders.fetch();
    if (failure !== null) throw failure;
    const { unavailable } = this.#orders;
    if (kind === 'orders' && unavailable !== null) {
      throw new Rejected(unavailable, { broker: 'ibkr', code: 'ORDERS_UNAVAILABLE' });
    }
  }

  /** After a trade: the accounts whose feeds disagree, then orders and fills. */
  async catchUp(): Promise<void> {
    const behind = [...this.#parts.books.values()].filter((book) => book.disagreements().length > 0);
    const failure = await this.#accounts.accounts(behind);
    await this.#orders.fetch();
    if (failure !== null) throw failure;
  }

  async orders(): Promise<void> {
    await this.#orders.fetch();
  }

  readOnlyApi(): void {
    this.#orders.readOnlyApi();
  }

  accountTaken(): void {
    this.#accounts.taken();
  }

  /** A message of this id could not be read, so the image it belongs to is not complete. */
  spoil(messageId: string, why: string): void {
    const { exchanges, tell } = this.#parts;
    const error = new Rejected(`The gateway sent a message ${messageId} that cannot be read (${why}).`, {
      broker: 'ibkr',
      code: 'unreadable',
    });
    tell.events.update(badResponse(null, error));
    if (messageId === '6' || messageId === '7') this.#accounts.spoilDownload(error);
    if (messageId === '61') exchanges.fail('positions', error);
    if (messageId === '3' || messageId === '5') exchanges.fail('open-orders', error);
    if (messageId === '71' || messageId === '73') exchanges.failNumbered(error);
    if (messageId === '101') exchanges.fail('completed-orders', error);
  }
}
