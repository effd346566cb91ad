import type { Issue } from '../domain/issue.js';
import type { Provenance } from '../domain/update.js';
import { accountSetIssues, checkIssues } from './checks/checked.js';
import { connectionNotices, noticesFor } from './notices.js';
import type { SyncState } from './state.js';

/** What a reader of one kind of an account should know: what came with its image, what was said, what checks found. */
export function issuesFor(state: SyncState, account: string, from: Provenance): readonly Issue[] {
  // An adapter judges one image; whether it is told is decided by several of them.
  const own = from.issues.filter(({ code }) => code !== 'NAV_MISMATCH');
  const noticed = noticesFor(state, account).map(({ issue }) => issue);
  return distinct([...own, ...noticed, ...checkIssues(state, account)]);
}

/** What is wrong with the connection as a whole. */
export function connectionIssues(state: SyncState): readonly Issue[] {
  return [...connectionNotices(state), ...accountSetIssues(state)];
}

/** One sentence is said once, however many feeds it came from. */
function distinct(issues: readonly Issue[]): readonly Issue[] {
  return [...new Map(issues.map((issue) => [`${issue.code}|${issue.message}`, issue])).values()];
}
