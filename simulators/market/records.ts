import type { LedgerExecution, LedgerOrder } from './ledger.js';
import type { Prices } from './prices.js';
import { round } from './round.js';
import { execIdOf, type AccountState, type ExecutionState, type OrderState } from './state.js';

const wholeSecond = (at: number): string => new Date(Math.floor(at / 1000) * 1000).toISOString();

// A stop or an untouched market order waits as PreSubmitted; what has traded or rests in the book is Submitted.
const statusOf = (order: OrderState): LedgerOrder['status'] => {
  switch (order.status) {
    case 'filled':
      return 'Filled';
    case 'canceled':
      return 'Cancelled';
    case 'working':
      return order.filled > 0 || order.orderType === 'LMT' ? 'Submitted' : 'PreSubmitted';
  }
};

/** Orders of a person at TWS: they carry no order id and client 0. */
export const orderRecord = (prices: Prices, order: OrderState): LedgerOrder => ({
  permId: order.permId,
  orderId: 0,
  clientId: 0,
  conId: order.conId,
  symbol: prices.instrument(order.conId).symbol,
  side: order.side,
  orderType: order.orderType,
  quantity: order.quantity,
  filled: order.filled,
  remaining: order.quantity - order.filled,
  limitPrice: order.limitPrice,
  stopPrice: order.stopPrice,
  averageFillPrice: order.averageFillPrice,
  status: statusOf(order),
  lastFillPrice: order.lastFillPrice,
  commission: order.commission,
  endedAt: order.endedAt === null ? null : wholeSecond(order.endedAt),
});

/** Today's executions in the order they happened, with the running totals of their orders. */
export const executionRecords = (prices: Prices, state: AccountState): readonly LedgerExecution[] => {
  /** permId → what has been filled so far */
  const filled = new Map<string, { quantity: number; value: number }>();
  return state.executions.map((execution) => {
    const before = filled.get(execution.permId) ?? { quantity: 0, value: 0 };
    const soFar = {
      quantity: before.quantity + execution.quantity,
      value: before.value + execution.quantity * execution.price,
    };
    filled.set(execution.permId, soFar);
    return executionRecord(execution, {
      commissionCurrency: prices.instrument(execution.conId).currency,
      cumulativeQuantity: soFar.quantity,
      averagePrice: round(soFar.value / soFar.quantity, 7),
    });
  });
};

const executionRecord = (
  { revision, permId, conId, side, quantity, price, commission, realizedPnl, ...more }: ExecutionState,
  totals: Pick<LedgerExecution, 'commissionCurrency' | 'cumulativeQuantity' | 'averagePrice'>,
): LedgerExecution => ({
  execId: execIdOf({ prefix: more.prefix, revision }),
  revision,
  permId,
  conId,
  side,
  quantity,
  price,
  commission,
  realizedPnl,
  time: wholeSecond(more.at),
  superseded: more.superseded,
  ...totals,
});
