import type { Order } from '../domain/order.js';
import type { Position } from '../domain/position.js';
import { orderChanged, positionChanged } from './material.js';
import type { AccountState, Part, SyncState, Tracked } from './state.js';

type Entries<T> = Part<ReadonlyMap<string, Tracked<T>>> | null;

/**
 * The state with accounts that were told by another process, or by another way to the same broker. What came from the
 * broker since is newer and stays; but no version may fall below a told one, or an event to come would get the id of
 * one that was told long ago. For the same reason no execution and no activity that was told is forgotten.
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

function newestOf({ activities, balances, executions, orders, positions }: AccountState): number {
  return Math.max(
    ...[activities, balances, executions, orders, positions].map((part) => part?.receivedAt ?? 0),
  );
}

/** The very same account where no version is to be raised, so that nobody takes it for news. */
function withVersionsFrom(known: AccountState, old: AccountState): AccountState {
  const { closedVersions: closed } = old;
  const positions = raised<Position>(known.positions, { part: old.positions, closed }, positionChanged);
  const orders = raised<Order>(known.orders, { part: old.orders, closed: NOTHING_CLOSED }, orderChanged);
  const executions = withAll(known.executions, old.executions);
  const activities = withAll(known.activities, old.activities);
  const closedVersions = closedIn(known, old);
  const isSame =
    positions === known.positions &&
    orders === known.orders &&
    executions === known.executions &&
    activities === known.activities &&
    closedVersions === known.closedVersions;
  return isSame ? known : { ...known, positions, orders, executions, activities, closedVersions };
}

type Events<T> = Part<ReadonlyMap<string, T>> | null;

function withAll<T>(known: Events<T>, old: Events<T>): Events<T> {
  if (known === null || old === null) return known;
  const forgotten = [...old.value].filter(([id]) => !known.value.has(id));
  return forgotten.length === 0 ? known : { ...known, value: new Map([...forgotten, ...known.value]) };
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

interface Told<T> {
  readonly part: Entries<T>;
  /** key → version when it was closed: what is held again has a later one, as in a state that saw the end of it */
  readonly closed: ReadonlyMap<string, number>;
}

const NOTHING_CLOSED: ReadonlyMap<string, number> = new Map();

/** What is another thing than was told has a version of its own: two ways to one broker count each for itself. */
function raised<T>(known: Entries<T>, old: Told<T>, isOther: (before: T, after: T) => boolean): Entries<T> {
  if (known === null) return known;
  const lowest = (key: string, { value, version }: Tracked<T>): number => {
    const told = old.part?.value.get(key);
    if (told === undefined) return Math.max(version, (old.closed.get(key) ?? 0) + 1);
    return Math.max(version, told.version + (isOther(told.value, value) ? 1 : 0));
  };
  if (![...known.value].some(([key, entry]) => lowest(key, entry) > entry.version)) return known;
  const value = [...known.value].map(([key, entry]) => {
    const version = lowest(key, entry);
    return [key, version === entry.version ? entry : { ...entry, version }] as const;
  });
  return { ...known, value: new Map(value) };
}
