import type { Scenario } from '../scenario.js';
import { BUSY } from './busy.js';
import { CLOSING } from './closing.js';
import { KEYCHAIN } from './keychain.js';
import { MESSAGES_IN } from './messages-in.js';
import { MQTT } from './mqtt.js';
import { redScenario } from './red-scenario.js';
import { MAIL_OUTAGE } from './mail-outage.js';
import { REDEPLOYS } from './redeploys.js';

/** Everything that goes wrong in the Node-RED around the nodes. */
export const RED_SCENARIOS: readonly Scenario[] = [
  KEYCHAIN,
  ...[MQTT, MAIL_OUTAGE, REDEPLOYS, CLOSING, MESSAGES_IN, BUSY].map(redScenario),
];
