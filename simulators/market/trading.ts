import { book, commissionOf, replay, EMPTY_HOLDING, type CashMove, type Fill } from './booking.js';
import type { Prices } from './prices.js';
import { cents, round } from './round.js';
import { execIdOf, type AccountState, type ExecutionState, type OrderState } from './state.js';
import { lineOf } from './valuation.js';

const addCash = (state: AccountState, moves: readonly CashMove[], sign: 1 | -1): void => {
  for (const { currency, amount } of moves) {
    state.cash.set(currency, cents((state.cash.get(currency) ?? 0) + sign * amount));
  }
};

const fillPrice = (prices: Prices, { orderType, limitPrice, stopPrice, conId }: OrderState): number => {
  switch (orderType) {
    case 'LMT':
      return limitPrice ?? prices.last(conId);
    case 'STP':
      return stopPrice ?? prices.last(conId);
    case 'MKT':
      return prices.last(conId);
  }
};

/** Books one fill of a working order: line, cash, order and execution move together. */
export const fill = (
  prices: Prices,
  state: AccountState,
  what: {
    readonly order: OrderState;
    readonly quantity: number;
    readonly prefix: string;
    readonly at: number;
  },
): ExecutionState => {
  const { order, quantity, prefix, at } = what;
  const instrument = prices.instrument(order.conId);
  const price = fillPrice(prices, order);
  const details: Fill = { side: order.side, quantity, price, commission: commissionOf(instrument, quantity) };
  const booked = book(instrument, lineOf(state, order.conId), details);
  state.holdings.set(order.conId, booked.holding);
  addCash(state, booked.cash, 1);
  const execution: ExecutionState = {
    ...details,
    prefix,
    revision: 1,
    permId: order.permId,
    conId: order.conId,
    realizedPnl: booked.realizedPnl,
    at,
    superseded: [],
  };
  state.executions.push(execution);
  refreshOrder(state, order, at);
  return execution;
};

/** An order's totals are what its executions say. */
const refreshOrder = (state: AccountState, order: OrderState, at: number): void => {
  const own = state.executions.filter(({ permId }) => permId === order.permId);
  const filled = own.reduce((sum, { quantity }) => sum + quantity, 0);
  const value = own.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  // A correction of an ended order corrects its size with it: filled + remaining = quantity holds.
  const quantity = order.status === 'filled' ? filled : Math.max(order.quantity, filled);
  const isFilled = order.status === 'working' ? filled >= quantity : order.status === 'filled';
  state.orders.set(order.permId, {
    ...order,
    quantity,
    filled,
    averageFillPrice: filled === 0 ? 0 : round(value / filled, 7),
    lastFillPrice: own.at(-1)?.price ?? 0,
    commission: cents(own.reduce((sum, { commission }) => sum + commission, 0)),
    status: isFilled ? 'filled' : order.status,
    endedAt: isFilled ? (order.endedAt ?? at) : order.endedAt,
  });
};

/** Replaces an execution by its next revision and books the whole day of that line again. */
export const correct = (
  prices: Prices,
  state: AccountState,
  what: { readonly index: number; readonly price?: number; readonly quantity?: number; readonly at: number },
): ExecutionState | undefined => {
  const old = state.executions[what.index];
  if (!old) return undefined;
  const before = replayLine(prices, state, old.conId);
  const revised: ExecutionState = {
    ...old,
    revision: old.revision + 1,
    price: what.price ?? old.price,
    quantity: what.quantity ?? old.quantity,
    superseded: [...old.superseded, { execId: execIdOf(old), quantity: old.quantity, price: old.price }],
  };
  state.executions[what.index] = revised;
  const after = replayLine(prices, state, old.conId);
  addCash(state, before.cash, -1);
  addCash(state, after.cash, 1);
  settleLine(state, old.conId, after);
  const order = state.orders.get(old.permId);
  if (order) refreshOrder(state, order, what.at);
  return state.executions[what.index];
};

/** Adds to the opening of a line, as a transfer in kind does, and books today's fills on top of it again. */
export const transferIn = (
  prices: Prices,
  state: AccountState,
  line: { readonly conId: number; readonly quantity: number; readonly averageCost: number },
): void => {
  const opening = state.openings.get(line.conId) ?? { holding: EMPTY_HOLDING, price: 0 };
  const price = prices.last(line.conId);
  const quantity = opening.holding.quantity + line.quantity;
  const weighted = (had: number, comes: number): number =>
    quantity === 0 ? comes : (had * opening.holding.quantity + comes * line.quantity) / quantity;
  state.openings.set(line.conId, {
    holding: {
      ...EMPTY_HOLDING,
      quantity,
      averageCost: weighted(opening.holding.averageCost, line.averageCost),
    },
    price: weighted(opening.price, price),
  });
  settleLine(state, line.conId, replayLine(prices, state, line.conId));
};

const executionsOf = (state: AccountState, conId: number): readonly ExecutionState[] =>
  state.executions.filter((execution) => execution.conId === conId);

const replayLine = (prices: Prices, state: AccountState, conId: number): ReturnType<typeof replay> =>
  replay(
    prices.instrument(conId),
    state.openings.get(conId)?.holding ?? EMPTY_HOLDING,
    executionsOf(state, conId),
  );

const settleLine = (
  state: AccountState,
  conId: number,
  { holding, each }: ReturnType<typeof replay>,
): void => {
  state.holdings.set(conId, holding);
  let next = 0;
  for (const [index, execution] of state.executions.entries()) {
    if (execution.conId !== conId) continue;
    state.executions[index] = { ...execution, realizedPnl: each[next] ?? null };
    next += 1;
  }
};
