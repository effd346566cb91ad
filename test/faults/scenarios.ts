import { IB_FAULTS } from './ib/faults.js';
import { ibScenario } from './ib/ib-scenario.js';
import type { Scenario } from './scenario.js';
import { SCHWAB_FAULTS } from './schwab/faults.js';
import { schwabScenario } from './schwab/schwab-scenario.js';

/** Every scenario there is. */
export const SCENARIOS: readonly Scenario[] = [
  ...IB_FAULTS.map(ibScenario),
  ...SCHWAB_FAULTS.map(schwabScenario),
];
