import type { Part } from '../state.js';
import { endsOfOptions } from './lifecycle-of-options.js';
import type { Baseline, Held, Suspicion, Watch } from './memory.js';
import { residuals, type Residual } from './residuals.js';
import type { Observation } from './suspicions.js';

export const UNEXPLAINED = 'unexplained';

/** Positions and fills come one after the other: before this nothing is compared with what was just touched. */
const GRACE_MS = 5_000;
/** So long a change is told that nothing explained: later it is known. */
const TOLD_FOR_MS = 60 * 60_000;

/** What has come of a comparison; null observations = there was none to make, and what was seen still stands. */
export interface Comparison {
  readonly watch: Watch;
  readonly observations: readonly Observation[] | null;
}

/**
 * Compares the positions with the fills when a complete list of fills came, once for each complete image of the
 * positions, and only when the list is the newer of the two.
 */
export function compareWithFills(
  watch: Watch,
  positions: Part<Held> | null,
  suspicions: ReadonlyMap<string, Suspicion>,
): Comparison {
  const nothing = { watch, observations: null };
  if (positions === null || positions.from.partial) return nothing;
  const { receivedAt } = positions.from;
  if (receivedAt > watch.at || (watch.comparedAt !== null && receivedAt <= watch.comparedAt)) return nothing;
  const compared = { ...watch, comparedAt: receivedAt };
  const now: Baseline = { positions: positions.value, fills: watch.fills, settled: new Map() };
  if (watch.baseline === null) {
    const isQuiet = [watch.fillsChangedAt, watch.quantitiesChangedAt].every(
      (at) => receivedAt - at >= GRACE_MS,
    );
    return { watch: isQuiet ? { ...compared, baseline: now } : compared, observations: [] };
  }
  const all = residuals(watch.baseline, now);
  const isDone = endsOfOptions(all, watch.at);
  const open = all.filter(
    (residual) =>
      !isDone.has(residual) && !isOldNews(suspicions.get(`${UNEXPLAINED}|${aboutOf(residual)}`), watch.at),
  );
  // As soon as nothing is open the comparison begins anew, and what was settled is part of what is held.
  if (open.length === 0) return { watch: { ...compared, baseline: now }, observations: [] };
  const settled = new Map(watch.baseline.settled);
  for (const residual of all)
    if (!open.includes(residual)) {
      const { key } = residual.instrument;
      settled.set(key, (settled.get(key) ?? 0) + residual.amount);
    }
  return {
    watch: { ...compared, baseline: { ...watch.baseline, settled } },
    observations: open.map(observation),
  };
}

function isOldNews(suspicion: Suspicion | undefined, at: number): boolean {
  return suspicion !== undefined && at - suspicion.since >= TOLD_FOR_MS;
}

/** Another amount is another matter, and begins anew. */
function aboutOf({ amount, instrument }: Residual): string {
  return `${instrument.key}|${figure(amount)}`;
}

function observation(residual: Residual): Observation {
  return {
    about: aboutOf(residual),
    issue: residual.filled === 0 ? withoutFill(residual) : otherThanFilled(residual),
  };
}

/** Most of these are the owner's own doing, or the issuer's: nobody is to be woken for them. */
function withoutFill({ after, before, instrument }: Residual): Observation['issue'] {
  const message = `${instrument.symbol} went from ${figure(before)} to ${figure(after)} without a fill: that is so after a transfer, a split, reinvested dividends or an assignment; if you know of none, look at the broker's statement.`;
  return { code: 'UNEXPLAINED_POSITION_CHANGE', severity: 'info', message };
}

function otherThanFilled({ after, before, filled, instrument }: Residual): Observation['issue'] {
  const message = `${instrument.symbol} went from ${figure(before)} to ${figure(after)}, yet its fills make ${figure(filled)}: compare position and trades with the broker's own page.`;
  return { code: 'UNEXPLAINED_POSITION_CHANGE', severity: 'warning', message };
}

function figure(quantity: number): string {
  return String(Number(quantity.toPrecision(12)));
}
