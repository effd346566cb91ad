import type { AccountBook } from './account-book.js';
import type { Exchanges } from './exchanges.js';
import type { ReadingApi } from './gateway.js';
import type { OrderBook } from './order-book.js';
import type { PnlSubscriptions } from './pnl-subscriptions.js';
import { nextRequestId } from './request-id.js';
import type { SessionOptions } from './telling.js';

export const PART_TIMEOUT_MS = 20_000;

/** What the requests of one session work with. */
export interface RequestParts {
  readonly api: ReadingApi;
  /** account number → book */
  readonly books: ReadonlyMap<string, AccountBook>;
  readonly orders: OrderBook;
  readonly pnl: PnlSubscriptions;
  readonly exchanges: Exchanges;
  readonly tell: SessionOptions;
  readonly takeBadNumbers: (accountNumber: string) => readonly string[];
}

/** A request whose end marker carries its id. */
export async function ask(
  { exchanges }: Pick<RequestParts, 'exchanges'>,
  what: string,
  send: (id: number) => unknown,
): Promise<void> {
  const id = nextRequestId();
  await exchanges.ask({ key: `request:${id}`, what, timeoutMs: PART_TIMEOUT_MS }, () => void send(id));
}
