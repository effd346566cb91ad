import { z } from 'zod';
import { Id, NumberOrNull, TextOrNull } from './values.js';

const Deliverable = z.object({ deliverableUnits: NumberOrNull });

/** What is held or ordered. The vocabularies are open: Schwab's document lacks words that real answers have. */
export const SchwabInstrument = z.object({
  assetType: TextOrNull,
  symbol: Id,
  cusip: TextOrNull,
  description: TextOrNull,
  type: TextOrNull,
  putCall: TextOrNull,
  underlyingSymbol: TextOrNull,
  netChange: NumberOrNull,
  /** Transactions only, like the three below. */
  expirationDate: TextOrNull,
  strikePrice: NumberOrNull,
  optionPremiumMultiplier: NumberOrNull,
  maturityDate: TextOrNull,
  optionDeliverables: z
    .array(Deliverable)
    .nullish()
    .transform((list) => list ?? []),
});
export type SchwabInstrument = Readonly<z.infer<typeof SchwabInstrument>>;
