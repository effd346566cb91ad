import type { AssetClass } from '../../domain/instrument.js';
import { marketSession } from '../../domain/market-hours.js';
import type { Position } from '../../domain/position.js';
import type { AccountState } from '../state.js';
import type { Still } from './memory.js';
import type { Observation } from './suspicions.js';

/** Regular hours without any movement, and so many complete images in them, are no quiet market. */
const FROZEN_MS = 30 * 60_000;
const FEWEST_IMAGES = 4;
/** Funds are priced once a day, bonds now and then. */
const ALWAYS_MOVING: ReadonlySet<AssetClass> = new Set(['stock', 'etf', 'option', 'future', 'future_option']);
/** What costs less may rest for an hour: a cent is much of it. Dollars. */
const LOWEST_PRICE = 1;

/**
 * For how long nothing has moved in regular hours; null = something has, or nothing has to. `at` = when the image
 * came, ms since the epoch.
 */
export function stillness(before: Still | null, state: AccountState, at: number): Still | null {
  const { balances, positions } = state;
  if (balances === null || positions === null || marketSession(at) !== 'regular') return null;
  if (![...positions.value.values()].some(({ value }) => mustMove(value))) return null;
  const now = { balances: balances.value, positions: positions.value };
  // The very same objects stay in the state while an image says the same.
  const isSame =
    before !== null &&
    before.balances === now.balances &&
    before.positions === now.positions &&
    at >= before.at &&
    at - before.at <= FROZEN_MS;
  if (!isSame) return { ...now, since: at, at, images: 1 };
  return { ...before, at, images: before.images + (before.at === at ? 0 : 1) };
}

/** Images that do not change although the market is open: somebody repeats an old answer. */
export function frozenFeed(still: Still | null): readonly Observation[] {
  if (still === null || still.images < FEWEST_IMAGES || still.at - still.since < FROZEN_MS) return [];
  const minutes = Math.round((still.at - still.since) / 60_000);
  const message = `No price and no balance has moved for ${minutes} minutes, in ${still.images} images, although the US market is open: the feed may be frozen, so compare a price with another source, and restart TWS, the gateway or the connection if it is.`;
  return [{ about: '', issue: { code: 'FROZEN_FEED', severity: 'warning', message } }];
}

function mustMove({ currency, instrument, marketPrice }: Position): boolean {
  return (
    currency === 'USD' &&
    ALWAYS_MOVING.has(instrument.assetClass) &&
    marketPrice !== null &&
    marketPrice >= LOWEST_PRICE
  );
}
