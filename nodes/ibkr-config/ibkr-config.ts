import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createFlexBroker, flexHost, flexPaces } from '../../src/brokers/ibkr/flex/index.js';
import { createIbkrBroker, type IbkrDependencies } from '../../src/brokers/ibkr/index.js';
import { testGateway } from '../../src/brokers/ibkr/test-connection.js';
import { ConfigError, sentenceOf } from '../../src/errors.js';
import { runBrokerConfigNode, type StandbyBroker } from '../../src/node-red/broker-config-node.js';
import { BrokerSecrets } from '../../src/node-red/broker-secrets.js';
import { definitionId } from '../../src/node-red/definition-id.js';
import { registerDiagnosticsRoute } from '../../src/node-red/diagnostics-route.js';
import { flexTokenIn, parseIbkrConfig, type IbkrConfig } from '../../src/node-red/editor-config.js';
import { registerTestRoute } from '../../src/node-red/ibkr-test-route.js';
import { accountKeys } from '../../src/node-red/installation.js';
import { saidByNode, saidInLog } from '../../src/node-red/said.js';
import { secondGateway } from '../../src/node-red/second-gateway.js';
import { systemSurroundings, type Surroundings } from '../../src/node-red/surroundings.js';
import type { Ways } from '../../src/runtime/ways.js';
import { LateBroker } from '../../src/runtime/late-broker.js';

interface Credentials {
  readonly flexToken?: string;
}

const BROKER = 'ibkr';
const SERVICE = 'TradingHelperBot_IBKR';
const NAMES = ['flexToken'];

/** The second gateway is asked when the first has had no figures for so long: most restarts are over by then. */
const SECOND_GATEWAY_AFTER_MS = 15_000;
/** Figures of yesterday are no help in an outage that is over in minutes. */
const REPORT_AFTER_MS = 5 * 60_000;
/** Should both addresses lead to one gateway, it must not take the second connection for the first. */
const SECOND_CLIENT_ID = 500;

export default function register(RED: NodeAPI): void {
  registerWith(RED, systemSurroundings(RED));
}

/** Registers the connection to TWS or IB Gateway, and the route behind its "Test connection" button. */
export function registerWith(RED: NodeAPI, { chance, clock, keychain }: Surroundings): void {
  const accountKey = accountKeys(RED.settings.userDir, saidInLog(RED).warn);
  const paceOf = flexPaces(clock);
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
      const report = new LateBroker({
        name: BROKER,
        via: 'flex',
        address: flexHost(parsed.value),
        make: async () => {
          const flexToken = flexTokenIn(await secrets.read(id, secretStore));
          if (flexToken === '') throw noToken();
          const pace = paceOf(flexToken);
          return createFlexBroker({ ...parsed.value, flexToken }, { clock, chance, accountKey, pace });
        },
      });
      const standbys = [
        ...otherGateway(parsed.value, { clock, accountKey }),
        ...(parsed.value.flexQueryId === '' ? [] : [{ broker: report, afterMs: REPORT_AFTER_MS }]),
      ];
      const onChange = (ways: Ways): void => {
        report.forget();
        ways.reopen('flex');
      };
      runBrokerConfigNode(this, { ...own, broker, standbys, secrets: { watch, onChange } });
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

function noToken(): ConfigError {
  const message =
    'The Flex token is missing: enter it in the connection, or delete the query id to do without the daily report.';
  return new ConfigError(message, { broker: BROKER, code: 'no-token', retrySlowly: false });
}
