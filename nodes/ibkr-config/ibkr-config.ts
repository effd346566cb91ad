import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createIbkrBroker } from '../../src/brokers/ibkr/index.js';
import { testGateway } from '../../src/brokers/ibkr/test-connection.js';
import { sentenceOf } from '../../src/errors.js';
import { runBrokerConfigNode } from '../../src/node-red/broker-config-node.js';
import { BrokerSecrets } from '../../src/node-red/broker-secrets.js';
import { definitionId } from '../../src/node-red/definition-id.js';
import { parseIbkrConfig } from '../../src/node-red/editor-config.js';
import { registerTestRoute } from '../../src/node-red/ibkr-test-route.js';
import { accountKeys } from '../../src/node-red/installation.js';
import { saidByNode, saidInLog } from '../../src/node-red/said.js';
import { systemSurroundings, type Surroundings } from '../../src/node-red/surroundings.js';

interface Credentials {
  readonly flexToken?: string;
}

const BROKER = 'ibkr';
const SERVICE = 'TradingHelperBot_IBKR';
const NAMES = ['flexToken'];

export default function register(RED: NodeAPI): void {
  registerWith(RED, systemSurroundings(RED));
}

/** Registers the connection to TWS or IB Gateway, and the route behind its "Test connection" button. */
export function registerWith(RED: NodeAPI, { chance, clock, keychain }: Surroundings): void {
  const accountKey = accountKeys(RED.settings.userDir, saidInLog(RED).warn);
  const secrets = new BrokerSecrets(RED, { clock, keychain, broker: BROKER, service: SERVICE, names: NAMES });

  RED.nodes.registerType<Node<Credentials>, NodeDef, object, Credentials>(
    'ibkr-config',
    function (config) {
      RED.nodes.createNode(this, config);
      const parsed = parseIbkrConfig(config);
      // A flow that was written by hand may have no name in it.
      const name = parsed.ok ? parsed.value.name : '';
      const own = { name, brokerName: BROKER, accountKey, clock, chance } as const;
      if (!parsed.ok) return runBrokerConfigNode(this, { ...own, broker: { wrong: parsed.message } });
      const { secretStore } = parsed.value;
      const id = definitionId(this.id, config);
      secrets.places.choose(id, secretStore);
      const watch = secrets.watch(id, secretStore);
      const broker = createIbkrBroker(parsed.value, { clock, accountKey });
      runBrokerConfigNode(this, { ...own, broker, secrets: { watch, onChange: null } });
      watch.look().catch((error: unknown) => saidByNode(this).error(sentenceOf(error)));
      this.on('close', (removed: boolean, done: () => void) => {
        if (!removed) return done();
        secrets.removeUnlessDisabled(id).then(done, done);
      });
    },
    { credentials: { flexToken: { type: 'password' } } },
  );

  registerTestRoute(RED, {
    clock,
    test: async (values, signal) => await testGateway(values, { clock, accountKey }, signal),
  });
}
