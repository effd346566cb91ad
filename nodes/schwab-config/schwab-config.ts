import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createSchwabBroker } from '../../src/brokers/schwab/index.js';
import { SchwabLogins } from '../../src/brokers/schwab/logins.js';
import { rateLimits } from '../../src/brokers/schwab/rate-limit.js';
import type { SchwabApp } from '../../src/brokers/schwab/token-endpoint.js';
import { LOGIN_LASTS_MS } from '../../src/brokers/schwab/token-set.js';
import { tokensByApp } from '../../src/brokers/schwab/tokens-by-app.js';
import { ConfigError, sentenceOf } from '../../src/errors.js';
import { runBrokerConfigNode } from '../../src/node-red/broker-config-node.js';
import { BrokerSecrets } from '../../src/node-red/broker-secrets.js';
import { parseSchwabApp, parseSchwabConfig } from '../../src/node-red/editor-config.js';
import { accountKeys } from '../../src/node-red/installation.js';
import { definitionId } from '../../src/node-red/definition-id.js';
import { registerDiagnosticsRoute } from '../../src/node-red/diagnostics-route.js';
import { remembering } from '../../src/node-red/known-secrets.js';
import { saidByNode, saidInLog } from '../../src/node-red/said.js';
import { registerLoginRoutes } from '../../src/node-red/schwab-login-routes.js';
import { SecretPlaces, type SecretPlacesOptions } from '../../src/node-red/secret-places.js';
import { systemKeychain, systemSurroundings, type Surroundings } from '../../src/node-red/surroundings.js';
import type { SecretStore } from '../../src/ports.js';
import { LateBroker } from '../../src/runtime/late-broker.js';

interface Credentials {
  readonly appKey?: string;
  readonly appSecret?: string;
}

const BROKER = 'schwab';
const SERVICE = 'TradingHelperBot_Schwab';
const NAMES = ['appKey', 'appSecret'];

export default function register(RED: NodeAPI): void {
  registerWith(RED, systemSurroundings(RED));
}

/** Registers the connection to Charles Schwab, and the routes behind its "Log in at Schwab" button. */
export function registerWith(RED: NodeAPI, { chance, clock, keychain }: Surroundings): void {
  const logger = saidInLog(RED);
  const { warn } = logger;
  const accountKey = accountKeys(RED.settings.userDir, warn);
  const limitOf = rateLimits(clock);
  const secrets = new BrokerSecrets(RED, { clock, keychain, broker: BROKER, service: SERVICE, names: NAMES });
  const tokensOf = tokensByApp({
    clock,
    limitOf,
    logger,
    storeOf: (nodeId, app) => remembering(loginIn(secrets.places, nodeId, app)),
  });
  const desk = new SchwabLogins({ clock, chance, limitOf, tokensOf });
  /** node id → its broker, made of what the keychain may not give yet */
  const brokers = new Map<string, LateBroker>();
  secrets.places.removeLoginsOlderThan(2 * LOGIN_LASTS_MS).catch((error: unknown) => warn(sentenceOf(error)));

  RED.nodes.registerType<Node<Credentials>, NodeDef, object, Credentials>(
    'schwab-config',
    function (config) {
      RED.nodes.createNode(this, config);
      const parsed = parseSchwabConfig(config);
      // A flow that was written by hand may have no name in it.
      const name = parsed.ok ? parsed.value.name : '';
      const own = { name, brokerName: BROKER, accountKey, clock, chance } as const;
      if (!parsed.ok) return runBrokerConfigNode(this, { ...own, broker: { wrong: parsed.message } });
      const { apiUrl, secretStore } = parsed.value;
      const id = definitionId(this.id, config);
      secrets.places.choose(id, secretStore);
      const broker = new LateBroker({
        name: BROKER,
        via: BROKER,
        address: new URL(apiUrl).host,
        make: async () => {
          const kept = await secrets.read(id, secretStore);
          const app = parseSchwabApp({ ...config, ...kept });
          if (!app.ok)
            throw new ConfigError(app.message, { broker: BROKER, code: 'no-app', retrySlowly: false });
          desk.deployed(id, app.value);
          const tokens = tokensOf(id, app.value);
          await tokens.keep();
          return createSchwabBroker(app.value, {
            clock,
            chance,
            accountKey,
            tokens,
            limit: limitOf(app.value.appKey),
          });
        },
      });
      const watch = secrets.watch(id, secretStore);
      runBrokerConfigNode(this, {
        ...own,
        broker,
        secrets: {
          watch,
          onChange: (ways) => {
            broker.forget();
            ways.reopen();
          },
        },
      });
      brokers.set(id, broker);
      // The dialog asks for the login of a connection that nobody uses yet.
      broker.prepare().catch((error: unknown) => saidByNode(this).error(sentenceOf(error)));
      this.on('close', (removed: boolean, done: () => void) => {
        if (brokers.get(id) === broker) brokers.delete(id);
        if (!removed) return done();
        secrets.removeUnlessDisabled(id).then(done, done);
      });
    },
    { credentials: { appKey: { type: 'password' }, appSecret: { type: 'password' } } },
  );

  registerDiagnosticsRoute(RED, { clock });
  registerLoginRoutes(RED, {
    clock,
    desk,
    secretsOf: async (id, store) => await secrets.forDialog(id, store),
    ready: async (id) => void (await brokers.get(id)?.prepare()),
  });
}

/** Where the login of a connection is kept, for whoever logs in outside of Node-RED. */
export function loginStore(
  where: Omit<SecretPlacesOptions, 'kind' | 'service' | 'keychain'>,
  nodeId: string,
  app: SchwabApp,
): SecretStore {
  const places = new SecretPlaces({ ...where, kind: BROKER, service: SERVICE, keychain: systemKeychain });
  return loginIn(places, nodeId, app);
}

/** Another app has another login: one that is tried in the dialog and not deployed harms none that runs. */
function loginIn(places: SecretPlaces, nodeId: string, { appKey, appSecret }: SchwabApp): SecretStore {
  return places.login(nodeId, { owner: JSON.stringify([appKey, appSecret]), secret: appSecret });
}
