import { z } from 'zod';
import type { Execution } from '../../domain/execution.js';
import { KeptInstrument } from './instrument.js';
import { KeptSide } from './order.js';
import { figure, word } from './words.js';

export const KeptExecution = z.object({
  executionId: z.string(),
  revision: z.number(),
  correctionOf: word,
  orderId: word,
  permId: word,
  legId: word,
  instrument: KeptInstrument,
  side: KeptSide,
  quantity: z.number(),
  price: figure,
  commission: figure,
  commissionCurrency: word,
  realizedPnl: figure,
  liquidity: z.enum(['added', 'removed', 'routed']).nullable(),
  executedAt: word,
}) satisfies z.ZodType<Execution>;
