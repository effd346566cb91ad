import { findConnection } from './connections.js';

/** Of fewer requests a share says nothing: one hiccup at the start would be a third of them. */
const FEWEST = 10;

/**
 * Percent of the requests of the last ten minutes that failed, over all ways of a connection, to a tenth; null = it
 * does not count them, there were fewer than ten, or it runs elsewhere.
 */
export function errorPercentOf(connection: string): number | null {
  const offer = findConnection(connection);
  if (offer?.kind !== 'ready') return null;
  const recent = offer.ways.active.flatMap(({ requestCounters }) => requestCounters?.recent ?? []);
  const requests = recent.reduce((sum, one) => sum + one.requests, 0);
  const failures = recent.reduce((sum, one) => sum + one.failures, 0);
  return requests < FEWEST ? null : Math.round((failures / requests) * 1_000) / 10;
}
