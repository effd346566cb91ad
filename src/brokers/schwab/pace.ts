import { marketSession, type MarketSession } from '../../domain/market-hours.js';

const FASTEST_MS = 5_000;
const FASTEST_WITHOUT_CHANGE_MS = 10_000;
const WITH_OPEN_ORDERS_MS = 15_000;
const CHANGE_IS_FRESH_MS = 2 * 60_000;
const LONGEST_BACKOFF_MS = 5 * 60_000;

export interface PaceInput {
  /** The user's `pollSeconds`: nothing but failures makes polling slower than this. */
  readonly ceilingMs: number;
  /** Wall clock, ms UTC. */
  readonly at: number;
  /** When an order or a position last changed; a price that moved is no change. null = not seen. */
  readonly lastChangeAt: number | null;
  readonly hasOpenOrders: boolean;
  /** Polls that failed in a row. */
  readonly failures: number;
  /** What the last refusal asked for; null = it asked for nothing. */
  readonly retryAfterMs: number | null;
}

/**
 * Milliseconds until the next poll.
 *
 * | when | wait |
 * |---|---|
 * | refused with Retry-After | as asked, at most 5 min |
 * | failures in a row | ceiling, doubled with each, at most 5 min (a longer ceiling stays) |
 * | an order or a position changed within 2 min | 5 s |
 * | open orders, market open (extended hours too) | at most 15 s |
 * | regular hours | a quarter of the ceiling, at least 10 s |
 * | extended hours | half of the ceiling, at least 10 s |
 * | closed | the ceiling |
 *
 * A poll is two requests (accounts, orders), and one app key has 60 a minute for everything: 5 s are 24 a
 * minute, 10 s are 12, 15 s are 8. So even a second config node of the same key that polls at its fastest
 * leaves 12 for logins, transactions and the user's own scripts.
 */
export function pace(input: PaceInput): number {
  return Math.max(FASTEST_MS, Math.round(troubled(input) ?? calm(input)));
}

function troubled({ ceilingMs, failures, retryAfterMs }: PaceInput): number | null {
  if (retryAfterMs !== null) return Math.min(LONGEST_BACKOFF_MS, retryAfterMs);
  if (failures <= 0) return null;
  // Past 2^30 the bound is reached anyway, and the power must not become infinite.
  const doubled = ceilingMs * 2 ** Math.min(failures - 1, 30);
  return Math.max(ceilingMs, Math.min(LONGEST_BACKOFF_MS, doubled));
}

function calm(input: PaceInput): number {
  const { at, ceilingMs, hasOpenOrders, lastChangeAt } = input;
  // A change in the future is a wall clock that was set back: no news.
  const sinceChangeMs = lastChangeAt === null ? Infinity : at - lastChangeAt;
  if (sinceChangeMs >= 0 && sinceChangeMs < CHANGE_IS_FRESH_MS) return FASTEST_MS;
  const session = marketSession(at);
  const waitMs = Math.min(ceilingMs, byHours(ceilingMs, session));
  return hasOpenOrders && session !== 'closed' ? Math.min(waitMs, WITH_OPEN_ORDERS_MS) : waitMs;
}

function byHours(ceilingMs: number, session: MarketSession): number {
  switch (session) {
    case 'regular':
      return Math.max(FASTEST_WITHOUT_CHANGE_MS, ceilingMs / 4);
    case 'extended':
      return Math.max(FASTEST_WITHOUT_CHANGE_MS, ceilingMs / 2);
    case 'closed':
      return ceilingMs;
  }
}
