import type { z } from 'zod';
import type { LedgerAccount, LedgerExecution, LedgerOrder, LedgerPosition } from '../../simulators/index.js';
import type { Balances, Execution, Order, Position } from '../support/messages.js';

type Figures = Readonly<Record<string, unknown>>;

/** What account-sync last told of one account. */
export interface Told {
  readonly balances: z.infer<typeof Balances> | null;
  readonly positions: readonly z.infer<typeof Position>[];
  readonly orders: readonly z.infer<typeof Order>[];
  readonly executions: readonly z.infer<typeof Execution>[];
}

/** Every figure in which what was told differs from the ledger, one line each. */
export function differences(truth: LedgerAccount, told: Told): readonly string[] {
  const { dayTradesRemaining, settledCash: _settled, ledger, ...balances } = truth.balances;
  return [
    ...unlike(
      'balances',
      { ...balances, dayTradesRemaining: dayTradesRemaining < 0 ? null : dayTradesRemaining },
      told.balances ?? {},
    ),
    ...ledger.flatMap(({ currency, cash, exchangeRate }) =>
      unlike(
        `cash ${currency}`,
        { cash, exchangeRate },
        told.balances?.ledger.find((row) => row.currency === currency) ?? {},
      ),
    ),
    ...lists(
      'position',
      truth.positions.map((row) => [String(row.conId), positionFigures(row)]),
      told.positions.map((row) => [row.key, row]),
    ),
    ...lists(
      'order',
      truth.orders.map((row) => [row.permId, orderFigures(row)]),
      told.orders.map((row) => [row.permId ?? '', row]),
    ),
    ...lists(
      'execution',
      truth.executions.map((row) => [prefix(row.execId), executionFigures(row)]),
      told.executions.map((row) => [row.executionId, row]),
    ),
  ];
}

function lists(
  what: string,
  truth: readonly (readonly [string, Figures])[],
  told: readonly (readonly [string, Figures])[],
): readonly string[] {
  const known = new Map(told);
  const truthByKey = new Map(truth);
  const extra = told
    .filter(([key]) => !truthByKey.has(key))
    .map(([key]) => `${what} ${key} is told and not true`);
  const twice = told.length === known.size ? [] : [`a ${what} is told twice`];
  return [
    ...extra,
    ...twice,
    ...truth.flatMap(([key, figures]) => unlike(`${what} ${key}`, figures, known.get(key) ?? null)),
  ];
}

function unlike(what: string, truth: Figures, told: Figures | null): readonly string[] {
  if (told === null) return [`${what} is true and not told`];
  return Object.keys(truth)
    .filter((name) => truth[name] !== told[name])
    .map((name) => `${what}: ${name} is ${String(truth[name])}, told ${String(told[name])}`);
}

function positionFigures({
  quantity,
  averageCost,
  marketPrice,
  marketValue,
  unrealizedPnl,
  realizedPnl,
  currency,
}: LedgerPosition): Figures {
  return { quantity, averageCost, marketPrice, marketValue, unrealizedPnl, realizedPnl, currency };
}

function orderFigures(order: LedgerOrder): Figures {
  const open = order.status === 'PreSubmitted' || order.status === 'Submitted';
  const partial = open && order.filled > 0;
  const words = {
    PreSubmitted: 'accepted',
    Submitted: 'working',
    Filled: 'filled',
    Cancelled: 'canceled',
  } as const;
  return {
    status: partial ? 'partially_filled' : words[order.status],
    isOpen: open,
    side: order.side === 'BUY' ? 'buy' : 'sell',
    filledQuantity: order.filled,
    limitPrice: order.limitPrice,
    stopPrice: order.stopPrice,
    ...(open ? { quantity: order.quantity, remainingQuantity: order.remaining } : {}),
  };
}

function executionFigures(execution: LedgerExecution): Figures {
  const { commission, permId, price, quantity, realizedPnl, revision } = execution;
  return {
    commission,
    permId,
    price,
    quantity,
    realizedPnl,
    revision,
    side: execution.side === 'BUY' ? 'buy' : 'sell',
    executedAt: execution.time,
  };
}

function prefix(execId: string): string {
  return execId.replace(/\.\d+$/, '');
}
