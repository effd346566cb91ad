import { z } from 'zod';
import type { Balances, CurrencyBalance, LookAhead } from '../../domain/balances.js';
import { figure, word } from './words.js';

const Currency = z.object({
  currency: z.string(),
  cash: figure,
  settledCash: figure,
  netLiquidation: figure,
  exchangeRate: figure,
}) satisfies z.ZodType<CurrencyBalance>;

const Ahead = z.object({
  initialMargin: figure,
  maintenanceMargin: figure,
  availableFunds: figure,
  excessLiquidity: figure,
  at: word,
}) satisfies z.ZodType<LookAhead>;

export const KeptBalances = z.object({
  netLiquidation: figure,
  previousNetLiquidation: figure,
  totalCash: figure,
  settledCash: figure,
  moneyMarket: figure,
  accruedInterest: figure,
  buyingPower: figure,
  availableFunds: figure,
  equityWithLoan: figure,
  excessLiquidity: figure,
  initialMargin: figure,
  maintenanceMargin: figure,
  cushion: figure,
  grossPositionValue: figure,
  leverage: figure,
  dayPnl: figure,
  dayPnlSource: z.enum(['broker', 'delta']).nullable(),
  unrealizedPnl: figure,
  realizedPnl: figure,
  isMarginCall: z.boolean().nullable(),
  dayTradesRemaining: figure,
  lookAhead: Ahead.nullable(),
  ledger: z.array(Currency),
}) satisfies z.ZodType<Balances>;
