import type { Scenario } from '../scenario.js';
import { MESSAGES_IN } from './messages-in.js';
import { redScenario } from './red-scenario.js';

/** Everything that goes wrong in the Node-RED around the nodes. */
export const RED_SCENARIOS: readonly Scenario[] = [MESSAGES_IN].map(redScenario);
