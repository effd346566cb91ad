import type { Position } from '../domain/position.js';
import type { Remove, Snapshot, Upsert } from '../domain/update.js';
import { grossGap, navGap, navTolerance } from './consistency.js';
import { positionChanged } from './material.js';
import { sameOr } from './part.js';
import type { AccountState, Tracked } from './state.js';

type Positions = ReadonlyMap<string, Tracked<Position>>;
type PositionSnapshot = Extract<Snapshot, { readonly of: 'positions' }>;

/** A position missing from this many complete snapshots in a row, none of them refused, is closed. */
const MISSING_UNTIL_CLOSED = 2;
/** Two images of one moment, such as that of a poll beside that of a refresh, are one witness. */
const MISSING_FOR_MS = 500;
/**
 * Where the balances cannot speak for what is missing, as some of the rest has no value yet: a gateway that has just
 * started may tell its positions bit by bit, and end its list before the last of them.
 */
const MISSING_UNVALUED_FOR_MS = 30_000;

/**
 * Takes a complete image of the positions that was not refused. Empty is not flat: a position that is missing
 * from it is closed only when the balances agree with its absence and contradict its presence, when it is
 * missing again in the next one, or when the image itself names it with quantity 0.
 */
export function applyPositionSnapshot(account: AccountState, snapshot: PositionSnapshot): AccountState {
  const before: Positions = account.positions?.value ?? new Map();
  const next = new Map<string, Tracked<Position>>();
  const zero = new Set<string>();
  for (const position of snapshot.positions) {
    if (position.quantity === 0) zero.add(position.key);
    else next.set(position.key, track(account, position));
  }
  const vanished = [...before].filter(([key]) => !next.has(key) && !zero.has(key));
  const proven = provenAbsent(account, snapshot, vanished);
  const closed = [...zero].filter((key) => before.has(key));
  const forMs = canJudge(account, snapshot.positions) ? MISSING_FOR_MS : MISSING_UNVALUED_FOR_MS;
  for (const [key, tracked] of vanished) {
    // Figures that the broker itself calls unfinished say nothing about what is not among them.
    const { partial, receivedAt } = snapshot.from;
    const after = partial ? tracked : missed(tracked, receivedAt);
    if (proven.has(key) || (!partial && isGone(after, receivedAt - forMs))) closed.push(key);
    else next.set(key, after);
  }
  const value = sameMap(before, next);
  const positions = { value, from: snapshot.from, receivedAt: snapshot.from.receivedAt };
  return { ...account, positions, closedVersions: buried(account, closed) };
}

function missed(tracked: Tracked<Position>, at: number): Tracked<Position> {
  return { ...tracked, missing: tracked.missing + 1, missingSince: tracked.missingSince ?? at };
}

function isGone({ missing, missingSince = Infinity }: Tracked<Position>, before: number): boolean {
  return missing >= MISSING_UNTIL_CLOSED && missingSince <= before;
}

function canJudge({ balances }: AccountState, positions: readonly Position[]): boolean {
  return balances !== null && [navGap, grossGap].some((gapOf) => gapOf(balances.value, positions) !== null);
}

/** Rows between snapshots. */
export function upsertPositions(
  account: AccountState,
  update: Extract<Upsert, { readonly of: 'positions' }>,
): AccountState {
  const part = account.positions;
  if (part === null) return account;
  let next: Map<string, Tracked<Position>> | null = null;
  for (const position of update.positions) {
    if (position.quantity === 0) continue;
    const before = (next ?? part.value).get(position.key);
    const after = track(account, position);
    if (after === before) continue;
    next ??= new Map(part.value);
    next.set(position.key, after);
  }
  const changed =
    next === null
      ? account
      : { ...account, positions: { ...part, value: next, receivedAt: update.receivedAt } };
  const zero = update.positions.filter(({ quantity }) => quantity === 0).map(({ key }) => key);
  return removePositions(changed, { keys: zero, receivedAt: update.receivedAt });
}

/** Rows by which the broker itself says that a position is gone. */
export function removePositions(
  account: AccountState,
  update: Pick<Remove, 'keys' | 'receivedAt'>,
): AccountState {
  const part = account.positions;
  const closed = update.keys.filter((key) => part?.value.has(key) === true);
  if (part === null || closed.length === 0) return account;
  const value = new Map(part.value);
  for (const key of closed) value.delete(key);
  return {
    ...account,
    positions: { ...part, value, receivedAt: update.receivedAt },
    closedVersions: buried(account, closed),
  };
}

function track(account: AccountState, position: Position): Tracked<Position> {
  const before = account.positions?.value.get(position.key);
  if (before === undefined) {
    return { value: position, version: (account.closedVersions.get(position.key) ?? 0) + 1, missing: 0 };
  }
  const value = sameOr(before.value, position);
  if (value === before.value && before.missing === 0) return before;
  return { value, version: before.version + (positionChanged(before.value, value) ? 1 : 0), missing: 0 };
}

/**
 * Keys of what is gone beyond doubt: net liquidation, or the value of all positions, adds up without them, not with
 * them, and not with this one alone either, so that a large position that was sold does not vouch for a small one that
 * was not sent.
 */
function provenAbsent(
  account: AccountState,
  { from, positions }: PositionSnapshot,
  vanished: readonly (readonly [string, Tracked<Position>])[],
): ReadonlySet<string> {
  if (account.balances === null || account.balances.from.partial || from.partial) return new Set();
  const balances = account.balances.value;
  const tolerance = navTolerance(balances);
  const provenBy = (gapOf: typeof navGap): readonly string[] => {
    const without = gapOf(balances, positions);
    if (without === null || Math.abs(without) > tolerance) return [];
    const contradicts = (present: readonly Position[]): boolean => {
      const gap = gapOf(balances, [...positions, ...present]);
      return gap !== null && Math.abs(gap) > tolerance;
    };
    if (!contradicts(vanished.map(([, { value }]) => value))) return [];
    return vanished.filter(([, { value }]) => contradicts([value])).map(([key]) => key);
  };
  return new Set([navGap, grossGap].flatMap(provenBy));
}

function buried(account: AccountState, closed: readonly string[]): ReadonlyMap<string, number> {
  if (closed.length === 0) return account.closedVersions;
  const versions = new Map(account.closedVersions);
  for (const key of closed) versions.set(key, account.positions?.value.get(key)?.version ?? 0);
  return versions;
}

function sameMap(before: Positions, after: Positions): Positions {
  return before.size === after.size && [...after].every(([key, tracked]) => before.get(key) === tracked)
    ? before
    : after;
}
