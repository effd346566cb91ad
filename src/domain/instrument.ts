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
  /** Unique within an account and safe in a topic: `[a-z0-9_-]`. */
  readonly key: string;
  /** The broker's symbol. */
  readonly symbol: string;
  /** What kind of thing it is. */
  readonly assetClass: AssetClass;
  /** IBKR's number of the contract. */
  readonly conId: string | null;
  /** Where the broker names it, like the three below. */
  readonly cusip: string | null;
  /** Where the broker names it. */
  readonly isin: string | null;
  /** Where the broker names it. */
  readonly figi: string | null;
  /** Where the broker names it. */
  readonly sedol: string | null;
  /** Of an option in the US: 21 characters, root padded to six. */
  readonly occSymbol: string | null;
  /** Symbol of what an option is on, or a future. */
  readonly underlying: string | null;
  /** `YYYY-MM-DD`, or `YYYY-MM` where the broker names only the month. */
  readonly expiry: string | null;
  /** Price of one unit of the underlying. */
  readonly strike: number | null;
  /** Of an option. */
  readonly right: 'call' | 'put' | null;
  /** Units of the underlying in one contract, greater than 0; 1 for shares. */
  readonly multiplier: number | null;
  /** The broker's word; no part of the identity. */
  readonly exchange: string | null;
  /** In which it is quoted, ISO 4217. */
  readonly currency: string | null;
  /** The broker's words. */
  readonly description: string | null;
}
