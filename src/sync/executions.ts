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

/** Ids are kept this long, so that no fill is ever told twice. */
const KEEP_MS = 30 * 24 * 60 * 60 * 1000;

/** The executions without those that ended long ago; the same map when there are none. */
export function withoutOldExecutions(executions: Executions, at: number): Executions {
  const isOld = ({ executedAt }: Execution): boolean =>
    executedAt !== null && Date.parse(executedAt) < at - KEEP_MS;
  if (![...executions.values()].some(isOld)) return executions;
  return new Map([...executions].filter(([, execution]) => !isOld(execution)));
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
