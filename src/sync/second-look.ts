import { refusalNotice } from './notices.js';
import type { SyncState } from './state.js';

/** Whether something vanished from the last snapshot, or a snapshot was refused: ask again soon. */
export function needsSecondLook(state: SyncState): boolean {
  for (const [key, { positions, orders }] of state.accounts) {
    for (const kind of ['balances', 'positions'] as const)
      if (refusalNotice(state, { account: key, of: kind }) !== null) return true;
    for (const { missing } of positions?.value.values() ?? []) if (missing > 0) return true;
    for (const { missing, value } of orders?.value.values() ?? [])
      if (missing > 0 && value.isOpen) return true;
  }
  return false;
}

/** Whether the broker itself says of an account that its figures are not ready. */
export function isUnready(state: SyncState): boolean {
  return [...state.accounts].some(([key, { balances, present }]) => {
    if (!present) return false;
    const refusal = refusalNotice(state, { account: key, of: 'balances' });
    return balances?.from.partial === true || refusal?.issue.code === 'ACCOUNT_RESETTING';
  });
}
