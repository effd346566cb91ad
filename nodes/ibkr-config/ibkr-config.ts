import type { NodeAPI, NodeDef } from 'node-red';
import { createIbkrBroker } from '../../src/brokers/ibkr/index.js';
import { testGateway } from '../../src/brokers/ibkr/test-connection.js';
import { runBrokerConfigNode } from '../../src/node-red/broker-config-node.js';
import { guardedClock } from '../../src/node-red/guarded-clock.js';
import { parseIbkrConfig } from '../../src/node-red/editor-config.js';
import { registerTestRoute } from '../../src/node-red/ibkr-test-route.js';
import { accountKeys } from '../../src/node-red/installation.js';
import { saidInLog } from '../../src/node-red/said.js';
import type { Chance, Clock } from '../../src/ports.js';
import { systemChance, systemClock } from '../../src/runtime/system-clock.js';

export default function register(RED: NodeAPI): void {
  const clock = guardedClock(systemClock, saidInLog(RED).error);
  registerWith(RED, { clock, chance: systemChance });
}

/** Registers the connection to TWS or IB Gateway, and the route behind its "Test connection" button. */
export function registerWith(
  RED: NodeAPI,
  { clock, chance }: { readonly clock: Clock; readonly chance: Chance },
): void {
  const accountKey = accountKeys(RED.settings.userDir, saidInLog(RED).warn);

  RED.nodes.registerType('ibkr-config', function (config: NodeDef) {
    RED.nodes.createNode(this, config);
    const parsed = parseIbkrConfig(config);
    runBrokerConfigNode(this, {
      name: config.name,
      broker: parsed.ok ? createIbkrBroker(parsed.value, { clock, accountKey }) : { wrong: parsed.message },
      brokerName: 'ibkr',
      accountKey,
      clock,
      chance,
    });
  });

  registerTestRoute(RED, {
    clock,
    test: async (values, signal) => await testGateway(values, { clock, accountKey }, signal),
  });
}
