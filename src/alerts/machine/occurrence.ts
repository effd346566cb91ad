import { z } from 'zod';
import type { Rule } from '../schema/rule.js';
import { mustWait, type Reading } from './reading.js';

const LONGEST_QUEUE = 200;

/** Something that happened at a moment and has no span: a crossing, a fill. */
export const Occurrence = z.object({
  /** Names it for ever: told twice, it is one. */
  eventId: z.string(),
  /** ms since the epoch */
  at: z.number(),
  /** For people: `bought 10 AAPL at 187.2`. */
  text: z.string(),
  value: z.number().nullable(),
  /** `lastNotifiedAt` before it was told. */
  before: z.number().nullable(),
});
export type Occurrence = Readonly<z.infer<typeof Occurrence>>;

/** What happened to a key and could not be told yet. */
export interface Queue<One extends Occurrence = Occurrence> {
  readonly waiting: readonly One[];
  /** ms since the epoch */
  readonly lastNotifiedAt: number | null;
}

export const queueOf = <One extends z.ZodType<Occurrence>>(one: One) =>
  z.object({ waiting: z.array(one).readonly(), lastNotifiedAt: z.number().nullable() });

/** The newest are kept when a flood comes: they say how things stand. */
export function queued<One extends Occurrence>(queue: Queue<One>, occurrences: readonly One[]): Queue<One> {
  if (occurrences.length === 0) return queue;
  return { ...queue, waiting: [...queue.waiting, ...occurrences].slice(-LONGEST_QUEUE) };
}

/** Tells what waits, all at once, when it may be told; the cooldown delays and swallows nothing. */
export function stepQueue<One extends Occurrence>(
  rule: Pick<Rule, 'cooldownSeconds' | 'severity'>,
  queue: Queue<One>,
  reading: Reading,
): readonly [Queue<One>, readonly One[]] {
  const { lastNotifiedAt: before, waiting } = queue;
  if (waiting.length === 0 || mustWait(rule.severity, reading)) return [queue, []];
  if (before !== null && reading.at - before < rule.cooldownSeconds * 1000) return [queue, []];
  return [{ waiting: [], lastNotifiedAt: reading.at }, waiting.map((one) => ({ ...one, before }))];
}
