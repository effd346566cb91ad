import { z } from 'zod';
import type { Position } from '../../domain/position.js';
import { KeptInstrument } from './instrument.js';
import { figure, word } from './words.js';

export const KeptPosition = z.object({
  key: z.string(),
  instrument: KeptInstrument,
  quantity: z.number(),
  averagePrice: figure,
  averageCost: figure,
  costBasis: figure,
  marketPrice: figure,
  marketValue: figure,
  marketValueBase: figure,
  unrealizedPnl: figure,
  realizedPnl: figure,
  dayPnl: figure,
  currency: word,
  portfolioPercent: figure,
  cashEquivalent: z.boolean(),
}) satisfies z.ZodType<Position>;
