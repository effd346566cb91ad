import { CONNECTING } from './connecting.js';
import type { IbFault } from './ib-scenario.js';
import { ROWS } from './rows.js';
import { STREAM } from './stream.js';
import { UPSTREAM } from './upstream.js';

/** Everything that goes wrong between TWS and its client. */
export const IB_FAULTS: readonly IbFault[] = [...CONNECTING, ...STREAM, ...ROWS, ...UPSTREAM].toSorted(
  (a, b) => a.number - b.number,
);
