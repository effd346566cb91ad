import { z } from 'zod';
import type { Activity } from '../../domain/activity.js';
import { KeptInstrument } from './instrument.js';
import { figure, word } from './words.js';

export const KeptActivity = z.object({
  activityId: z.string(),
  orderId: word,
  type: z.enum([
    'trade',
    'dividend',
    'interest',
    'deposit',
    'withdrawal',
    'transfer',
    'fee',
    'assignment',
    'exercise',
    'expiration',
    'corporate_action',
    'other',
  ]),
  rawType: word,
  amount: figure,
  quantity: figure,
  price: figure,
  cost: figure,
  fees: figure,
  instrument: KeptInstrument.nullable(),
  time: word,
  settledAt: word,
  description: word,
}) satisfies z.ZodType<Activity>;
