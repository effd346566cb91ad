import type { BrokerUpdate, Snapshot, Upsert } from '../domain/update.js';
import { applyAccounts } from './accounts.js';
import { mergeActivities, withoutOldActivities } from './activities.js';
import { checked, checkedAccounts, heldBack } from './checks/checked.js';
import { applyOrderSnapshot, mergeOrders } from './orders.js';
import { applyPositionSnapshot, removePositions, upsertPositions } from './positions.js';
import { mergeExecutions, withoutOldExecutions } from './executions.js';
import { withNotice, withoutNotices } from './notices.js';
import { changedPart, sameOr } from './part.js';
import { refusalOf } from './refusal.js';
import { EMPTY_STATE, type AccountState, type SyncState } from './state.js';

/**
 * The state after an update. The very same object comes back when the update brought no news, so callers
 * compare with `===`.
 */
export function reconcile(state: SyncState, update: BrokerUpdate): SyncState {
  switch (update.kind) {
    case 'begin':
      return withoutOldSession(state);
    case 'accounts':
      return checkedAccounts(applyAccounts(state, update.accounts), update.accounts);
    case 'link':
      return state.link.state === update.state && state.link.reason === update.reason
        ? state
        : { ...state, link: update };
    case 'notice':
      return withNotice(state, update);
    case 'snapshot':
      return withSnapshot(state, update);
    case 'upsert':
      return withRows(state, update);
    case 'remove':
      return withAccount(state, update.account, (account) => removePositions(account, update));
  }
}

function withoutOldSession(state: SyncState): SyncState {
  const { link, notices } = EMPTY_STATE;
  return state.notices.size === 0 && state.link.state === 'up' ? state : { ...state, link, notices };
}

/** An update about an account that is not behind this login is dropped: the broker's list decides. */
function withAccount(
  state: SyncState,
  key: string,
  change: (account: AccountState) => AccountState,
): SyncState {
  const before = state.accounts.get(key);
  if (before === undefined) return state;
  const after = change(before);
  return after === before ? state : { ...state, accounts: new Map(state.accounts).set(key, after) };
}

function withSnapshot(state: SyncState, snapshot: Snapshot): SyncState {
  const account = state.accounts.get(snapshot.account);
  if (account === undefined) return state;
  const refusal = refusalOf(account, snapshot);
  if (refusal !== null)
    return withNotice(state, { kind: 'notice', of: snapshot.of, account: snapshot.account, issue: refusal });
  const held = heldBack(state, account, snapshot);
  if (held !== null) return held;
  const taken = withAccount(state, snapshot.account, () => applySnapshot(account, snapshot));
  return withoutNotices(checked(state, taken, snapshot), snapshot);
}

function withRows(state: SyncState, update: Upsert): SyncState {
  const account = state.accounts.get(update.account);
  const held = account === undefined ? null : heldBack(state, account, update);
  return held ?? withAccount(state, update.account, (before) => applyUpsert(before, update));
}

function applySnapshot(account: AccountState, snapshot: Snapshot): AccountState {
  const { from } = snapshot;
  switch (snapshot.of) {
    case 'balances': {
      const value = sameOr(account.balances?.value, snapshot.balances);
      return { ...account, balances: { value, from, receivedAt: from.receivedAt } };
    }
    case 'positions':
      return applyPositionSnapshot(account, snapshot);
    case 'orders':
      return applyOrderSnapshot(account, snapshot);
    case 'executions': {
      const merged = mergeExecutions(account.executions?.value, snapshot.executions);
      const value = withoutOldExecutions(merged, from.receivedAt);
      return { ...account, executions: { value, from, receivedAt: from.receivedAt } };
    }
    case 'activities': {
      const merged = mergeActivities(account.activities?.value, snapshot.activities);
      const value = withoutOldActivities(merged, from.receivedAt);
      return { ...account, activities: { value, from, receivedAt: from.receivedAt } };
    }
  }
}

/** Rows before the first complete image are held back: half a portfolio must not look like a whole one. */
function applyUpsert(account: AccountState, update: Upsert): AccountState {
  switch (update.of) {
    case 'balances': {
      const balances = changedPart(account.balances, update, (before) => sameOr(before, update.balances));
      return balances === account.balances ? account : { ...account, balances };
    }
    case 'positions':
      return upsertPositions(account, update);
    case 'orders': {
      const orders = changedPart(account.orders, update, (before) => mergeOrders(before, update.orders));
      return orders === account.orders ? account : { ...account, orders };
    }
    case 'executions': {
      const executions = changedPart(account.executions, update, (before) =>
        mergeExecutions(before, update.executions),
      );
      return executions === account.executions ? account : { ...account, executions };
    }
  }
}
