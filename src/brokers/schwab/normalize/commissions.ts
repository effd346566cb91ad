import type { Activity } from '../../../domain/activity.js';
import type { Execution } from '../../../domain/execution.js';

/**
 * The executions with their fees, where it is certain which belong to which: a trade row of the same order,
 * instrument, quantity and price that no other execution could claim, and no other row either.
 */
export function withCommissions(
  executions: readonly Execution[],
  activities: readonly Activity[],
): readonly Execution[] {
  return executions.map((execution) => {
    const rows = activities.filter((activity) => belongs(activity, execution));
    const [row, ...others] = rows;
    const rivals = executions.filter((other) => row !== undefined && belongs(row, other));
    if (row === undefined || others.length > 0 || rivals.length > 1 || row.fees === null) return execution;
    return { ...execution, commission: row.fees, commissionCurrency: 'USD' };
  });
}

function belongs({ instrument, orderId, price, quantity, type }: Activity, execution: Execution): boolean {
  return (
    type === 'trade' &&
    orderId !== null &&
    orderId === execution.orderId &&
    instrument?.key === execution.instrument.key &&
    Math.abs(quantity ?? 0) === execution.quantity &&
    (price === null || execution.price === null || Math.abs(price - execution.price) < 0.005)
  );
}
