import { z } from 'zod';
import { SchwabInstrument } from './instrument.js';
import { Id, IdOrNull, NumberOrNull, SizeOrNull, Rows, TextOrNull } from './values.js';

const Leg = z.object({
  legId: IdOrNull,
  instrument: SchwabInstrument,
  instruction: TextOrNull,
  positionEffect: TextOrNull,
  quantity: SizeOrNull,
});
export type SchwabLeg = Readonly<z.infer<typeof Leg>>;

const ExecutionLeg = z.object({
  legId: IdOrNull,
  quantity: SizeOrNull,
  price: NumberOrNull,
  time: TextOrNull,
});

const Activity = z.object({
  activityType: TextOrNull,
  executionType: TextOrNull,
  activityId: IdOrNull,
  quantity: SizeOrNull,
  orderRemainingQuantity: NumberOrNull,
  executionLegs: z
    .array(ExecutionLeg)
    .nullish()
    .transform((legs) => legs ?? []),
});
export type SchwabOrderActivity = Readonly<z.infer<typeof Activity>>;

/** One order of a tree; only the id is on every real one. Its children are judged one by one. */
export const SchwabOrder = z.object({
  orderId: Id,
  /** An integer here, a text in the accounts; TD Ameritrade called it `accountId`. */
  accountNumber: IdOrNull,
  accountId: IdOrNull,
  status: TextOrNull,
  statusDescription: TextOrNull,
  orderType: TextOrNull,
  orderStrategyType: TextOrNull,
  duration: TextOrNull,
  quantity: SizeOrNull,
  filledQuantity: SizeOrNull,
  remainingQuantity: SizeOrNull,
  price: NumberOrNull,
  stopPrice: NumberOrNull,
  enteredTime: TextOrNull,
  closeTime: TextOrNull,
  tag: TextOrNull,
  orderLegCollection: z
    .array(Leg)
    .nullish()
    .transform((legs) => legs ?? []),
  orderActivityCollection: z
    .array(Activity)
    .nullish()
    .transform((activities) => activities ?? []),
  childOrderStrategies: Rows,
});
export type SchwabOrder = Readonly<z.infer<typeof SchwabOrder>>;
