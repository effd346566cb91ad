import { z } from 'zod';
import { wireExact, wireMoney, wireNumber } from './numbers.js';

/** A field as it is. */
export const text = z.string();
/** A field where empty means "none". */
export const word = z.string().transform((field) => (field === '' ? null : field));
/** An id; `0` and the unset int and long mean "none". Kept as text: a permId may have more digits than a double. */
export const id = z
  .string()
  .transform((field) => (/^(0|2147483647|9223372036854775807)?$/.test(field) ? null : field));
export const money = z.string().transform(wireMoney);
export const exact = z.string().transform(wireExact);
export const number = z.string().transform(wireNumber);
/** How much is held. Without a number the row cannot be read: it says neither how much nor that nothing is held. */
export const held = exact.pipe(z.number());

/** C7 of the wire: what an instrument is. */
export const contract = {
  conId: id,
  symbol: text,
  secType: text,
  expiry: word,
  strike: exact,
  right: word,
  multiplier: exact,
};

/** The four fields that follow it in positions, orders and executions. */
export const listing = { exchange: word, currency: word, localSymbol: word, tradingClass: word };
