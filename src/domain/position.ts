import type { Instrument } from './instrument.js';

/** What an account holds of one instrument. Long > 0, short < 0 in quantity, value and cost alike. */
export interface Position {
  readonly key: string;
  readonly instrument: Instrument;
  /** Units or contracts, never 0: a closed position is absent. */
  readonly quantity: number;
  /** Price unit, ≥ 0. */
  readonly averagePrice: number | null;
  /** Money per unit or contract (includes the multiplier; at IBKR commission too). */
  readonly averageCost: number | null;
  readonly costBasis: number | null;
  readonly marketPrice: number | null;
  readonly marketValue: number | null;
  /** `marketValue` in the account's base currency. */
  readonly marketValueBase: number | null;
  readonly unrealizedPnl: number | null;
  /** Today's. */
  readonly realizedPnl: number | null;
  readonly dayPnl: number | null;
  readonly currency: string | null;
  /** Percent of net liquidation, signed. */
  readonly portfolioPercent: number | null;
  readonly cashEquivalent: boolean;
}
