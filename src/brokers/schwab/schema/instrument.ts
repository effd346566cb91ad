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
  /** Bonds only. */
  maturityDate: TextOrNull,
  /** Options of accounts and orders, by Schwab's document; no public answer has it. */
  optionMultiplier: NumberOrNull,
  /** Transactions only, like the two below. */
  optionPremiumMultiplier: NumberOrNull,
  expirationDate: TextOrNull,
  strikePrice: NumberOrNull,
  optionDeliverables: z
    .array(Deliverable)
    .nullish()
    .transform((list) => list ?? []),
});
export type SchwabInstrument = Readonly<z.infer<typeof SchwabInstrument>>;
