import { z } from 'zod';
import { SchwabInstrument } from './instrument.js';
import { Id, IdOrNull, NumberOrNull, TextOrNull } from './values.js';

const TransferItem = z.object({
  instrument: SchwabInstrument.nullish().transform((instrument) => instrument ?? null),
  /** ± quantity. */
  amount: NumberOrNull,
  /** ± cash. */
  cost: NumberOrNull,
  price: NumberOrNull,
  feeType: TextOrNull,
});
export type SchwabTransferItem = Readonly<z.infer<typeof TransferItem>>;

export const SchwabTransaction = z.object({
  activityId: Id,
  orderId: IdOrNull,
  time: TextOrNull,
  tradeDate: TextOrNull,
  settlementDate: TextOrNull,
  type: TextOrNull,
  status: TextOrNull,
  description: TextOrNull,
  netAmount: NumberOrNull,
  transferItems: z
    .array(TransferItem)
    .nullish()
    .transform((items) => items ?? []),
});
export type SchwabTransaction = Readonly<z.infer<typeof SchwabTransaction>>;
