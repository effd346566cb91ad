import { cleanExact } from '../../../domain/clean-number.js';
import type { AssetClass, Instrument } from '../../../domain/instrument.js';
import { parseOsi, type Osi } from '../osi.js';
import { quote } from '../redact.js';
import type { SchwabInstrument } from '../schema/instrument.js';
import { isoTime } from '../time.js';
import type { Issues } from './issues.js';

const CLASSES: ReadonlyMap<string, AssetClass> = new Map(
  Object.entries({
    EQUITY: 'stock',
    OPTION: 'option',
    FIXED_INCOME: 'bond',
    MUTUAL_FUND: 'mutual_fund',
    // An ETF in all real answers; the other kinds in Schwab's document (closed-end funds, trusts) are priced alike.
    COLLECTIVE_INVESTMENT: 'etf',
    CASH_EQUIVALENT: 'cash_equivalent',
    CURRENCY: 'cash_equivalent',
    INDEX: 'index',
    FUTURE: 'future',
    FOREX: 'forex',
    PRODUCT: 'other',
  } as const),
);

/** Shares that an option contract delivers, unless a corporate action changed it. */
const SHARES_PER_CONTRACT = 100;
/** An option on a future in a transaction: `/ESH25_P5050:XCME`. */
const FUTURE_OPTION = /^\.?\/\w+_[CP][\d.]+/;

/** What is held or ordered, in our words. */
export function normalizeInstrument(raw: SchwabInstrument, issues: Issues): Instrument {
  const assetClass = assetClassOf(raw, issues);
  const osi = assetClass === 'option' ? parseOsi(raw.symbol) : null;
  return {
    key: keyOf(raw, osi),
    symbol: raw.symbol,
    assetClass,
    conId: null,
    cusip: raw.cusip,
    isin: null,
    figi: null,
    sedol: null,
    occSymbol: osi?.symbol ?? null,
    underlying: raw.underlyingSymbol ?? (osi?.isAdjusted === false ? osi.root : null),
    expiry: osi?.expiry ?? dateOf(raw.expirationDate ?? raw.maturityDate),
    strike: osi?.strike ?? cleanExact(raw.strikePrice),
    right: osi?.right ?? rightOf(raw.putCall),
    multiplier: multiplierOf(raw, { assetClass, osi, issues }),
    exchange: null,
    currency: 'USD',
    description: raw.description === null ? null : quote(raw.description),
  };
}

function assetClassOf({ assetType, symbol, type }: SchwabInstrument, issues: Issues): AssetClass {
  if (assetType === null) return FUTURE_OPTION.test(symbol) ? 'future_option' : classBySymbol(symbol);
  const known = CLASSES.get(assetType);
  if (known === undefined) {
    issues.unknownWord('asset type', assetType);
    return 'other';
  }
  if (known === 'option' && FUTURE_OPTION.test(symbol)) return 'future_option';
  return known === 'stock' && type === 'EXCHANGE_TRADED_FUND' ? 'etf' : known;
}

/** The instrument leg of most transactions names no asset type. */
function classBySymbol(symbol: string): AssetClass {
  return parseOsi(symbol) === null ? 'other' : 'option';
}

/** The OSI symbol, else type and symbol: letters, digits, `_` and `-` only, since it becomes a level of a topic. */
function keyOf({ assetType, symbol }: SchwabInstrument, osi: Osi | null): string {
  // Orders may call an ETF a stock, as TD Ameritrade's did: one thing has one key.
  const kind = assetType === 'COLLECTIVE_INVESTMENT' ? 'EQUITY' : assetType;
  const name = osi?.symbol ?? `${kind ?? 'other'}-${symbol}`;
  return name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '_');
}

function multiplierOf(
  raw: SchwabInstrument,
  about: { readonly assetClass: AssetClass; readonly osi: Osi | null; readonly issues: Issues },
): number | null {
  const said = raw.optionPremiumMultiplier ?? raw.optionMultiplier;
  if (said !== null && said > 0) return said;
  switch (about.assetClass) {
    case 'option':
      return sharesPerContract(raw, about);
    case 'stock':
    case 'etf':
    case 'mutual_fund':
    case 'cash_equivalent':
      return 1;
    // Bonds are quoted in percent of par, and no real row of one is known: no figure is better than a wrong one.
    case 'bond':
    case 'future':
    case 'future_option':
    case 'forex':
    case 'cfd':
    case 'crypto':
    case 'index':
    case 'warrant':
    case 'other':
      return null;
  }
}

function sharesPerContract(
  { optionDeliverables, symbol }: SchwabInstrument,
  { osi, issues }: { readonly osi: Osi | null; readonly issues: Issues },
): number | null {
  if (osi?.isAdjusted !== true) return SHARES_PER_CONTRACT;
  const [first, ...others] = optionDeliverables;
  const units = others.length === 0 ? (first?.deliverableUnits ?? null) : null;
  if (units === null || units <= 0) {
    issues.add(
      'ADJUSTED_OPTION',
      `${symbol.trim()} was adjusted by a corporate action, and Schwab does not say what it delivers: prices and costs of it are left out.`,
    );
    return null;
  }
  return units;
}

function rightOf(putCall: string | null): 'call' | 'put' | null {
  if (putCall === 'CALL') return 'call';
  return putCall === 'PUT' ? 'put' : null;
}

function dateOf(text: string | null): string | null {
  return isoTime(text)?.slice(0, 10) ?? null;
}
