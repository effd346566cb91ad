import type { BrokerUpdate, Snapshot, Upsert } from '../domain/update.js';
import { applyAccounts } from './accounts.js';
import { applyOrderSnapshot, mergeOrders } from './orders.js';
import { applyPositionSnapshot, refusalOf, removePositions, upsertPositions } from './positions.js';
import { mergeExecutions } from './executions.js';
import { withNotice, withoutNotices } from './notices.js';
import { changedPart, sameOr } from './part.js';
import type { AccountState, SyncState } from './state.js';

/**
 * The state after an update. The very same object comes back when the update brought no news, so callers
 * compare with `===`.
 */
export function reconcile(state: SyncState, update: BrokerUpdate): SyncState {
  switch (update.kind) {
    case 'accounts':
      return applyAccounts(state, update.accounts);
    case 'link':
      return state.link.state === update.state && state.link.reason === update.reason
        ? state
        : { ...state, link: update };
    case 'notice':
      return withNotice(state, update);
    case 'snapshot':
      return takeImage(state, update);
    case 'upsert':
      return withAccount(state, update.account, (account) => applyUpsert(account, update));
    case 'remove':
      return withAccount(state, update.account, (account) => removePositions(account, update));
  }
}

/** A refused image leaves the figures as they are, and a notice; one that is taken answers the notices of its kind. */
function takeImage(state: SyncState, snapshot: Snapshot): SyncState {
  const { account: key, of } = snapshot;
  const account = state.accounts.get(key);
  if (account === undefined) return state;
  const issue = of === 'positions' ? refusalOf(account, snapshot) : null;
  if (issue !== null) return withNotice(state, { kind: 'notice', of, account: key, issue });
  return withoutNotices(
    withAccount(state, key, (before) => applySnapshot(before, snapshot)),
    snapshot,
  );
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
      const value = mergeExecutions(account.executions?.value, snapshot.executions);
      return { ...account, executions: { value, from, receivedAt: from.receivedAt } };
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
