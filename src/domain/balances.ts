/** Cash in one currency. */
export interface CurrencyBalance {
  readonly currency: string;
  /** Money of `currency`, debit < 0. */
  readonly cash: number | null;
  readonly settledCash: number | null;
  readonly netLiquidation: number | null;
  /** Units of the base currency for one unit of `currency`. */
  readonly exchangeRate: number | null;
}

/** What the margin figures become at the next change of requirements. */
export interface LookAhead {
  readonly initialMargin: number | null;
  readonly maintenanceMargin: number | null;
  readonly availableFunds: number | null;
  readonly excessLiquidity: number | null;
  /** ISO 8601 UTC. */
  readonly at: string | null;
}

/** Balances of one account. Money in the account's base currency; null = not known. */
export interface Balances {
  readonly netLiquidation: number | null;
  /** Net liquidation at the last close. */
  readonly previousNetLiquidation: number | null;
  /** Debit < 0. */
  readonly totalCash: number | null;
  readonly settledCash: number | null;
  readonly moneyMarket: number | null;
  readonly accruedInterest: number | null;
  readonly buyingPower: number | null;
  readonly availableFunds: number | null;
  readonly equityWithLoan: number | null;
  /** Below 0 is a margin call. */
  readonly excessLiquidity: number | null;
  readonly initialMargin: number | null;
  readonly maintenanceMargin: number | null;
  /** Fraction: 0.12 = 12 %. */
  readonly cushion: number | null;
  readonly grossPositionValue: number | null;
  readonly leverage: number | null;
  readonly dayPnl: number | null;
  /** `broker` = the broker's own figure, `delta` = difference of two net liquidations. */
  readonly dayPnlSource: 'broker' | 'delta' | null;
  readonly unrealizedPnl: number | null;
  readonly realizedPnl: number | null;
  readonly isMarginCall: boolean | null;
  readonly dayTradesRemaining: number | null;
  readonly lookAhead: LookAhead | null;
  readonly ledger: readonly CurrencyBalance[];
}
