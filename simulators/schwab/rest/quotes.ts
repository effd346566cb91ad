import { cents } from '../../market/round.js';
import { gatewayError, jsonAnswer, type Answer } from '../answer.js';
import type { SchwabBook } from '../book/book.js';
import type { SchwabInstrument } from '../book/instruments.js';

const MOST_SYMBOLS = 500;

/** By symbol; names that nobody knows stand under `errors`. */
export const answerQuotes = (book: SchwabBook, symbols: string): Answer => {
  const asked = symbols.split(',').filter((symbol) => symbol !== '');
  if (asked.length === 0) return nothingAsked();
  if (asked.length > MOST_SYMBOLS)
    return gatewayError(400, 'Bad Request', `Search combination should have max of ${MOST_SYMBOLS}.`);
  const known = asked.flatMap((symbol) => {
    const instrument = book.instruments.get(symbol);
    return instrument ? [[symbol, quoteJson(book, instrument)] as const] : [];
  });
  const unknown = asked.filter((symbol) => !book.instruments.has(symbol));
  return jsonAnswer({
    ...Object.fromEntries(known),
    ...(unknown.length === 0 ? {} : { errors: { invalidSymbols: unknown } }),
  });
};

/** Here the status is a string, and the answer says where the question was wrong. */
const nothingAsked = (): Answer =>
  jsonAnswer(
    {
      errors: [
        {
          id: '0be22ae7-efdf-44d9-99f4-f138049d76ca',
          status: '400',
          title: 'Bad Request',
          detail: 'Search combination should have min of 1.',
          source: {
            pointer: ['/data/attributes/symbols', '/data/attributes/cusips', '/data/attributes/ssids'],
          },
        },
      ],
    },
    400,
  );

/** An ETF is EQUITY/ETF here, unlike in the accounts. */
const kindOf = ({ assetType }: SchwabInstrument): object => {
  switch (assetType) {
    case 'OPTION':
      return { assetMainType: 'OPTION', quoteType: null };
    case 'MUTUAL_FUND':
      return { assetMainType: 'MUTUAL_FUND', assetSubType: 'OEF', quoteType: null };
    case 'CASH_EQUIVALENT':
      return { assetMainType: 'MUTUAL_FUND', assetSubType: 'MMF', quoteType: null };
    case 'COLLECTIVE_INVESTMENT':
      return { assetMainType: 'EQUITY', assetSubType: 'ETF', quoteType: 'NBBO' };
    case 'EQUITY':
      return { assetMainType: 'EQUITY', assetSubType: 'COE', quoteType: 'NBBO' };
  }
};

const quoteJson = (book: SchwabBook, instrument: SchwabInstrument): object => {
  const { cusip, description, instrumentId, option, symbol } = instrument;
  const price = book.price(instrument);
  const at = book.now();
  return {
    ...kindOf(instrument),
    realtime: true,
    ssid: instrumentId,
    symbol,
    quote: {
      '52WeekHigh': cents(price * 1.2),
      '52WeekLow': cents(price * 0.7),
      askPrice: cents(price + 0.01),
      askSize: 2,
      bidPrice: cents(Math.max(0.01, price - 0.01)),
      bidSize: 3,
      closePrice: price,
      lastPrice: price,
      lastSize: 1,
      mark: price,
      netChange: 0,
      netPercentChange: 0,
      quoteTime: at,
      securityStatus: 'Normal',
      totalVolume: 1000,
      tradeTime: at,
    },
    reference: {
      cusip,
      description,
      exchange: 'Q',
      exchangeName: 'NASDAQ',
      ...(option === null
        ? {}
        : {
            contractType: option.putCall.slice(0, 1),
            multiplier: 100,
            strikePrice: option.strike,
            underlying: option.underlyingSymbol,
          }),
    },
  };
};
