export type SecurityType = 'STK' | 'OPT' | 'FUT' | 'CASH';

/** What can be held; a forex pair is symbol (bought) against currency (paid). */
export interface Instrument {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: SecurityType;
  readonly currency: string;
  /** 1 where the broker sends none. */
  readonly multiplier: number;
  readonly strike: number | null;
  readonly right: 'C' | 'P' | null;
  /** YYYYMMDD */
  readonly expiry: string | null;
  /** Primary exchange; empty for a future, as TWS sends it. */
  readonly exchange: string;
  readonly localSymbol: string;
  readonly tradingClass: string;
  readonly startPrice: number;
  readonly priceDigits: number;
}

/** Futures are marked to market into cash, forex rows repeat cash balances: neither counts in the position value. */
export const countsInNetLiquidation = (instrument: Instrument): boolean =>
  instrument.secType === 'STK' || instrument.secType === 'OPT';
