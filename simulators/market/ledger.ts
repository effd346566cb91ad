import type { SchwabLedgerAccount } from '../schwab/book/ledger.js';
import type { SecurityType } from './instrument.js';
import type { Side } from './booking.js';

/** The truth of every account as plain JSON; each number is the one that goes over the wire. */
export interface Ledger {
  readonly ibkr: { readonly accounts: readonly LedgerAccount[] };
  readonly schwab: { readonly accounts: readonly SchwabLedgerAccount[] };
}

export interface LedgerAccount {
  readonly account: string;
  readonly baseCurrency: string;
  readonly balances: LedgerBalances;
  readonly positions: readonly LedgerPosition[];
  readonly orders: readonly LedgerOrder[];
  readonly executions: readonly LedgerExecution[];
}

/** Money in the base currency, the inner ledger in its own currencies. */
export interface LedgerBalances {
  readonly netLiquidation: number;
  readonly totalCash: number;
  /** null where the broker sends no such row. */
  readonly settledCash: number | null;
  readonly buyingPower: number;
  readonly availableFunds: number;
  readonly excessLiquidity: number;
  readonly equityWithLoan: number;
  readonly initialMargin: number;
  readonly maintenanceMargin: number;
  readonly cushion: number;
  /** With the margin that comes next; the same as now while none is announced. */
  readonly lookAhead: {
    readonly initialMargin: number;
    readonly maintenanceMargin: number;
    readonly availableFunds: number;
    readonly excessLiquidity: number;
    /** ISO 8601, whole seconds. */
    readonly at: string | null;
  };
  readonly grossPositionValue: number;
  readonly accruedInterest: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
  readonly dayPnl: number;
  /** -1 = not limited, as TWS sends it. */
  readonly dayTradesRemaining: number;
  readonly leverage: number;
  readonly ledger: readonly CurrencyLedger[];
}

export interface CurrencyLedger {
  readonly currency: string;
  readonly cash: number;
  /** Base currency per unit. */
  readonly exchangeRate: number;
  readonly accruedInterest: number;
  readonly stockValue: number;
  readonly optionValue: number;
  readonly futuresPnl: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
}

export interface LedgerPosition {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: SecurityType;
  readonly currency: string;
  readonly multiplier: number;
  readonly strike: number | null;
  readonly right: 'C' | 'P' | null;
  readonly expiry: string | null;
  readonly quantity: number;
  /** IB form: multiplier and commission included. */
  readonly averageCost: number;
  readonly marketPrice: number;
  readonly marketValue: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
  readonly dailyPnl: number;
}

export type OrderType = 'MKT' | 'LMT' | 'STP';

export interface LedgerOrder {
  readonly permId: string;
  readonly orderId: number;
  readonly clientId: number;
  readonly conId: number;
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly quantity: number;
  readonly filled: number;
  readonly remaining: number;
  readonly limitPrice: number | null;
  readonly stopPrice: number | null;
  readonly averageFillPrice: number;
  readonly status: 'PreSubmitted' | 'Submitted' | 'Filled' | 'Cancelled';
  readonly lastFillPrice: number;
  readonly commission: number;
  /** ISO 8601, whole seconds; null while the order works. */
  readonly endedAt: string | null;
}

export interface LedgerExecution {
  readonly execId: string;
  readonly revision: number;
  readonly permId: string;
  readonly conId: number;
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  readonly commission: number;
  readonly commissionCurrency: string;
  /** null for a fill that only opened. */
  readonly realizedPnl: number | null;
  /** ISO 8601, whole seconds as on the wire. */
  readonly time: string;
  readonly cumulativeQuantity: number;
  readonly averagePrice: number;
  /** What was first told and then corrected, oldest first. */
  readonly superseded: readonly {
    readonly execId: string;
    readonly quantity: number;
    readonly price: number;
  }[];
}
