import type { Account } from '../../domain/account.js';
import type { Issue } from '../../domain/issue.js';
import type { Snapshot, Upsert } from '../../domain/update.js';
import { withNotice } from '../notices.js';
import type { AccountState, SyncState } from '../state.js';
import { accountSetAfter, accountSetAt } from './account-set.js';
import { afterImage } from './after-image.js';
import { NO_MEMORY, type CheckMemory } from './memory.js';
import { jumpIn } from './net-liquidation-jump.js';
import { issuesOf } from './suspicions.js';

/** The state after the checks have looked at an image that was taken; `before` = the state before it. */
export function checked(before: SyncState, after: SyncState, snapshot: Snapshot): SyncState {
  const [was, is] = [before.accounts.get(snapshot.account), after.accounts.get(snapshot.account)];
  if (was === undefined || is === undefined) return after;
  const memory = afterImage(memoryOf(after, snapshot.account), { before: was, after: is }, snapshot);
  const accountSet = accountSetAt(after.checks.accountSet, snapshot.from.receivedAt);
  const remembered = withMemory(after, snapshot.account, memory);
  return accountSet === remembered.checks.accountSet
    ? remembered
    : { ...remembered, checks: { ...remembered.checks, accountSet } };
}

/** The state after the broker has named its accounts. */
export function checkedAccounts(state: SyncState, named: readonly Account[]): SyncState {
  const accountSet = accountSetAfter(state.checks.accountSet, named);
  return accountSet === state.checks.accountSet
    ? state
    : { ...state, checks: { ...state.checks, accountSet } };
}

/** The state that holds these balances back, because net liquidation jumped; null = they are to be taken. */
export function heldBack(
  state: SyncState,
  account: AccountState,
  update: Snapshot | Upsert,
): SyncState | null {
  if (update.of !== 'balances') return null;
  const { key } = account.account;
  const memory = memoryOf(state, key);
  const isImage = update.kind === 'snapshot';
  const known = account.balances?.from;
  const from = isImage
    ? update.from
    : { receivedAt: update.receivedAt, via: known?.via ?? 'cache', partial: known?.partial ?? true };
  const issue = jumpIn(account, memory, { balances: update.balances, from, isImage });
  if (issue === null) return null;
  const { netLiquidation } = update.balances;
  const images = (memory.held?.images ?? 0) + (isImage ? 1 : 0);
  const held =
    !isImage || netLiquidation === null ? memory.held : { netLiquidation, at: from.receivedAt, images };
  return withNotice(withMemory(state, key, { ...memory, held }), {
    kind: 'notice',
    of: 'balances',
    account: key,
    issue,
  });
}

/** What the checks have to say to a reader of this account. */
export function checkIssues(state: SyncState, account: string): readonly Issue[] {
  return [...issuesOf(memoryOf(state, account).suspicions), ...accountSetIssues(state)];
}

/** What the checks have to say of the whole connection. */
export function accountSetIssues({ checks }: SyncState): readonly Issue[] {
  const changed = checks.accountSet?.changed ?? null;
  return changed === null ? [] : [changed.issue];
}

function memoryOf({ checks }: SyncState, account: string): CheckMemory {
  return checks.accounts.get(account) ?? NO_MEMORY;
}

function withMemory(state: SyncState, account: string, memory: CheckMemory): SyncState {
  if (memory === memoryOf(state, account)) return state;
  return {
    ...state,
    checks: { ...state.checks, accounts: new Map(state.checks.accounts).set(account, memory) },
  };
}
