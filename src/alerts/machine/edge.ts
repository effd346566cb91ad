import { z } from 'zod';
import type { EdgeRule } from '../schema/rule.js';
import { Occurrence, queued, queueOf, stepQueue } from './occurrence.js';
import { knownValue, type Reading } from './reading.js';

/** What an edge rule remembers of one key. */
export const EdgeState = z.object({
  /** A known value on the side of the threshold where the last one was, however long ago; null = there was none, and the next one is only recorded. */
  previous: z.number().nullable(),
  /** Whether a crossing in this direction counts. */
  upArmed: z.boolean(),
  downArmed: z.boolean(),
  queue: queueOf(Occurrence),
});
export type EdgeState = Readonly<z.infer<typeof EdgeState>>;

export const NO_EDGE_YET: EdgeState = {
  previous: null,
  upArmed: true,
  downArmed: true,
  queue: { waiting: [], lastNotifiedAt: null },
};

type EdgeTerms = Pick<EdgeRule, 'band' | 'cooldownSeconds' | 'operator' | 'severity' | 'threshold'>;

/** One step of an edge rule for one key: a crossing inside a gap is told once, at the first known value after it. */
export function stepEdge(
  rule: EdgeTerms,
  state: EdgeState,
  reading: Reading,
): readonly [EdgeState, readonly Occurrence[]] {
  const value = knownValue(reading);
  if (value === null) return [state, []];
  const [crossed, direction] = cross(rule, state, value);
  const isMeant = direction !== null && (rule.operator === 'crosses' || rule.operator === direction);
  const news = isMeant ? [occurrence(direction, { at: reading.at, value })] : [];
  const [queue, told] = stepQueue(rule, queued(state.queue, news), reading);
  return [queue === crossed.queue ? crossed : { ...crossed, queue }, told];
}

type Direction = 'crossesUp' | 'crossesDown';

function cross(
  { band, threshold }: EdgeTerms,
  state: EdgeState,
  value: number,
): readonly [EdgeState, Direction | null] {
  const { previous } = state;
  const upArmed = state.upArmed || value < threshold - band;
  const downArmed = state.downArmed || value > threshold + band;
  const next = { ...state, previous: value, upArmed, downArmed };
  if (previous === null) return [next, null];
  if (upArmed && previous < threshold && value >= threshold)
    return [{ ...next, upArmed: false }, 'crossesUp'];
  if (downArmed && previous > threshold && value <= threshold)
    return [{ ...next, downArmed: false }, 'crossesDown'];
  // Only the side matters on which a value was: nearly every tick of a price leaves all as it is.
  const isSame = upArmed === state.upArmed && downArmed === state.downArmed;
  return [isSame && Math.sign(previous - threshold) === Math.sign(value - threshold) ? state : next, null];
}

function occurrence(
  direction: Direction,
  { at, value }: { readonly at: number; readonly value: number },
): Occurrence {
  const text = direction === 'crossesUp' ? 'rose to or above' : 'fell to or below';
  return { eventId: `${direction}@${at}`, at, text, value, before: null };
}
