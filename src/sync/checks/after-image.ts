import type { Snapshot } from '../../domain/update.js';
import type { AccountState } from '../state.js';
import { clockSkew } from './clock-skew.js';
import { frozenFeed, stillness } from './frozen-feed.js';
import type { CheckMemory } from './memory.js';
import { missingFills } from './missing-fills.js';
import { netLiquidationMismatch } from './net-liquidation.js';
import { orderMismatches } from './order-sums.js';
import { priceMismatches } from './prices.js';
import { signMismatches } from './signs.js';
import { withSightings, type Observation } from './suspicions.js';
import { compareWithFills, UNEXPLAINED } from './unexplained-changes.js';
import { watchAfterFills, watchAfterOrders } from './watch.js';

/** The states of an account around an image that was taken. */
export interface Step {
  readonly before: AccountState;
  readonly after: AccountState;
}

/** What the checks know after an image was taken. They look, and change no figure. */
export function afterImage(memory: CheckMemory, { after, before }: Step, snapshot: Snapshot): CheckMemory {
  const { from, of } = snapshot;
  const dated = seen(memory, from.receivedAt, {
    [`clock of ${of}`]: clockSkew(before[of]?.from ?? null, from),
  });
  return from.partial ? dated : byKind(dated, after, snapshot);
}

function byKind(memory: CheckMemory, state: AccountState, { from, of }: Snapshot): CheckMemory {
  const at = from.receivedAt;
  switch (of) {
    case 'balances':
      return { ...memory, held: null, positionsAtBalances: state.positions?.value ?? null };
    case 'positions': {
      const still = stillness(memory.still, state, at);
      return seen({ ...memory, still }, at, {
        'net liquidation': netLiquidationMismatch(state),
        sign: signMismatches(state),
        price: priceMismatches(state),
        frozen: frozenFeed(still),
      });
    }
    case 'orders': {
      const watch = watchAfterOrders(memory.watch, state);
      return seen({ ...memory, watch }, at, {
        'order sums': orderMismatches(state, watch),
        'missing fills': missingFills(state, watch),
      });
    }
    case 'executions':
      return withComparison(memory, state, at);
    case 'activities':
      return memory;
  }
}

function withComparison(memory: CheckMemory, state: AccountState, at: number): CheckMemory {
  const watch = watchAfterFills(memory.watch, state, at);
  if (watch === null) return memory;
  const isDoubtful = [...(state.positions?.value.values() ?? [])].some(({ missing }) => missing > 0);
  const positions = isDoubtful ? null : state.positions;
  const comparison = compareWithFills(watch, positions, memory.suspicions);
  const next = { ...memory, watch: comparison.watch };
  return comparison.observations === null ? next : seen(next, at, { [UNEXPLAINED]: comparison.observations });
}

/** check → what it has seen in this image */
function seen(
  memory: CheckMemory,
  at: number,
  sightings: Readonly<Record<string, readonly Observation[]>>,
): CheckMemory {
  let { suspicions } = memory;
  for (const [check, observations] of Object.entries(sightings))
    suspicions = withSightings(suspicions, { at, check }, observations);
  return suspicions === memory.suspicions ? memory : { ...memory, suspicions };
}
