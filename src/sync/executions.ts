import type { Execution } from '../domain/execution.js';
import { sameOr } from './part.js';

type Executions = ReadonlyMap<string, Execution>;

/**
 * Adds executions. The highest revision of each wins, whatever the order of arrival; what is known of a
 * revision is not unlearnt by a row that lacks it. Nothing is ever removed by a list that does not repeat it.
 */
export function mergeExecutions(
  before: Executions | undefined,
  executions: readonly Execution[],
): Executions {
  let next: Map<string, Execution> | null = null;
  for (const execution of executions) {
    const known = (next ?? before)?.get(execution.executionId);
    const after = known === undefined ? execution : newer(known, execution);
    if (after === known) continue;
    next ??= new Map(before);
    next.set(execution.executionId, after);
  }
  return next ?? before ?? new Map();
}

function newer(known: Execution, other: Execution): Execution {
  if (other.revision < known.revision) return known;
  if (other.revision > known.revision) return other;
  return sameOr(known, {
    ...other,
    orderId: other.orderId ?? known.orderId,
    permId: other.permId ?? known.permId,
    legId: other.legId ?? known.legId,
    price: other.price ?? known.price,
    liquidity: other.liquidity ?? known.liquidity,
    executedAt: other.executedAt ?? known.executedAt,
    commission: other.commission ?? known.commission,
    commissionCurrency: other.commissionCurrency ?? known.commissionCurrency,
    realizedPnl: other.realizedPnl ?? known.realizedPnl,
  });
}
