import { CONNECTING } from './ib/connecting.js';
import { ROWS } from './ib/rows.js';
import { STREAM } from './ib/stream.js';
import { UPSTREAM } from './ib/upstream.js';
import type { Scenario } from './scenario.js';

/** Every scenario there is. */
export const SCENARIOS: readonly Scenario[] = [...CONNECTING, ...STREAM, ...ROWS, ...UPSTREAM].toSorted(
  (a, b) => a.number - b.number,
);
