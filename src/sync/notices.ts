import type { IssueCode } from '../domain/issue.js';
import type { Notice, Snapshot } from '../domain/update.js';
import type { SyncState } from './state.js';

/** An image that came is not used, and the figures before it are kept. */
const REFUSALS: ReadonlySet<IssueCode> = new Set(['SUSPECT_EMPTY', 'DUPLICATE_KEY']);

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

/** Notices that a reader of this kind of this account should see. */
export function noticesFor(
  state: SyncState,
  about: { readonly account: string; readonly of: Notice['of'] },
): readonly Notice[] {
  return [...state.notices.values()].filter(
    ({ of, account }) => (of === null || of === about.of) && (account === null || account === about.account),
  );
}

/** Why the last image of the positions of an account was not used; null when it was. */
export function refusalNotice(state: SyncState, account: string): Notice | null {
  for (const notice of state.notices.values())
    if (notice.account === account && notice.of === 'positions' && REFUSALS.has(notice.issue.code))
      return notice;
  return null;
}
