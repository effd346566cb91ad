import type { Execution } from '../../../domain/execution.js';
import type { OrderSide } from '../../../domain/order.js';
import { isoTime, type GatewayZone } from '../time.js';
import type { CommissionRow, ExecutionRow } from '../wire.js';
import { instrumentOf, type Contract } from './instrument.js';
import { hasOrderId } from './order.js';

/** What a fill is made of. */
export type FillRow = Contract &
  Pick<
    ExecutionRow,
    'executionId' | 'orderId' | 'permId' | 'side' | 'quantity' | 'price' | 'lastLiquidity' | 'time'
  >;
export type FillCost = Pick<CommissionRow, 'commission' | 'currency' | 'realizedPnl'>;

const SIDES: ReadonlyMap<string, OrderSide> = new Map([
  ['BOT', 'buy'],
  ['SLD', 'sell'],
]);

const LIQUIDITY: ReadonlyMap<number, Execution['liquidity']> = new Map([
  [1, 'added'],
  [2, 'removed'],
  [3, 'routed'],
]);

/** The part of an execId that names the fill, and its revision: `0001.01.02` is the second version of `0001.01`. */
export function splitExecutionId(execId: string): {
  readonly executionId: string;
  readonly revision: number;
} {
  const match = /^(.+)\.(\d{1,6})$/.exec(execId);
  const revision = Number(match?.[2] ?? 1);
  return { executionId: match?.[1] ?? execId, revision: Math.max(1, revision) };
}

/** One fill; null when the row names no quantity, which no fill lacks. */
export function executionOf(row: FillRow, commission: FillCost | null, zone: GatewayZone): Execution | null {
  if (row.quantity === null || row.quantity <= 0) return null;
  const { executionId, revision } = splitExecutionId(row.executionId);
  return {
    executionId,
    revision,
    correctionOf: revision > 1 ? `${executionId}.${String(revision - 1).padStart(2, '0')}` : null,
    orderId: hasOrderId(row) ? row.orderId : null,
    permId: row.permId,
    legId: null,
    instrument: instrumentOf(row),
    side: SIDES.get(row.side) ?? 'unknown',
    quantity: row.quantity,
    price: row.price,
    commission: commission?.commission ?? null,
    commissionCurrency: commission?.currency ?? null,
    realizedPnl: commission?.realizedPnl ?? null,
    liquidity: LIQUIDITY.get(row.lastLiquidity ?? 0) ?? null,
    executedAt: isoTime(row.time, zone),
  };
}
