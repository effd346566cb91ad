import { UNSET_DOUBLE, type Fields } from '../fields.js';
import type { BehaviourFactory } from './behaviour.js';

/** AccountReady=false and zeros, as during a server reset. */
export const notReady: BehaviourFactory = () => ({ accountsNotReady: true });

/** message id → places of figures that may be unknown */
const FIGURES: Readonly<Record<string, readonly number[]>> = {
  7: [14, 15, 16, 17, 18],
  61: [15],
  71: [16],
  94: [2, 3, 4],
  95: [3, 4, 5, 6],
};

const unset = (frame: Fields): Fields =>
  (FIGURES[frame[0] ?? ''] ?? []).reduce((now, place) => now.with(place, UNSET_DOUBLE), frame);

/** Prices, values, costs and P&L all unknown; quantities stay. */
export const unsetNumbers: BehaviourFactory = () => ({ onFrame: (frame) => [unset(frame)] });
