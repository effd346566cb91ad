import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createIbkrBroker, type IbkrDependencies } from '../../src/brokers/ibkr/index.js';
import { testGateway } from '../../src/brokers/ibkr/test-connection.js';
import { sentenceOf } from '../../src/errors.js';
import { runBrokerConfigNode, type StandbyBroker } from '../../src/node-red/broker-config-node.js';
import { BrokerSecrets } from '../../src/node-red/broker-secrets.js';
import { definitionId } from '../../src/node-red/definition-id.js';
import { registerDiagnosticsRoute } from '../../src/node-red/diagnostics-route.js';
import { parseIbkrConfig, type IbkrConfig } from '../../src/node-red/editor-config.js';
import { registerTestRoute } from '../../src/node-red/ibkr-test-route.js';
import { accountKeys } from '../../src/node-red/installation.js';
import { saidByNode, saidInLog } from '../../src/node-red/said.js';
import { secondGateway } from '../../src/node-red/second-gateway.js';
import { systemSurroundings, type Surroundings } from '../../src/node-red/surroundings.js';

interface Credentials {
  readonly flexToken?: string;
}

const BROKER = 'ibkr';
const SERVICE = 'TradingHelperBot_IBKR';
const NAMES = ['flexToken'];

/** The second gateway is asked when the first has had no figures for so long: most restarts are over by then. */
const SECOND_GATEWAY_AFTER_MS = 15_000;
/** Should both addresses lead to one gateway, it must not take the second connection for the first. */
const SECOND_CLIENT_ID = 500;

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
      const own = { name: config.name, brokerName: BROKER, accountKey, clock, chance } as const;
      const parsed = parseIbkrConfig(config);
      if (!parsed.ok) return runBrokerConfigNode(this, { ...own, broker: { wrong: parsed.message } });
      const { secretStore } = parsed.value;
      const id = definitionId(this.id, config);
      secrets.places.choose(id, secretStore);
      const watch = secrets.watch(id, secretStore);
      const broker = createIbkrBroker(parsed.value, { clock, accountKey });
      const standbys = [...otherGateway(parsed.value, { clock, accountKey })];
      runBrokerConfigNode(this, { ...own, broker, standbys, secrets: { watch, onChange: () => undefined } });
      watch.look().catch((error: unknown) => saidByNode(this).error(sentenceOf(error)));
      this.on('close', (removed: boolean, done: () => void) => {
        if (!removed) return done();
        secrets.removeUnlessDisabled(id).then(done, done);
      });
    },
    { credentials: { flexToken: { type: 'password' } } },
  );

  registerDiagnosticsRoute(RED, { clock });
  registerTestRoute(RED, {
    clock,
    test: async (values, signal) => await testGateway(values, { clock, accountKey }, signal),
  });
}

function otherGateway(config: IbkrConfig, dependencies: IbkrDependencies): readonly StandbyBroker[] {
  const address = secondGateway(config);
  if (address === null) return [];
  const options = { ...config, ...address, clientId: config.clientId + SECOND_CLIENT_ID };
  const broker = createIbkrBroker(options, { ...dependencies, via: 'tws-backup' });
  return [{ broker, afterMs: SECOND_GATEWAY_AFTER_MS }];
}
