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

/** A thing with figures, under a name that is unique in its account: `position 265598`. */
export interface Row {
  readonly name: string;
  readonly figures: Figures;
  /** figure → how far from the truth it may be told */
  readonly loose?: Readonly<Record<string, number>>;
  /** Figures that may be unknown (null). */
  readonly unsure?: readonly string[];
}

/** Every figure in which what was told differs from the ledger, one line each. */
export function differences(truth: LedgerAccount, told: Told): readonly string[] {
  return differencesTo(rowsOf(truth), told);
}

/** The same for whatever is to be told. */
export function differencesTo(trueRows: readonly Row[], told: Told): readonly string[] {
  const toldRows = rowsTold(told);
  const known = new Map(toldRows.map(({ name, figures }) => [name, figures]));
  const trueNames = new Set(trueRows.map(({ name }) => name));
  const extra = toldRows
    // Currencies that the ledger does not name are zero rows.
    .filter(({ name }) => !trueNames.has(name) && !name.startsWith('cash '))
    .map(({ name }) => `${name} is told and not true`);
  const twice = toldRows.length === known.size ? [] : ['something is told twice'];
  return [...extra, ...twice, ...trueRows.flatMap((row) => unlike(row, known.get(row.name) ?? null))];
}

/** Whether a figure is told as it is, or as near to it as it need be. */
export function isTold(truth: unknown, told: unknown, looseBy: number | undefined): boolean {
  if (truth === told) return true;
  if (looseBy === undefined) return false;
  return typeof truth === 'number' && typeof told === 'number' && Math.abs(truth - told) <= looseBy;
}

/** The ledger of one account in the words in which it is to be told. */
export function rowsOf(truth: LedgerAccount): readonly Row[] {
  // What comes next is no figure but several, and has a test of its own (rule 4 of the default rules).
  const { dayTradesRemaining, settledCash: _settled, lookAhead: _next, ledger, ...balances } = truth.balances;
  return [
    {
      name: 'balances',
      figures: { ...balances, dayTradesRemaining: dayTradesRemaining < 0 ? null : dayTradesRemaining },
    },
    ...ledger.map(({ currency, cash, exchangeRate }) => ({
      name: `cash ${currency}`,
      figures: { cash, exchangeRate },
    })),
    ...truth.positions.map((row) => ({ name: `position ${row.conId}`, figures: positionFigures(row) })),
    ...truth.orders.map((row) => ({ name: `order ${row.permId}`, figures: orderFigures(row) })),
    ...truth.executions.map((row) => ({
      name: `execution ${prefix(row.execId)}`,
      figures: executionFigures(row),
    })),
  ];
}

/** The same rows as they were told, with whatever else was told of them. */
export function rowsTold(told: Told): readonly Row[] {
  const { balances, executions, orders, positions } = told;
  return [
    ...(balances === null
      ? []
      : [
          { name: 'balances', figures: balances },
          ...balances.ledger.map((row) => ({ name: `cash ${row.currency}`, figures: row })),
        ]),
    ...positions.map((row) => ({ name: `position ${row.key}`, figures: row })),
    ...orders.map((row) => ({ name: `order ${row.permId ?? row.key}`, figures: row })),
    ...executions.map((row) => ({ name: `execution ${row.executionId}`, figures: row })),
  ];
}

function unlike({ figures: truth, loose, name: what, unsure }: Row, told: Figures | null): readonly string[] {
  if (told === null) return [`${what} is true and not told`];
  return Object.keys(truth)
    .filter((name) => !isTold(truth[name], told[name], loose?.[name]))
    .filter((name) => told[name] !== null || unsure?.includes(name) !== true)
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
