import type { Instrument } from '../../market/instrument.js';

export type SchwabAssetType =
  'EQUITY' | 'COLLECTIVE_INVESTMENT' | 'OPTION' | 'MUTUAL_FUND' | 'CASH_EQUIVALENT';

export interface OptionTerms {
  readonly putCall: 'CALL' | 'PUT';
  readonly underlyingSymbol: string;
  readonly strike: number;
  /** YYYY-MM-DD */
  readonly expiry: string;
}

/** What a Schwab account can hold; everything is USD. */
export interface SchwabInstrument {
  /** Options in OSI form: root padded to 6, yyMMdd, C|P, strike × 1000 in 8 digits. */
  readonly symbol: string;
  readonly assetType: SchwabAssetType;
  readonly cusip: string;
  readonly description: string;
  readonly instrumentId: number;
  /** 100 for options, else 1. */
  readonly multiplier: number;
  readonly option: OptionTerms | null;
  /** The price is that of this market instrument times a factor; null = always 1 USD. */
  readonly follows: { readonly conId: number; readonly factor: number } | null;
}

const ETFS: ReadonlySet<string> = new Set(['SPY', 'QQQ']);

// Names as Schwab writes them: in capitals.
const NAMES: Readonly<Record<string, string>> = {
  AAPL: 'APPLE INC',
  SPY: 'SPDR S&P 500 ETF',
  QQQ: 'INVESCO QQQ TRUST ETF',
  TSLA: 'TESLA INC',
  MSFT: 'MICROSOFT CORP',
  NVDA: 'NVIDIA CORP',
  IBM: 'INTL BUSINESS MACHINES CORP',
  AMZN: 'AMAZON.COM INC',
  AMD: 'ADVANCED MICRO DEVICES INC',
};

const nameOf = (symbol: string): string => NAMES[symbol] ?? `${symbol} CORP`;

/** Root padded to 6, yyMMdd, C|P, strike × 1000 in 8 digits. */
export const osiSymbol = ({ putCall, underlyingSymbol, strike, expiry }: OptionTerms): string =>
  [
    underlyingSymbol.padEnd(6),
    expiry.slice(2).replaceAll('-', ''),
    putCall === 'CALL' ? 'C' : 'P',
    String(Math.round(strike * 1000)).padStart(8, '0'),
  ].join('');

// `0META.MV50510000`: months are A-L for calls and M-X for puts, the day in base 36, the last digit of the year.
const optionCusip = ({ putCall, underlyingSymbol, strike, expiry }: OptionTerms): string => {
  const [year = '', month = '', day = ''] = expiry.split('-');
  const letter = String.fromCharCode(64 + Number(month) + (putCall === 'PUT' ? 12 : 0));
  const dayCode = Number(day).toString(36).toUpperCase();
  return `0${underlyingSymbol}.${letter}${dayCode}${year.at(-1)}${String(Math.round(strike * 1000)).padStart(7, '0')}`;
};

const optionOf = (
  terms: OptionTerms,
  follows: { readonly conId: number; readonly factor: number },
): SchwabInstrument => {
  const [year = '', month = '', day = ''] = terms.expiry.split('-');
  const kind = terms.putCall === 'CALL' ? 'Call' : 'Put';
  return {
    symbol: osiSymbol(terms),
    assetType: 'OPTION',
    cusip: optionCusip(terms),
    description: `${nameOf(terms.underlyingSymbol)} ${month}/${day}/${year} $${terms.strike} ${kind}`,
    instrumentId: 200_000_000 + (follows.conId % 10_000_000) * 3 + Math.round(follows.factor * 2),
    multiplier: 100,
    option: terms,
    follows,
  };
};

const termsOf = ({ symbol, right, strike, expiry }: Instrument): OptionTerms => ({
  putCall: right === 'P' ? 'PUT' : 'CALL',
  underlyingSymbol: symbol,
  strike: strike ?? 0,
  expiry: (expiry ?? '').replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'),
});

const fromMarket = (instrument: Instrument): readonly SchwabInstrument[] => {
  const { conId, symbol, secType, currency } = instrument;
  const follows = { conId, factor: 1 };
  if (currency !== 'USD') return [];
  if (secType === 'OPT') {
    const terms = termsOf(instrument);
    // A spread needs a second strike; it lies further out and follows the first.
    const further = { ...terms, strike: terms.strike + (terms.putCall === 'CALL' ? 20 : -20) };
    return [optionOf(terms, follows), optionOf(further, { conId, factor: 0.6 })];
  }
  if (secType !== 'STK') return [];
  return [
    {
      symbol,
      assetType: ETFS.has(symbol) ? 'COLLECTIVE_INVESTMENT' : 'EQUITY',
      cusip: String(conId).padStart(9, '0').slice(-9),
      description: nameOf(symbol),
      instrumentId: conId,
      multiplier: 1,
      option: null,
      follows,
    },
  ];
};

const fund = (
  symbol: string,
  assetType: 'MUTUAL_FUND' | 'CASH_EQUIVALENT',
  more: Pick<SchwabInstrument, 'cusip' | 'description' | 'instrumentId' | 'follows'>,
): SchwabInstrument => ({ symbol, assetType, multiplier: 1, option: null, ...more });

/** Symbol of the money fund; it stands in the balances as moneyMarketFund. */
export const MONEY_FUND = 'SIMXX';
/** Symbol of the mutual fund. */
export const MUTUAL_FUND = 'SIMFX';

/** symbol → instrument: the market's USD stocks and options, and two funds of our own. */
export const schwabInstruments = (market: readonly Instrument[]): ReadonlyMap<string, SchwabInstrument> => {
  const spy = market.find(({ symbol }) => symbol === 'SPY');
  const all = [
    ...market.flatMap(fromMarket),
    fund(MUTUAL_FUND, 'MUTUAL_FUND', {
      cusip: '80850F101',
      description: 'SIMULATED TOTAL MARKET FUND',
      instrumentId: 70_000_001,
      follows: spy ? { conId: spy.conId, factor: 0.16 } : null,
    }),
    fund(MONEY_FUND, 'CASH_EQUIVALENT', {
      cusip: '80850F102',
      description: 'SIMULATED PRIME MONEY FUND',
      instrumentId: 70_000_002,
      follows: null,
    }),
  ];
  return new Map(all.map((instrument) => [instrument.symbol, instrument]));
};
