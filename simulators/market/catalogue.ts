import type { Instrument } from './instrument.js';

const stock = (conId: number, symbol: string, more: Partial<Instrument>): Instrument => ({
  conId,
  symbol,
  secType: 'STK',
  currency: 'USD',
  multiplier: 1,
  strike: null,
  right: null,
  expiry: null,
  exchange: 'NASDAQ',
  localSymbol: symbol,
  tradingClass: 'NMS',
  startPrice: 100,
  priceDigits: 2,
  ...more,
});

const option = (conId: number, right: 'C' | 'P', more: Partial<Instrument>): Instrument =>
  stock(conId, 'AAPL', {
    secType: 'OPT',
    multiplier: 100,
    right,
    expiry: '20270115',
    exchange: 'AMEX',
    tradingClass: 'AAPL',
    ...more,
  });

const forex = (conId: number, symbol: string, startPrice: number): Instrument =>
  stock(conId, symbol, {
    secType: 'CASH',
    exchange: 'IDEALPRO',
    localSymbol: `${symbol}.USD`,
    tradingClass: `${symbol}.USD`,
    startPrice,
    priceDigits: 5,
  });

/** USD per unit of every other currency is the price of its forex pair. */
export const FOREX: readonly Instrument[] = [forex(12087792, 'EUR', 1.0875), forex(12087797, 'GBP', 1.2645)];

/** The first eight show every kind of row; accounts hold them in this order. */
const CURATED: readonly Instrument[] = [
  stock(265598, 'AAPL', { startPrice: 232.4 }),
  stock(756733, 'SPY', { exchange: 'ARCA', tradingClass: 'SPY', startPrice: 588.15 }),
  stock(76792991, 'TSLA', { startPrice: 338.7 }),
  option(731298004, 'C', { strike: 250, localSymbol: 'AAPL  270115C00250000', startPrice: 18.35 }),
  stock(649180695, 'ES', {
    secType: 'FUT',
    multiplier: 50,
    expiry: '20261218',
    exchange: '',
    localSymbol: 'ESZ6',
    tradingClass: 'ES',
    startPrice: 6032.25,
  }),
  stock(14204, 'SAP', { currency: 'EUR', exchange: 'IBIS', tradingClass: 'XETRA', startPrice: 221.35 }),
  ...FOREX.slice(0, 1),
  stock(272093, 'MSFT', { startPrice: 418.9 }),
  option(731298997, 'P', { strike: 200, localSymbol: 'AAPL  270115P00200000', startPrice: 7.6 }),
  stock(320227571, 'QQQ', { startPrice: 503.8 }),
  stock(4815747, 'NVDA', { startPrice: 141.25 }),
  stock(8314, 'IBM', { exchange: 'NYSE', tradingClass: 'IBM', startPrice: 222.05 }),
  stock(3691937, 'AMZN', { startPrice: 201.6 }),
  stock(4391, 'AMD', { startPrice: 137.9 }),
];

// A price that spreads without a dice: the catalogue is the same for every seed.
const synthetic = (index: number): Instrument =>
  stock(900_000 + index, `SYN${String(index).padStart(5, '0')}`, {
    startPrice: 10 + ((index * 7919) % 49_000) / 100,
  });

/** At least `count` instruments to hold, and always the whole curated list. */
export const catalogue = (count: number): readonly Instrument[] => [
  ...CURATED,
  ...Array.from({ length: Math.max(0, count - CURATED.length) }, (_, index) => synthetic(index + 1)),
  ...FOREX.slice(1),
];
