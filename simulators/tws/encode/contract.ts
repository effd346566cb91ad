import type { Instrument } from '../../market/instrument.js';
import { double, plain } from '../fields.js';

const multiplierText = ({ multiplier }: Instrument): string => (multiplier === 1 ? '' : plain(multiplier));

/** conId, symbol, secType, lastTradeDateOrContractMonth, strike, right, multiplier: strike 0.0 and an empty right when there is none. */
export const heldContract = (instrument: Instrument): readonly string[] => [
  String(instrument.conId),
  instrument.symbol,
  instrument.secType,
  instrument.expiry ?? '',
  double(instrument.strike ?? 0),
  instrument.right ?? '',
  multiplierText(instrument),
];

/** The same seven in an order: strike `0` and right `?` when there is none (recorded at sv 164). */
export const orderedContract = (instrument: Instrument): readonly string[] => [
  String(instrument.conId),
  instrument.symbol,
  instrument.secType,
  instrument.expiry ?? '',
  instrument.strike === null ? '0' : double(instrument.strike),
  instrument.right ?? '?',
  multiplierText(instrument),
];

export const names = ({ currency, localSymbol, tradingClass }: Instrument): readonly string[] => [
  currency,
  localSymbol,
  tradingClass,
];

/** Where an order goes and a fill happens; positions show the primary exchange instead. */
export const venue = ({ secType, exchange }: Instrument): string => {
  switch (secType) {
    case 'STK':
    case 'OPT':
      return 'SMART';
    case 'FUT':
      return 'CME';
    case 'CASH':
      return exchange;
  }
};
