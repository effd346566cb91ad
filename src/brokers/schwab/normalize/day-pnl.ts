import { cleanMoney } from '../../../domain/clean-number.js';
import type { SchwabPosition } from '../schema/account.js';

/** Money that was traded back and forth on a day is seldom more of a position than this. */
const ROUND_TRIP_SHARE = 0.2;

/**
 * What a position earned today, dollars.
 *
 * Schwab's own figure is market value − quantity at the last close × closing price − cost of today's trades. After
 * its session has rolled over, the quantity is already counted as held at the close while the cost is still
 * subtracted: a purchase of 39,191.67 that lost 270.48 was shown as −39,462.15. The cost is added back where the
 * whole quantity counts as held before and the cost is no mere gain of a round trip, or where the change of price
 * says so. A figure that can be neither trusted nor mended is not known: a loss alert must not come of it.
 */
export function dayPnl(
  row: SchwabPosition,
  { quantity, multiplier }: { readonly quantity: number; readonly multiplier: number | null },
): number | null {
  const raw = cleanMoney(row.currentDayProfitLoss);
  const cost = row.currentDayCost;
  if (raw === null || cost === 0) return raw;
  const before = quantity < 0 ? row.previousSessionShortQuantity : row.previousSessionLongQuantity;
  if (before !== null && before !== Math.abs(quantity)) return raw;
  // Only funds come without a cost, which are not traded during the day.
  if (cost === null) return row.instrument.assetType === 'MUTUAL_FUND' ? raw : null;
  const mended = cleanMoney(raw + cost);
  const byPrice = priceMove(row, quantity, multiplier);
  if (before !== null && Math.abs(cost) > ROUND_TRIP_SHARE * Math.abs(row.marketValue ?? Infinity))
    return mended;
  // Also where Schwab left the quantity of the last session out, only the change of price can tell.
  if (byPrice === null || mended === null) return null;
  return Math.abs(mended - byPrice) < Math.abs(raw - byPrice) ? mended : raw;
}

/** What the change of the last price since the close makes of the whole quantity. */
function priceMove(
  { instrument: { netChange } }: SchwabPosition,
  quantity: number,
  multiplier: number | null,
): number | null {
  return netChange === null || multiplier === null ? null : quantity * multiplier * netChange;
}
