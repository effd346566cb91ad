import type { Issue, IssueCode } from '../domain/issue.js';
import type { Kind, Notice, Snapshot } from '../domain/update.js';
import type { SyncState } from './state.js';

/** An image that came is not used, and the figures before it are kept. */
const REFUSALS: ReadonlySet<IssueCode> = new Set([
  'SUSPECT_EMPTY',
  'DUPLICATE_KEY',
  'ACCOUNT_RESETTING',
  'BAD_RESPONSE',
  'NLV_JUMP',
]);

/** Adds a notice, or renews the one of the same code about the same thing. */
export function withNotice(state: SyncState, notice: Notice): SyncState {
  const key = `${notice.account ?? ''}|${notice.of ?? ''}|${notice.issue.code}`;
  const before = state.notices.get(key);
  if (before !== undefined && before.issue.message === notice.issue.message) return state;
  return { ...state, notices: new Map(state.notices).set(key, notice) };
}

/**
 * A complete image of a kind answers every notice that said the kind could not be had. That something could
 * not be read, whatever it was, is answered by the next image of the positions: each round of requests has one.
 */
export function withoutNotices(state: SyncState, snapshot: Snapshot): SyncState {
  const answered = ({ of, account, issue }: Notice): boolean =>
    of === null
      ? issue.code === 'BAD_RESPONSE' && snapshot.of === 'positions'
      : of === snapshot.of && (account === null || account === snapshot.account);
  const kept = [...state.notices].filter(([, notice]) => !answered(notice));
  return kept.length === state.notices.size ? state : { ...state, notices: new Map(kept) };
}

/** Notices that a reader of this account should see: its own, and what is wrong with the whole connection. */
export function noticesFor(state: SyncState, account: string): readonly Notice[] {
  return [...state.notices.values()].filter(
    (notice) => notice.account === null || notice.account === account,
  );
}

/** What was said of the connection as a whole. */
export function connectionNotices(state: SyncState): readonly Issue[] {
  return [...state.notices.values()].filter(({ account }) => account === null).map(({ issue }) => issue);
}

/** Why the last image of a kind of an account was not used; null when it was. */
export function refusalNotice(
  state: SyncState,
  about: { readonly account: string; readonly of: Kind },
): Notice | null {
  for (const notice of state.notices.values())
    if (notice.account === about.account && notice.of === about.of && REFUSALS.has(notice.issue.code))
      return notice;
  return null;
}
