import type { SyncState } from '../sync/state.js';

export interface SessionHealth {
  /** Why the last request for everything failed; null when it did not. */
  readonly failure: string | null;
  /** Whether balances and positions of every account have come through this session. */
  readonly complete: boolean;
}

/** The sentence that says what is wrong with an open session, the gravest first; null when nothing is. */
export function troubleOf(state: SyncState, { complete, failure }: SessionHealth): string | null {
  const [notice] = [...state.notices.values()].filter(({ account }) => account !== null);
  const missing = complete ? null : 'Some figures have not come yet.';
  return state.link.reason ?? notice?.issue.message ?? partialFigures(state) ?? failure ?? missing;
}

/** What the broker says against its own figures. */
function partialFigures(state: SyncState): string | null {
  for (const { balances } of state.accounts.values()) {
    if (balances?.from.partial === true) return balances.from.issues[0]?.message ?? null;
  }
  return null;
}
