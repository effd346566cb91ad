import { z } from 'zod';

const money = z.number().nullable();

/** What comes out of account-sync, as far as tests look at it; all figures are numbers or null. */
export const Balances = z.looseObject({
  netLiquidation: money,
  totalCash: money,
  buyingPower: money,
  availableFunds: money,
  excessLiquidity: money,
  equityWithLoan: money,
  initialMargin: money,
  maintenanceMargin: money,
  cushion: money,
  grossPositionValue: money,
  accruedInterest: money,
  unrealizedPnl: money,
  realizedPnl: money,
  dayPnl: money,
  dayTradesRemaining: money,
  leverage: money,
  ledger: z.array(z.looseObject({ currency: z.string(), cash: money, exchangeRate: money })),
});

export const Position = z.looseObject({
  key: z.string(),
  instrument: z.looseObject({
    symbol: z.string(),
    assetClass: z.string(),
    strike: money,
    right: z.string().nullable(),
    expiry: z.string().nullable(),
    multiplier: money,
  }),
  quantity: z.number(),
  averageCost: money,
  averagePrice: money,
  costBasis: money,
  marketPrice: money,
  marketValue: money,
  marketValueBase: money,
  unrealizedPnl: money,
  realizedPnl: money,
  dayPnl: money,
  currency: z.string().nullable(),
});

export const Order = z.looseObject({
  key: z.string(),
  permId: z.string().nullable(),
  status: z.string(),
  isOpen: z.boolean(),
  side: z.string(),
  quantity: money,
  filledQuantity: money,
  remainingQuantity: money,
  limitPrice: money,
  stopPrice: money,
  averageFillPrice: money,
});

export const Execution = z.looseObject({
  executionId: z.string(),
  revision: z.number(),
  permId: z.string().nullable(),
  side: z.string(),
  quantity: z.number(),
  price: money,
  commission: money,
  realizedPnl: money,
  executedAt: z.string().nullable(),
});

const Change = z.object({
  change: z.enum(['opened', 'changed', 'closed', 'reported']),
  eventId: z.string().regex(/^[0-9a-f]{16}$/),
  before: z.unknown(),
  after: z.unknown(),
});

const Sync = z.looseObject({
  kind: z.string(),
  sequence: z.number().int().min(1),
  quality: z.string(),
  stale: z.boolean(),
  complete: z.boolean(),
  via: z.string(),
  issues: z.array(z.object({ code: z.string(), severity: z.string(), message: z.string() })),
});

const connection = z.object({ key: z.string().min(1), label: z.string().min(1) });
const common = { topic: z.string(), connection, sync: Sync, changes: z.array(Change) };
const account = z.object({
  key: z.string().regex(/^[0-9a-f]{12}$/),
  label: z.string(),
  broker: z.string(),
  type: z.string().nullable(),
  currency: z.string().nullable(),
});

export const Status = z.looseObject({
  state: z.string(),
  reason: z.string().nullable(),
  since: z.string(),
  nextAttemptAt: z.string().nullable(),
  via: z.string(),
});

export const BalancesMessage = z.looseObject({ ...common, account, payload: Balances });
export const PositionsMessage = z.looseObject({ ...common, account, payload: z.array(Position) });
export const OrdersMessage = z.looseObject({ ...common, account, payload: z.array(Order) });
export const ExecutionsMessage = z.looseObject({ ...common, account, payload: z.array(Execution) });
export const StatusMessage = z.looseObject({ ...common, account: z.null(), payload: Status });

/** With `emit: changes`, one position a message. */
export const OnePositionMessage = z.looseObject({ ...common, account, payload: Position });
/** What a Catch node passes on. */
export const ErrorMessage = z.looseObject({ error: z.looseObject({ message: z.string() }) });

export type PositionsMessage = z.infer<typeof PositionsMessage>;
