import type { Issue } from '../domain/issue.js';
import type { Kind, Provenance, Via } from '../domain/update.js';
import { issuesFor } from './issues.js';
import { missingIssues } from './missing.js';
import { refusalNotice } from './notices.js';
import type { AccountState, Part, SyncState } from './state.js';

export type Quality = 'live' | 'delayed' | 'cached' | 'partial';

/** Figures that came longer ago, and that no broker vouches for any more, are not told. */
const OLDEST_TOLD_MS = 24 * 60 * 60 * 1000;
/** So far a clock may be set back without a word; NTP corrects less by itself. */
const MOST_AHEAD_MS = 60_000;

/** How far a figure may be trusted. Times in ms since the epoch. */
export interface Freshness {
  readonly asOf: number | null;
  readonly receivedAt: number;
  readonly quality: Quality;
  readonly complete: boolean;
  readonly stale: boolean;
  /** Seconds since the last complete image, or since the close that a delayed one shows; whole. */
  readonly staleSeconds: number;
  readonly via: Via;
  readonly issues: readonly Issue[];
}

export interface FreshnessQuestion {
  readonly state: SyncState;
  readonly account: AccountState;
  readonly of: Kind;
  /** Whether it has come completely through the session that is open now. */
  readonly fresh: boolean;
  readonly at: number;
  readonly staleAfterMs: number;
}

/** What is to be said about one kind of one account; null while nothing of it was ever received. */
export function freshness(question: FreshnessQuestion): Freshness | null {
  const { account, of, state, at } = question;
  const part: Part<unknown> | null = account[of];
  if (part === null) return null;
  const { from } = part;
  const reachable = question.fresh && account.present && state.link.state !== 'lost';
  const refused = refusalNotice(state, { account: account.account.key, of }) !== null;
  const fromBroker = reachable && !refused;
  const ageMs = at - takenAt(from);
  // The clock was set back since the figures came, so that nobody knows how old they are.
  const isAhead = ageMs < -MOST_AHEAD_MS;
  return {
    asOf: from.asOf,
    receivedAt: part.receivedAt,
    quality: quality(from, fromBroker),
    complete: !from.partial && !refused,
    stale: !reachable || isAhead || ageMs > question.staleAfterMs,
    staleSeconds: Math.floor(Math.max(0, ageMs) / 1000),
    via: fromBroker ? from.via : 'cache',
    issues: [
      ...issuesFor(state, account.account.key, from),
      ...(of === 'positions' ? missingIssues(account) : []),
    ],
  };
}

/** When the figures of an image were true: a delayed one shows the close of another day. ms since the epoch. */
export function takenAt({ asOf, receivedAt, via }: Provenance): number {
  return via === 'flex' ? (asOf ?? receivedAt) : receivedAt;
}

function quality(from: Provenance, fromBroker: boolean): Quality {
  if (!fromBroker) return 'cached';
  if (from.partial) return 'partial';
  return from.via === 'flex' ? 'delayed' : 'live';
}

/** Nobody should act on figures that came so long ago: the status says so, and no more messages do. */
export function isTooOld({ receivedAt }: Provenance, at: number): boolean {
  return at - receivedAt > OLDEST_TOLD_MS;
}

/** When age alone is worth a word next, at `at` or later, ms since the epoch; null when it will not be. */
export function agesAt(
  account: AccountState,
  { staleAfterMs, at }: Pick<FreshnessQuestion, 'staleAfterMs' | 'at'>,
): number | null {
  const times = [account.balances, account.positions, account.orders]
    .flatMap((part) => (part === null ? [] : [part.from]))
    .flatMap((from) => [takenAt(from) + staleAfterMs, from.receivedAt + OLDEST_TOLD_MS])
    .filter((time) => time >= at);
  return times.length === 0 ? null : Math.min(...times);
}
