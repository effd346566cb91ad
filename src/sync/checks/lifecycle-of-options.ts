import type { Residual } from './residuals.js';

const EPSILON = 1e-9;

/**
 * The residuals that the life of an option explains: one that has expired is gone without a fill, and one that is
 * exercised or assigned moves its underlying by as many units as it stands for. `at` in ms since the epoch.
 */
export function endsOfOptions(all: readonly Residual[], at: number): ReadonlySet<Residual> {
  const options = all.filter(isOption);
  const explained = new Set(options.filter((option) => hasExpired(option, at)));
  for (const stock of all.filter(
    ({ instrument: { assetClass } }) => assetClass === 'stock' || assetClass === 'etf',
  )) {
    const own = options.filter(({ instrument }) => instrument.underlying === stock.instrument.symbol);
    const ended = [own, ...own.map((option) => [option])].find(
      (group) =>
        group.length > 0 &&
        Math.abs(group.reduce((sum, option) => sum + deliveredBy(option), 0) - stock.amount) <= EPSILON,
    );
    for (const option of ended ?? []) explained.add(option);
    if (ended !== undefined) explained.add(stock);
  }
  return explained;
}

function isOption({ amount, before, instrument: { assetClass } }: Residual): boolean {
  const isTowardsNothing =
    Math.sign(amount) === -Math.sign(before) && Math.abs(amount) <= Math.abs(before) + EPSILON;
  return (assetClass === 'option' || assetClass === 'future_option') && isTowardsNothing;
}

/** Expired positions are taken out in the night after, in New York; its date is that of UTC or the day before. */
function hasExpired({ instrument: { expiry } }: Residual, at: number): boolean {
  return expiry !== null && expiry.length === 10 && expiry <= new Date(at).toISOString().slice(0, 10);
}

/** Units of the underlying that come in (> 0) or go out: a long call and a short put bring them. */
function deliveredBy({ amount, instrument: { multiplier, right } }: Residual): number {
  if (multiplier === null || right === null) return Number.NaN;
  return (right === 'call' ? -1 : 1) * amount * multiplier;
}
