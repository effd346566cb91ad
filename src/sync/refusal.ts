import type { Balances } from '../domain/balances.js';
import type { Issue } from '../domain/issue.js';
import type { Position } from '../domain/position.js';
import type { Snapshot } from '../domain/update.js';
import { grossGap, navGap, navTolerance } from './consistency.js';
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
        suspectMissing(account, snapshot.positions))
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

/**
 * Most positions are missing, while the balances fit all of them: that is as suspect as none at all. What is missing
 * singly is closed when it is missing twice.
 */
function suspectMissing(
  { balances, positions: known }: AccountState,
  positions: readonly Position[],
): Issue | null {
  if (known === null || balances === null || balances.from.partial) return null;
  const present = new Set(positions.map(({ key }) => key));
  const missing = [...known.value.values()].flatMap(({ value }) => (present.has(value.key) ? [] : [value]));
  if (missing.length < 2 || missing.length * 2 <= known.value.size) return null;
  const tolerance = navTolerance(balances.value);
  const isContradicted = [navGap, grossGap].some((gapOf) => {
    const without = gapOf(balances.value, positions);
    const having = gapOf(balances.value, [...positions, ...missing]);
    if (without === null || having === null || Math.abs(without) <= tolerance) return false;
    return Math.abs(having) <= Math.max(tolerance, STILL_FITS * Math.abs(without));
  });
  if (!isContradicted) return null;
  const names = missing.slice(0, 3).map(({ instrument }) => instrument.symbol);
  const more = missing.length > names.length ? ` and ${missing.length - names.length} more` : '';
  const message = `The broker left out ${names.join(', ')}${more}, yet its balances count them; the last positions are kept.`;
  return { code: 'SUSPECT_EMPTY', severity: 'error', message };
}
