import type { Execution } from '../domain/execution.js';
import type { Order } from '../domain/order.js';
import type { Position } from '../domain/position.js';
import { equal } from './equal.js';

/** What its owner would call a change of a position: not every tick of its price. */
export function positionChanged(before: Position, after: Position): boolean {
  return before.quantity !== after.quantity || before.averageCost !== after.averageCost;
}

/** What its owner would call a change of an order: anything but the time the broker touched it. */
export function orderChanged(before: Order, after: Order): boolean {
  return !equal({ ...before, updatedAt: null }, { ...after, updatedAt: null });
}

/** A correction is a new revision; a commission that came late changes the same one. */
export function executionChanged(before: Execution, after: Execution): boolean {
  return !equal(before, after);
}
