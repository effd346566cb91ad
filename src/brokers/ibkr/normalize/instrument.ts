import type { AssetClass, Instrument } from '../../../domain/instrument.js';

/** What every message says of an instrument. */
export interface Contract {
  readonly conId: string | null;
  readonly symbol: string;
  readonly secType: string;
  readonly expiry: string | null;
  readonly strike: number | null;
  readonly right: string | null;
  readonly multiplier: number | null;
  readonly currency: string | null;
  readonly localSymbol: string | null;
  readonly exchange?: string | null;
  readonly primaryExchange?: string | null;
}

const ASSET_CLASSES: ReadonlyMap<string, AssetClass> = new Map([
  ['STK', 'stock'], // ETFs look the same on the wire
  ['OPT', 'option'],
  ['FOP', 'future_option'],
  ['FUT', 'future'],
  ['WAR', 'warrant'],
  ['BOND', 'bond'],
  ['BILL', 'bond'],
  ['FUND', 'mutual_fund'],
  ['CASH', 'forex'],
  ['CFD', 'cfd'],
  ['CRYPTO', 'crypto'],
  ['IND', 'index'],
]);

/** Option classes have a strike and a right; elsewhere TWS fills these fields with 0 and `?`. */
const WITH_STRIKE: ReadonlySet<AssetClass> = new Set(['option', 'future_option', 'warrant']);

export function instrumentOf(contract: Contract): Instrument {
  const assetClass = ASSET_CLASSES.get(contract.secType) ?? 'other';
  const hasStrike = WITH_STRIKE.has(assetClass);
  const right = hasStrike ? rightOf(contract.right) : null;
  const strike = hasStrike && contract.strike !== 0 ? contract.strike : null;
  const expiry = expiryOf(contract.expiry);
  return {
    key:
      contract.conId ?? slug([contract.symbol, contract.secType, contract.currency, expiry, strike, right]),
    symbol: contract.symbol,
    assetClass,
    conId: contract.conId,
    cusip: null,
    isin: null,
    figi: null,
    sedol: null,
    occSymbol: assetClass === 'option' ? occSymbolOf(contract.localSymbol) : null,
    underlying: hasStrike || assetClass === 'future' ? contract.symbol : null,
    expiry,
    strike,
    right,
    multiplier: multiplierOf(contract),
    exchange: contract.primaryExchange ?? contract.exchange ?? null,
    currency: contract.currency,
    description: contract.localSymbol,
  };
}

/** An empty multiplier is 1, and 0 is the library's and some servers' way to write empty. */
export function multiplierOf({ multiplier }: { readonly multiplier: number | null }): number {
  return multiplier === null || multiplier <= 0 ? 1 : multiplier;
}

function rightOf(right: string | null): 'call' | 'put' | null {
  if (right === 'C' || right === 'CALL') return 'call';
  return right === 'P' || right === 'PUT' ? 'put' : null;
}

/** `YYYYMMDD` (a time may follow) or `YYYYMM`. */
function expiryOf(text: string | null): string | null {
  const match = /^(\d{4})(\d{2})(\d{2})?/.exec(text ?? '');
  if (match === null) return null;
  const [, year = '', month = '', day] = match;
  return day === undefined ? `${year}-${month}` : `${year}-${month}-${day}`;
}

/** TWS's localSymbol of an option is the OCC symbol already, its root padded to six. */
function occSymbolOf(localSymbol: string | null): string | null {
  return localSymbol !== null && /^[A-Z0-9 ]{6}\d{6}[CP]\d{8}$/.test(localSymbol) ? localSymbol : null;
}

function slug(parts: readonly (string | number | null)[]): string {
  return parts
    .filter((part) => part !== null && part !== '')
    .join('_')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-');
}
