import type { AccountState, Part, SyncState, Tracked } from './state.js';

type Entries<T> = Part<ReadonlyMap<string, Tracked<T>>> | null;

/**
 * The state with accounts that were remembered. What came from the broker since is newer and stays; but no version may
 * fall below a remembered one, or an event to come would get the id of one that was told long ago.
 */
export function restored(state: SyncState, remembered: readonly AccountState[]): SyncState {
  let accounts = state.accounts;
  for (const old of remembered) {
    const known = accounts.get(old.account.key);
    const isOlder = known === undefined || newestOf(known) < newestOf(old);
    const now = isOlder ? old : withVersionsFrom(known, old);
    if (now !== known) accounts = new Map(accounts).set(old.account.key, now);
  }
  return accounts === state.accounts ? state : { ...state, accounts };
}

function newestOf({ balances, executions, orders, positions }: AccountState): number {
  return Math.max(...[balances, executions, orders, positions].map((part) => part?.receivedAt ?? 0));
}

/** The very same account where no version is to be raised, so that nobody takes it for news. */
function withVersionsFrom(known: AccountState, old: AccountState): AccountState {
  const positions = raised(known.positions, old.positions);
  const orders = raised(known.orders, old.orders);
  const closedVersions = closedIn(known, old);
  const isSame =
    positions === known.positions && orders === known.orders && closedVersions === known.closedVersions;
  return isSame ? known : { ...known, positions, orders, closedVersions };
}

/** The versions of what is not held any more. */
function closedIn(known: AccountState, old: AccountState): ReadonlyMap<string, number> {
  const closed = new Map(known.closedVersions);
  const gone = [...(old.positions?.value ?? [])].filter(([key]) => known.positions?.value.has(key) !== true);
  const versions = [...old.closedVersions, ...gone.map(([name, { version }]) => [name, version] as const)];
  for (const [name, version] of versions) closed.set(name, Math.max(version, closed.get(name) ?? 0));
  const isSame = [...closed].every(([name, version]) => known.closedVersions.get(name) === version);
  return isSame ? known.closedVersions : closed;
}

function raised<T>(known: Entries<T>, old: Entries<T>): Entries<T> {
  if (known === null || old === null) return known;
  const isLow = (key: string, { version }: Tracked<T>): boolean =>
    version < (old.value.get(key)?.version ?? 0);
  if (![...known.value].some(([key, entry]) => isLow(key, entry))) return known;
  const value = [...known.value].map(
    ([key, entry]) =>
      [key, isLow(key, entry) ? { ...entry, version: old.value.get(key)?.version ?? 0 } : entry] as const,
  );
  return { ...known, value: new Map(value) };
}
