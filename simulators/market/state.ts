import type { Holding, Side } from './booking.js';
import type { OrderType } from './ledger.js';

/** What a line was at the start of the day, and the closing price it is measured against. */
export interface Opening {
  readonly holding: Holding;
  readonly price: number;
}

export interface OrderState {
  readonly permId: string;
  readonly account: string;
  readonly conId: number;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly limitPrice: number | null;
  readonly stopPrice: number | null;
  readonly quantity: number;
  readonly filled: number;
  readonly averageFillPrice: number;
  readonly lastFillPrice: number;
  readonly commission: number;
  readonly status: 'working' | 'filled' | 'canceled';
  /** ms since epoch */
  readonly endedAt: number | null;
}

export interface ExecutionState {
  /** The execId without its revision. */
  readonly prefix: string;
  readonly revision: number;
  readonly permId: string;
  readonly conId: number;
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  readonly commission: number;
  readonly realizedPnl: number | null;
  /** ms since epoch */
  readonly at: number;
  readonly superseded: readonly {
    readonly execId: string;
    readonly quantity: number;
    readonly price: number;
  }[];
}

export interface AccountState {
  readonly account: string;
  readonly baseCurrency: string;
  readonly reportsSettledCash: boolean;
  dayTradesRemaining: number;
  /** currency → booked cash, without the running P&L of futures */
  readonly cash: Map<string, number>;
  /** currency → accrued interest */
  readonly accrued: Map<string, number>;
  /** conId → line */
  readonly holdings: Map<number, Holding>;
  /** conId → line at the start of the day */
  readonly openings: Map<number, Opening>;
  /** permId → order, open or ended today */
  readonly orders: Map<string, OrderState>;
  readonly executions: ExecutionState[];
  /** In base currency: what came in today without being a profit. */
  transferredToday: number;
  previousNetLiquidation: number;
  /** What margin will be times what it is, from `at` on, ms since epoch; null = nothing is announced. */
  nextMargin: { readonly factor: number; readonly at: number } | null;
  ready: boolean;
}

export const execIdOf = ({
  prefix,
  revision,
}: {
  readonly prefix: string;
  readonly revision: number;
}): string => `${prefix}.${String(revision).padStart(2, '0')}`;
