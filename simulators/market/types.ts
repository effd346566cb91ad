import type { SchwabBook } from '../schwab/book/book.js';
import type { Side } from './booking.js';
import type { Instrument } from './instrument.js';
import type {
  Ledger,
  LedgerBalances,
  LedgerExecution,
  LedgerOrder,
  LedgerPosition,
  OrderType,
} from './ledger.js';

/** What just became true; the ledger already shows it when a listener hears of it. */
export type MarketEvent =
  | { readonly kind: 'prices' }
  | { readonly kind: 'order'; readonly account: string; readonly permId: string }
  | { readonly kind: 'cancel'; readonly account: string; readonly permId: string }
  | { readonly kind: 'fill'; readonly account: string; readonly permId: string; readonly execId: string }
  | {
      readonly kind: 'correction';
      readonly account: string;
      readonly permId: string;
      readonly execId: string;
    }
  | { readonly kind: 'position'; readonly account: string; readonly conId: number }
  | { readonly kind: 'balances'; readonly account: string }
  | { readonly kind: 'new-day' };

/** What a server may read: the living market, or a frozen copy of it while the broker is cut off. */
export interface MarketView {
  readonly accounts: readonly string[];
  instrument(conId: number): Instrument;
  baseCurrency(account: string): string;
  isReady(account: string): boolean;
  balances(account: string): LedgerBalances;
  /** Lines with a quantity. */
  positions(account: string): readonly LedgerPosition[];
  /** Also a line closed today, with quantity 0. */
  position(account: string, conId: number): LedgerPosition | undefined;
  orders(account: string): readonly LedgerOrder[];
  order(account: string, permId: string): LedgerOrder | undefined;
  executions(account: string): readonly LedgerExecution[];
}

export interface NewOrder {
  readonly account: string;
  readonly conId: number;
  readonly side: Side;
  readonly quantity: number;
  readonly orderType: OrderType;
  readonly limitPrice?: number;
  readonly stopPrice?: number;
}

export interface Market extends MarketView {
  readonly instruments: readonly Instrument[];
  /** The accounts at Schwab; they live by the same prices. */
  readonly schwab: SchwabBook;
  price(conId: number): number;
  /** Prices move a little; marks, net liquidation and P&L follow. */
  tick(): void;
  /** One random step of a person trading at TWS, and one at Schwab. */
  trade(): void;
  /** Returns the permId. */
  placeOrder(order: NewOrder): string;
  /** Without a quantity: all that remains. */
  fillOrder(permId: string, quantity?: number): void;
  cancelOrder(permId: string): void;
  closePosition(account: string, conId: number): void;
  /** Returns the execId of the new revision. */
  correctExecution(execId: string, change: { readonly price?: number; readonly quantity?: number }): string;
  /** A transfer in kind: no fill, no cash. */
  addPosition(
    account: string,
    line: { readonly conId: number; readonly quantity: number; readonly averageCost?: number },
  ): void;
  setPrice(conId: number, price: number): void;
  /** Negative = withdrawal; without a currency the account's own. */
  depositCash(account: string, amount: number, currency?: string): void;
  /** Margin will be so many times what it is, from `at` on, ms since epoch; null takes it back. */
  announceMargin(account: string, next: { readonly factor: number; readonly at: number } | null): void;
  /** -1 = not limited. */
  setDayTradesRemaining(account: string, left: number): void;
  setAccountReady(account: string, ready: boolean): void;
  /** Ended orders, executions and realised P&L go, closing prices are taken. */
  startNewDay(): void;
  ledger(): Ledger;
  subscribe(listener: (event: MarketEvent) => void): () => void;
  /** Real timers, which keep no process alive; 0 = off. */
  startAutoplay(options?: { readonly tickMs?: number; readonly tradeMs?: number }): () => void;
}
