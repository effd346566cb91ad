import { z } from 'zod';
import type { Instrument } from '../../domain/instrument.js';
import { figure, word } from './words.js';

const AssetClass = z.enum([
  'stock',
  'etf',
  'option',
  'future',
  'future_option',
  'bond',
  'mutual_fund',
  'cash_equivalent',
  'forex',
  'cfd',
  'crypto',
  'index',
  'warrant',
  'other',
]);

export const KeptInstrument = z.object({
  key: z.string(),
  symbol: z.string(),
  assetClass: AssetClass,
  conId: word,
  cusip: word,
  isin: word,
  figi: word,
  sedol: word,
  occSymbol: word,
  underlying: word,
  expiry: word,
  strike: figure,
  right: z.enum(['call', 'put']).nullable(),
  multiplier: figure,
  exchange: word,
  currency: word,
  description: word,
}) satisfies z.ZodType<Instrument>;
