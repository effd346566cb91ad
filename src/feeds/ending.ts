import { z } from 'zod';
import { parseJson } from '../secrets/json.js';
import { textOf, withoutAmounts, type Flat, type Privacy } from './leaf.js';

const Payload = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
/** Of a position that is not held any more these are 0. */
const NOTHING_LEFT: ReadonlySet<string> = new Set([
  'quantity',
  'cost_basis',
  'market_value',
  'market_value_base',
  'portfolio_pct',
  'unrealized_pnl',
]);
/** And these are what they were. */
const OF_THE_INSTRUMENT: ReadonlySet<string> = new Set(['strike', 'multiplier']);
const TIMES: ReadonlySet<string> = new Set(['ts', 'ts_ms']);

/**
 * What a position says last, when it is not held any more: whoever keeps figures over time learns nothing from an empty
 * topic. `text` is what stood there, null = nothing can be made of it. `at` in ms since the epoch.
 */
export function endingOf(text: string, { at, privacy }: { at: number; privacy: Privacy }): string | null {
  const payload = Payload.safeParse(parseJson(text)).data;
  if (payload === undefined || !('quantity' in payload)) return null;
  const entries = Object.entries(payload).filter(([key]) => !TIMES.has(key));
  const flat: Flat = Object.fromEntries(entries.map(([key, value]) => [key, last(key, value)]));
  return textOf(privacy === 'relative' ? withoutAmounts(flat) : flat, at);
}

function last(key: string, value: string | number | boolean | null): string | number | boolean | null {
  if (key === 'stale') return false;
  if (NOTHING_LEFT.has(key)) return 0;
  return typeof value === 'number' && !OF_THE_INSTRUMENT.has(key) ? null : value;
}
