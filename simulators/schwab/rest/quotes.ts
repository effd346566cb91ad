import type { SchwabBook } from '../book/book.js';

/** By symbol; names that nobody knows stand under `errors`. */
export const quotesJson = (book: SchwabBook, symbols: string): object => {
  const asked = symbols.split(',').filter((symbol) => symbol !== '');
  const known = asked.flatMap((symbol) => {
    const instrument = book.instruments.get(symbol);
    if (!instrument) return [];
    const price = book.price(instrument);
    const isOption = instrument.assetType === 'OPTION';
    const quote = {
      assetMainType: isOption ? 'OPTION' : instrument.assetType === 'MUTUAL_FUND' ? 'MUTUAL_FUND' : 'EQUITY',
      ...(instrument.assetType === 'COLLECTIVE_INVESTMENT' ? { assetSubType: 'ETF' } : {}),
      quoteType: isOption ? null : 'NBBO',
      realtime: true,
      ssid: instrument.instrumentId,
      symbol,
      quote: {
        bidPrice: price,
        askPrice: price,
        lastPrice: price,
        mark: price,
        quoteTime: book.now(),
        securityStatus: 'Normal',
      },
    };
    return [[symbol, quote] as const];
  });
  const unknown = asked.filter((symbol) => !book.instruments.has(symbol));
  return {
    ...Object.fromEntries(known),
    ...(unknown.length === 0 ? {} : { errors: { invalidSymbols: unknown } }),
  };
};
