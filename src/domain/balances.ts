/** Cash in one currency. */
export interface CurrencyBalance {
  /** ISO 4217. */
  readonly currency: string;
  /** Money of `currency`, debit < 0. */
  readonly cash: number | null;
  /** Money of `currency`. */
  readonly settledCash: number | null;
  /** Money of `currency`. */
  readonly netLiquidation: number | null;
  /** Units of the base currency for one unit of `currency`. */
  readonly exchangeRate: number | null;
}

/** What the margin figures become at the next change of requirements. */
export interface LookAhead {
  /** Money, like the three below. */
  readonly initialMargin: number | null;
  /** Money. */
  readonly maintenanceMargin: number | null;
  /** Money. */
  readonly availableFunds: number | null;
  /** Money; below 0 is a margin call. */
  readonly excessLiquidity: number | null;
  /** When the requirements change, ISO 8601 UTC. */
  readonly at: string | null;
}

/** Balances of one account. Money in the account's base currency; null = not known. */
export interface Balances {
  /** What the account is worth: cash and the value of all positions. */
  readonly netLiquidation: number | null;
  /** Net liquidation at the last close. */
  readonly previousNetLiquidation: number | null;
  /** Cash of all currencies, debit < 0. */
  readonly totalCash: number | null;
  /** Cash without what unsettled trades bring. */
  readonly settledCash: number | null;
  /** Held in money market funds; at Schwab part of cash. */
  readonly moneyMarket: number | null;
  /** Interest that has accrued and is not booked. */
  readonly accruedInterest: number | null;
  /** What could be bought with it, as the broker computes it. */
  readonly buyingPower: number | null;
  /** Left for new positions, as the broker computes it. */
  readonly availableFunds: number | null;
  /** What counts as cover for a loan. */
  readonly equityWithLoan: number | null;
  /** Equity with loan less maintenance margin; below 0 is a margin call. */
  readonly excessLiquidity: number | null;
  /** Required to open the positions that are held. */
  readonly initialMargin: number | null;
  /** Required to keep them. */
  readonly maintenanceMargin: number | null;
  /** Excess liquidity as a fraction of net liquidation: 0.12 = 12 %. */
  readonly cushion: number | null;
  /** Values of all positions, long and short, added without their signs. */
  readonly grossPositionValue: number | null;
  /** Gross position value by net liquidation: 1.5 = one and a half times. */
  readonly leverage: number | null;
  /** Today's result, loss < 0. */
  readonly dayPnl: number | null;
  /** `broker` = the broker's own figure, `delta` = difference of two net liquidations. */
  readonly dayPnlSource: 'broker' | 'delta' | null;
  /** Result of what is held, loss < 0. */
  readonly unrealizedPnl: number | null;
  /** Today's result of what was closed, loss < 0. */
  readonly realizedPnl: number | null;
  /** Whether there is a margin call: Schwab's own word, at IBKR excess liquidity below 0. */
  readonly isMarginCall: boolean | null;
  /** Day trades left under the pattern day trader rule; null = no limit, or not known. */
  readonly dayTradesRemaining: number | null;
  /** After the next change of requirements; null where the broker names none. */
  readonly lookAhead: LookAhead | null;
  /** Cash by currency; empty where the broker names none. */
  readonly ledger: readonly CurrencyBalance[];
}
