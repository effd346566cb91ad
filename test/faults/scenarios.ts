import { CLOCK } from './host/clock.js';
import { DISK } from './host/disk.js';
import { IB_FAULTS } from './ib/faults.js';
import { ibScenario } from './ib/ib-scenario.js';
import { ONE_CLIENT_ID } from './ib/one-client-id.js';
import { RED_SCENARIOS } from './node-red/red-scenarios.js';
import type { Scenario } from './scenario.js';
import { SCHWAB_FAULTS } from './schwab/faults.js';
import { schwabScenario } from './schwab/schwab-scenario.js';

/** Every scenario there is. */
export const SCENARIOS: readonly Scenario[] = [
  ...IB_FAULTS.map(ibScenario),
  ...SCHWAB_FAULTS.map(schwabScenario),
  ONE_CLIENT_ID,
  DISK,
  CLOCK,
  ...RED_SCENARIOS,
].toSorted((a, b) => a.number - b.number);
