import { ANSWERS } from './answers.js';
import { LOGIN } from './login.js';
import { OUTAGES } from './outages.js';
import type { SchwabFault } from './schwab-scenario.js';

/** Everything that goes wrong between Schwab and its client. */
export const SCHWAB_FAULTS: readonly SchwabFault[] = [...LOGIN, ...OUTAGES, ...ANSWERS].toSorted(
  (a, b) => a.number - b.number,
);
