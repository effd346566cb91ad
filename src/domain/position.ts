import type { Instrument } from './instrument.js';

/** What an account holds of one instrument. Long > 0, short < 0 in quantity, value and cost alike. */
export interface Position {
  /** Unique within the account, the same for as long as it is held, safe in a topic. */
  readonly key: string;
  /** What is held. */
  readonly instrument: Instrument;
  /** Units or contracts, never 0: a closed position is absent. */
  readonly quantity: number;
  /** Paid on average, price of one unit, ≥ 0. */
  readonly averagePrice: number | null;
  /** Money per unit or contract (includes the multiplier; at IBKR commission too). */
  readonly averageCost: number | null;
  /** Paid for all of it, money, short < 0. */
  readonly costBasis: number | null;
  /** Price of one unit. */
  readonly marketPrice: number | null;
  /** Money of `currency`, short < 0. */
  readonly marketValue: number | null;
  /** `marketValue` in the account's base currency. */
  readonly marketValueBase: number | null;
  /** Market value less cost, loss < 0. */
  readonly unrealizedPnl: number | null;
  /** Today's result of what was closed, loss < 0. */
  readonly realizedPnl: number | null;
  /** Today's result, loss < 0. */
  readonly dayPnl: number | null;
  /** Of all money of this position but `marketValueBase`, ISO 4217. */
  readonly currency: string | null;
  /** Percent of net liquidation, signed. */
  readonly portfolioPercent: number | null;
  /** Whether it is a money market fund or the like. */
  readonly cashEquivalent: boolean;
}
