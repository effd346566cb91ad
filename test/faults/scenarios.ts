import { CONNECTING } from './ib/connecting.js';
import type { Scenario } from './scenario.js';

/** Every scenario there is. */
export const SCENARIOS: readonly Scenario[] = [...CONNECTING];
