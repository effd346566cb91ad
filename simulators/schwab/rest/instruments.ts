import { cents } from '../../market/round.js';
import type { SchwabInstrument } from '../book/instruments.js';
import type { ValuedLine } from '../book/valuation.js';

const optionFields = ({ option }: SchwabInstrument): object =>
  option ? { putCall: option.putCall, underlyingSymbol: option.underlyingSymbol } : {};

/** As in `positions`: each asset type lacks other fields. */
export const accountInstrument = ({ instrument, marketPrice, previousClose }: ValuedLine): object => {
  const { assetType, cusip, description, symbol } = instrument;
  const id = { assetType, cusip, symbol };
  const netChange = cents(marketPrice - previousClose);
  switch (assetType) {
    case 'EQUITY':
      return { ...id, netChange };
    case 'COLLECTIVE_INVESTMENT':
      return { ...id, description, type: 'EXCHANGE_TRADED_FUND' };
    case 'OPTION':
      return { ...id, description, netChange, type: 'VANILLA', ...optionFields(instrument) };
    case 'MUTUAL_FUND':
      return { ...id, description, netChange, type: 'NO_LOAD_TAXABLE' };
    case 'CASH_EQUIVALENT':
      return { ...id, description, type: 'MONEY_MARKET_FUND' };
  }
};

/** As in the legs of an order. */
export const orderInstrument = (instrument: SchwabInstrument): object => {
  const { assetType, cusip, description, instrumentId, symbol } = instrument;
  const id = { assetType, cusip, symbol, instrumentId };
  if (!instrument.option) return assetType === 'EQUITY' ? id : { ...id, description };
  return {
    ...id,
    description,
    type: 'VANILLA',
    ...optionFields(instrument),
    optionDeliverables: [{ symbol: instrument.option.underlyingSymbol, deliverableUnits: 100 }],
  };
};

/** As in a transaction: options without an asset type, but with their terms. */
export const transactionInstrument = (instrument: SchwabInstrument, closingPrice: number): object => {
  const { assetType, description, instrumentId, option, symbol } = instrument;
  const id = { status: 'ACTIVE', symbol, description, instrumentId, closingPrice };
  if (!option) return { assetType, ...id };
  const { expiry, putCall, strike, underlyingSymbol } = option;
  return {
    ...id,
    expirationDate: `${expiry}T04:00:00+0000`,
    optionDeliverables: [
      { rootSymbol: underlyingSymbol, strikePercent: 100, deliverableNumber: 1, deliverableUnits: 100 },
    ],
    optionPremiumMultiplier: 100,
    putCall,
    strikePrice: strike,
    type: 'VANILLA',
    underlyingSymbol,
  };
};
