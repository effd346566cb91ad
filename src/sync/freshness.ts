import type { Issue } from '../domain/issue.js';
import type { Kind, Via } from '../domain/update.js';
import { issuesFor } from './issues.js';
import { refusalNotice } from './notices.js';
import type { AccountState, Part, SyncState } from './state.js';

export type Quality = 'live' | 'delayed' | 'cached' | 'partial';

/** How far a figure may be trusted. Times in ms since the epoch. */
export interface Freshness {
  readonly asOf: number | null;
  readonly receivedAt: number;
  readonly quality: Quality;
  readonly complete: boolean;
  readonly stale: boolean;
  /** Seconds since the last complete image, whole. */
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
  const ageMs = Math.max(0, at - from.receivedAt);
  return {
    asOf: from.asOf,
    receivedAt: part.receivedAt,
    quality: quality(from, fromBroker),
    complete: !from.partial && !refused,
    stale: !reachable || ageMs > question.staleAfterMs,
    staleSeconds: Math.floor(ageMs / 1000),
    via: fromBroker ? from.via : 'cache',
    issues: issuesFor(state, account.account.key, from),
  };
}

function quality(from: Part<unknown>['from'], fromBroker: boolean): Quality {
  if (!fromBroker) return 'cached';
  if (from.partial) return 'partial';
  return from.via === 'flex' ? 'delayed' : 'live';
}

/** When a part of an account turns stale by age alone, at `at` or later, ms since the epoch; null when none will. */
export function turnsStaleAt(
  account: AccountState,
  { staleAfterMs, at }: Pick<FreshnessQuestion, 'staleAfterMs' | 'at'>,
): number | null {
  const times = [account.balances, account.positions, account.orders]
    .flatMap((part) => (part === null ? [] : [part.from.receivedAt + staleAfterMs]))
    .filter((time) => time >= at);
  return times.length === 0 ? null : Math.min(...times);
}
