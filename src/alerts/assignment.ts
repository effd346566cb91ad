import type { Instrument } from '../domain/instrument.js';
import type { Happening } from './happenings.js';
import type { Sample } from './sample.js';
import type { EngineState, Move } from './schema/state.js';

/** Fills and positions come one after the other: so long a move waits for the fill that would explain it. */
const SETTLED_AFTER_MS = 60_000;
const FORGOTTEN_AFTER_MS = 15 * 60_000;
const EPSILON = 1e-9;

/** Moves and fills of the last minutes. */
export type Moves = Pick<EngineState, 'fills' | 'moves'>;

/** Remembers what moved and what was filled. */
export function withMoves(known: Moves, sample: Sample): Moves {
  if (sample.of === 'executions') {
    const { key: account } = sample.account;
    const fills = sample.changes.map(({ after }) => ({ account, key: after.instrument.key, at: sample.at }));
    return fills.length === 0 ? known : { ...known, fills: [...known.fills, ...fills] };
  }
  if (sample.of !== 'positions' || sample.changes.length === 0) return known;
  const moves = sample.changes.flatMap(({ after, before, eventId }) => {
    const { instrument } = after ?? before;
    const change = (after?.quantity ?? 0) - (before?.quantity ?? 0);
    const wasOption = before !== null && Math.abs(after?.quantity ?? 0) < Math.abs(before.quantity);
    const own = moveOf(instrument, { change, isTowardsNothing: wasOption });
    return own === null ? [] : [{ ...own, account: sample.account.key, eventId, at: sample.at }];
  });
  return { ...known, moves: [...known.moves, ...moves] };
}

function moveOf(
  { assetClass, key, multiplier, right, symbol, underlying }: Instrument,
  { change, isTowardsNothing }: { readonly change: number; readonly isTowardsNothing: boolean },
): Pick<Move, 'key' | 'symbol' | 'underlying' | 'units'> | null {
  if (change === 0) return null;
  if (assetClass === 'stock' || assetClass === 'etf') return { key, symbol, underlying: null, units: change };
  const isComplete = underlying !== null && multiplier !== null && right !== null;
  if (assetClass !== 'option' || !isTowardsNothing || !isComplete) return null;
  // A long call and a short put bring the underlying in when they end.
  return { key, symbol, underlying, units: (right === 'call' ? -1 : 1) * change * multiplier };
}

/**
 * Options that ended while as much of their underlying moved as they stand for, and no fill says that they were traded:
 * they were assigned or exercised. Neither broker's live feed says so itself.
 */
export function assignments(
  { fills, moves }: Moves,
  at: number,
): {
  readonly rest: Moves;
  readonly found: readonly { readonly account: string; readonly happening: Happening }[];
} {
  const settled = moves.filter((move) => move.underlying !== null && at - move.at >= SETTLED_AFTER_MS);
  const isFilled = ({ account, key }: Move): boolean =>
    fills.some((fill) => fill.account === account && fill.key === key);
  const pairs = settled.flatMap((option) => {
    const stock = isFilled(option) ? undefined : moves.find((move) => isDelivery(option, move, settled));
    return stock === undefined ? [] : [{ option, stock }];
  });
  const done = new Set(pairs.map(({ option }) => option));
  return {
    found: pairs.map(({ option, stock }) => ({
      account: option.account,
      happening: happening(option, stock),
    })),
    rest: {
      moves: moves.filter((move) => !done.has(move) && at - move.at < FORGOTTEN_AFTER_MS),
      fills: fills.filter((fill) => at - fill.at < FORGOTTEN_AFTER_MS),
    },
  };
}

/** One option alone, or all of the underlying together, account for the whole move. */
function isDelivery(option: Move, stock: Move, options: readonly Move[]): boolean {
  if (stock.underlying !== null || stock.account !== option.account || stock.symbol !== option.underlying)
    return false;
  const together = options
    .filter(({ account, underlying }) => account === option.account && underlying === option.underlying)
    .reduce((sum, { units }) => sum + units, 0);
  return [option.units, together].some((units) => Math.abs(units - stock.units) <= EPSILON);
}

function happening(option: Move, stock: Move): Happening {
  return {
    metric: 'assignment',
    operator: 'event',
    words: [],
    eventId: `assignment|${option.eventId}`,
    happenedAt: option.at,
    instrument: null,
    text: `${option.symbol} ended and ${stock.units > 0 ? 'brought' : 'took'} ${Math.abs(stock.units)} ${stock.symbol}, without a fill: an assignment or an exercise`,
    value: stock.units,
  };
}
