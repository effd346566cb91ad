export type AssetClass =
  | 'stock'
  | 'etf'
  | 'option'
  | 'future'
  | 'future_option'
  | 'bond'
  | 'mutual_fund'
  | 'cash_equivalent'
  | 'forex'
  | 'cfd'
  | 'crypto'
  | 'index'
  | 'warrant'
  | 'other';

/** What is held or ordered. `key` is unique within an account and safe in a topic: `[a-z0-9_-]`. */
export interface Instrument {
  readonly key: string;
  /** The broker's symbol. */
  readonly symbol: string;
  readonly assetClass: AssetClass;
  readonly conId: string | null;
  readonly cusip: string | null;
  readonly isin: string | null;
  readonly figi: string | null;
  readonly sedol: string | null;
  /** 21 characters, root padded to six. */
  readonly occSymbol: string | null;
  readonly underlying: string | null;
  /** `YYYY-MM-DD`, or `YYYY-MM` where the broker names only the month. */
  readonly expiry: string | null;
  readonly strike: number | null;
  readonly right: 'call' | 'put' | null;
  /** Greater than 0. */
  readonly multiplier: number | null;
  readonly exchange: string | null;
  readonly currency: string | null;
  readonly description: string | null;
}
