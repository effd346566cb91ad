import type { Execution } from '../domain/execution.js';
import type { Order } from '../domain/order.js';
import type { Position } from '../domain/position.js';
import { equal } from './equal.js';

/** What its owner would call a change of a position: not every tick of its price. */
export function positionChanged(before: Position, after: Position): boolean {
  return before.quantity !== after.quantity || before.averageCost !== after.averageCost;
}

/**
 * What its owner would call a change of an order. The list of ended orders repeats it in other words and
 * with a time of its end; that is no change.
 */
export function orderChanged(before: Order, after: Order): boolean {
  return !equal(orderSubstance(before), orderSubstance(after));
}

/** The part of an order that makes one state of it different from another. */
export function orderSubstance(order: Order): readonly unknown[] {
  const { status, isOpen, side, orderType, timeInForce, quantity, filledQuantity, limitPrice, stopPrice } =
    order;
  return [
    status,
    isOpen,
    side,
    orderType,
    timeInForce,
    quantity,
    filledQuantity,
    limitPrice,
    stopPrice,
    order.averageFillPrice,
  ];
}

/** A correction is a new revision; a commission that came late changes the same one. */
export function executionChanged(before: Execution, after: Execution): boolean {
  return !equal(executionSubstance(before), executionSubstance(after));
}

/** The part of an execution that makes one report of it different from another. */
export function executionSubstance(execution: Execution): readonly unknown[] {
  const { revision, side, quantity, price, commission, commissionCurrency, realizedPnl } = execution;
  return [revision, side, quantity, price, commission, commissionCurrency, realizedPnl];
}
