import type { BrokerCounters, Clock } from '../ports.js';
import type { BreakerState } from './breaker.js';

/** The gravest first. */
const GRAVITY = ['isolated', 'open', 'half-open'] as const;

/** What all breakers of a connection come to: the worst of them, and the first trial, on the wall clock. */
export function summaryOf(
  states: readonly BreakerState[],
  clock: Clock,
): Pick<BrokerCounters, 'breaker' | 'nextTrialAt'> {
  const trials = states.flatMap((state) => (state.kind === 'open' ? [state.trialAt] : []));
  const untilTrialMs = Math.max(0, Math.min(...trials) - clock.monotonic());
  return {
    breaker: GRAVITY.find((kind) => states.some((state) => state.kind === kind)) ?? 'closed',
    nextTrialAt: trials.length === 0 ? null : clock.now() + untilTrialMs,
  };
}
