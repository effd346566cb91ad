import type { SchwabInstrument } from './instruments.js';
import type { NewSchwabOrder } from './new-order.js';
import type { AccountState, OrderState } from './state.js';
import type { ValuedLine } from './valuation.js';

/** What whoever trades at Schwab can see and do. */
export interface TradingDesk {
  readonly accounts: readonly string[];
  now(): number;
  /** What is done inside happened then. */
  at<T>(time: number, act: () => T): T;
  state(account: string): AccountState;
  instrument(symbol: string): SchwabInstrument;
  readonly instruments: ReadonlyMap<string, SchwabInstrument>;
  price(instrument: SchwabInstrument): number;
  /** Lines with a quantity. */
  lines(account: string): readonly ValuedLine[];
  workingOrders(account: string): readonly OrderState[];
  placeOrder(order: NewSchwabOrder): string;
  fillOrder(orderId: string, quantity?: number): void;
  cancelOrder(orderId: string): void;
  rejectOrder(orderId: string, reason?: string): void;
  replaceOrder(orderId: string, change: { readonly price?: number; readonly quantity?: number }): string;
  closePosition(account: string, symbol: string): void;
  depositCash(account: string, amount: number): void;
  withdraw(account: string, amount: number): void;
  dividend(account: string, symbol: string, amount: number): void;
  /** Takes the closing prices of one account. */
  roll(
    state: AccountState,
    how?: {
      readonly keepsDayCost?: boolean;
      readonly closing?: (instrument: SchwabInstrument) => number;
    },
  ): void;
}
