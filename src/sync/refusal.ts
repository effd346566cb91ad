import type { Balances } from '../domain/balances.js';
import type { Issue } from '../domain/issue.js';
import type { Position } from '../domain/position.js';
import type { Snapshot } from '../domain/update.js';
import { grossGap, grossShare, navGap, navShare, navTolerance } from './consistency.js';
import type { AccountState } from './state.js';

/**
 * Why a complete image is not taken, though its end marker came; null = it is. What was known is kept then, and
 * no longer counts as live.
 */
export function refusalOf(account: AccountState, snapshot: Snapshot): Issue | null {
  // While IBKR resets an account it sends zeros and half portfolios, for up to half an hour.
  const [resetting] = snapshot.from.issues.filter(({ code }) => code === 'ACCOUNT_RESETTING');
  if (resetting !== undefined && account[snapshot.of] !== null) return resetting;
  return snapshot.of === 'positions'
    ? (duplicates(snapshot.positions) ??
        suspectEmpty(account, snapshot.positions) ??
        suspectMissing(account, snapshot))
    : null;
}

function duplicates(positions: readonly Position[]): Issue | null {
  if (new Set(positions.map(({ key }) => key)).size === positions.length) return null;
  const message = 'A position came twice in one download; the download was not used.';
  return { code: 'DUPLICATE_KEY', severity: 'error', message };
}

/** No position at all, while the balances say that there are some. */
function suspectEmpty({ balances }: AccountState, positions: readonly Position[]): Issue | null {
  if (positions.length > 0 || balances === null || balances.from.partial) return null;
  return contradictedByGross(balances.value) ?? contradictedByNet(balances.value);
}

/** Long and short may cancel out in net liquidation, and in nothing else. */
function contradictedByGross(balances: Balances): Issue | null {
  const gross = balances.grossPositionValue;
  if (gross === null || gross <= navTolerance(balances)) return null;
  const message = `The broker sent no position, yet values all of them at ${gross.toFixed(2)}; the last positions are kept.`;
  return { code: 'SUSPECT_EMPTY', severity: 'error', message };
}

function contradictedByNet(balances: Balances): Issue | null {
  const gap = navGap(balances, []);
  if (gap === null) return null;
  const tolerance = navTolerance(balances);
  // Money funds are cash to some accounts and positions to others: either reading may explain the gap.
  const explained = [gap, gap - (balances.moneyMarket ?? 0)].some((rest) => Math.abs(rest) <= tolerance);
  if (explained) return null;
  const message = `The broker sent no position, yet net liquidation and cash differ by ${gap.toFixed(2)}; the last positions are kept.`;
  return { code: 'SUSPECT_EMPTY', severity: 'error', message };
}

/** Prices have moved since the missing ones were valued: with them the figures need not fit to the cent. */
const STILL_FITS = 0.25;
/** After so long the last values say too little, and a broker that keeps to its word is believed. */
const REMEMBERED_MS = 15 * 60_000;
/** More than these are held against the balances one by one and all together, not in every combination. */
const MOST_COMBINED = 10;

/** Some positions are missing, while the balances fit only with them. */
function suspectMissing(
  { balances, positions: known }: AccountState,
  { from, positions: told }: Extract<Snapshot, { readonly of: 'positions' }>,
): Issue | null {
  if (known === null || balances === null || balances.from.partial) return null;
  if (from.receivedAt - known.from.receivedAt > REMEMBERED_MS) return null;
  const present = new Set(told.map(({ key }) => key));
  const missing = [...known.value.values()].flatMap(({ value }) => (present.has(value.key) ? [] : [value]));
  if (missing.length === 0) return null;
  const positions = told.map((position) => valuedLike(known.value.get(position.key)?.value, position));
  const counted = countedBy(balances.value, { positions, missing });
  if (counted.length === 0) return null;
  const names = counted.slice(0, 3).map(({ instrument }) => instrument.symbol);
  const more = counted.length > names.length ? ` and ${counted.length - names.length} more` : '';
  const message = `The broker left out ${names.join(', ')}${more}, yet its balances count them; the last positions are kept.`;
  return { code: 'SUSPECT_EMPTY', severity: 'error', message };
}

/** Rows without a value come when a gateway has only begun to tell: what is held of them was worth something before. */
function valuedLike(before: Position | undefined, position: Position): Position {
  if (position.marketValueBase !== null || before?.quantity !== position.quantity) return position;
  return { ...position, marketValueBase: before.marketValueBase };
}

interface Left {
  readonly positions: readonly Position[];
  readonly missing: readonly Position[];
}

/**
 * Of the missing positions those that the balances still count; empty = they fit without any, or nobody can tell. The
 * value of all positions is asked first: net liquidation holds much else, and long and short cancel out in it.
 */
function countedBy(balances: Balances, { missing, positions }: Left): readonly Position[] {
  const tolerance = navTolerance(balances);
  for (const [gapOf, shareOf] of [
    [grossGap, grossShare],
    [navGap, navShare],
  ] as const) {
    const without = gapOf(balances, positions);
    if (without === null) continue;
    if (Math.abs(without) <= tolerance) return [];
    const shares = missing.flatMap((position) => {
      const share = shareOf(position);
      return share === null || share === 0 ? [] : [{ position, share }];
    });
    const best = nearest(without, shares);
    return best.rest <= Math.max(tolerance, STILL_FITS * Math.abs(without)) ? best.positions : [];
  }
  return [];
}

interface Share {
  readonly position: Position;
  readonly share: number;
}

/** Of the shares those that come nearest to the gap together, and what of it is left then. */
function nearest(gap: number, shares: readonly Share[]) {
  const restOf = (some: readonly Share[]): number =>
    Math.abs(gap - some.reduce((sum, { share }) => sum + share, 0));
  let best: readonly Share[] = [];
  for (const some of combinations(shares)) if (best.length === 0 || restOf(some) < restOf(best)) best = some;
  return {
    positions: best.map(({ position }) => position),
    rest: best.length === 0 ? Infinity : restOf(best),
  };
}

/** All of them together comes first: where several come as near, it is the likeliest. */
function* combinations(shares: readonly Share[]): Generator<readonly Share[]> {
  if (shares.length > MOST_COMBINED) {
    yield shares;
    for (const one of shares) yield [one];
    return;
  }
  for (let chosen = 2 ** shares.length - 1; chosen > 0; chosen -= 1)
    yield shares.filter((_, index) => (chosen >> index) % 2 === 1);
}
