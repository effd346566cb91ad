import type { AccountState, Part, SyncState, Tracked } from './state.js';

type Entries<T> = Part<ReadonlyMap<string, Tracked<T>>> | null;

/**
 * The state with accounts that were remembered. What came from the broker since is newer and stays; but no version may
 * fall below a remembered one, or an event to come would get the id of one that was told long ago.
 */
export function restored(state: SyncState, remembered: readonly AccountState[]): SyncState {
  const accounts = new Map(state.accounts);
  for (const old of remembered) {
    const known = accounts.get(old.account.key);
    const isOlder = known === undefined || newestOf(known) < newestOf(old);
    accounts.set(old.account.key, isOlder ? old : withVersionsFrom(known, old));
  }
  return remembered.length === 0 ? state : { ...state, accounts };
}

function newestOf({ balances, executions, orders, positions }: AccountState): number {
  return Math.max(...[balances, executions, orders, positions].map((part) => part?.receivedAt ?? 0));
}

function withVersionsFrom(known: AccountState, old: AccountState): AccountState {
  return {
    ...known,
    positions: raised(known.positions, old.positions),
    orders: raised(known.orders, old.orders),
    closedVersions: closedIn(known, old),
  };
}

/** The versions of what is not held any more. */
function closedIn(known: AccountState, old: AccountState): ReadonlyMap<string, number> {
  const closed = new Map(known.closedVersions);
  const raise = (key: string, version: number): void =>
    void closed.set(key, Math.max(version, closed.get(key) ?? 0));
  for (const [key, version] of old.closedVersions) raise(key, version);
  for (const [key, { version }] of old.positions?.value ?? [])
    if (known.positions?.value.has(key) !== true) raise(key, version);
  return closed;
}

function raised<T>(known: Entries<T>, old: Entries<T>): Entries<T> {
  if (known === null || old === null) return known;
  const value = new Map(
    [...known.value].map(([key, entry]) => {
      const version = Math.max(entry.version, old.value.get(key)?.version ?? 0);
      return [key, version === entry.version ? entry : { ...entry, version }] as const;
    }),
  );
  return { ...known, value };
}
