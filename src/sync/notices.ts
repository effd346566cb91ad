import type { Issue } from '../domain/issue.js';
import type { Notice, Snapshot } from '../domain/update.js';
import type { SyncState } from './state.js';

/** Adds a notice, or renews the one of the same code about the same thing. */
export function withNotice(state: SyncState, notice: Notice): SyncState {
  const key = `${notice.account ?? ''}|${notice.of ?? ''}|${notice.issue.code}`;
  const before = state.notices.get(key);
  if (before !== undefined && before.issue.message === notice.issue.message) return state;
  return { ...state, notices: new Map(state.notices).set(key, notice) };
}

/** A complete image of a kind answers every notice that said the kind could not be had. */
export function withoutNotices(state: SyncState, snapshot: Snapshot): SyncState {
  const kept = [...state.notices].filter(
    ([, { of, account }]) => of !== snapshot.of || (account !== null && account !== snapshot.account),
  );
  return kept.length === state.notices.size ? state : { ...state, notices: new Map(kept) };
}

/** Notices that a reader of this account should see: its own, and what is wrong with the whole connection. */
export function noticesFor(state: SyncState, account: string): readonly Notice[] {
  return [...state.notices.values()].filter(
    (notice) => notice.account === null || notice.account === account,
  );
}

/** What is wrong with the connection as a whole. */
export function connectionIssues(state: SyncState): readonly Issue[] {
  return [...state.notices.values()].filter(({ account }) => account === null).map(({ issue }) => issue);
}
