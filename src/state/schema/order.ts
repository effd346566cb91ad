import { z } from 'zod';
import type { Order, OrderLeg } from '../../domain/order.js';
import { KeptInstrument } from './instrument.js';
import { figure, word } from './words.js';

export const KeptSide = z.enum(['buy', 'sell', 'sell_short', 'buy_to_cover', 'mixed', 'unknown']);

const Status = z.enum([
  'pending',
  'accepted',
  'working',
  'partially_filled',
  'filled',
  'pending_cancel',
  'canceled',
  'pending_replace',
  'replaced',
  'rejected',
  'expired',
  'suspended',
  'unknown',
]);

const Leg = z.object({
  instrument: KeptInstrument,
  side: KeptSide,
  positionEffect: z.enum(['open', 'close']).nullable(),
  ratio: figure,
  quantity: figure,
  filledQuantity: figure,
  averageFillPrice: figure,
}) satisfies z.ZodType<OrderLeg>;

export const KeptOrder = z.object({
  key: z.string(),
  orderId: word,
  permId: word,
  clientOrderId: word,
  parentOrderId: word,
  groupId: word,
  status: Status,
  rawStatus: word,
  isOpen: z.boolean(),
  side: KeptSide,
  orderType: word,
  timeInForce: word,
  quantity: figure,
  filledQuantity: figure,
  remainingQuantity: figure,
  limitPrice: figure,
  stopPrice: figure,
  averageFillPrice: figure,
  legs: z.array(Leg),
  createdAt: word,
  updatedAt: word,
  closedAt: word,
  rejectReason: word,
  tag: word,
}) satisfies z.ZodType<Order>;
