import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createSchwabBroker } from '../../src/brokers/schwab/index.js';
import { SchwabLogins } from '../../src/brokers/schwab/logins.js';
import { rateLimits } from '../../src/brokers/schwab/rate-limit.js';
import { LOGIN_LASTS_MS } from '../../src/brokers/schwab/token-set.js';
import type { SchwabApp } from '../../src/brokers/schwab/token-endpoint.js';
import { tokensByApp } from '../../src/brokers/schwab/tokens-by-app.js';
import { runBrokerConfigNode } from '../../src/node-red/broker-config-node.js';
import { parseSchwabConfig } from '../../src/node-red/editor-config.js';
import { guardedClock } from '../../src/node-red/guarded-clock.js';
import { accountKeys } from '../../src/node-red/installation.js';
import { remembering } from '../../src/node-red/known-secrets.js';
import { saidInLog } from '../../src/node-red/said.js';
import { registerLoginRoutes } from '../../src/node-red/schwab-login-routes.js';
import { SecretFiles, type SecretFilesOptions } from '../../src/node-red/secret-files.js';
import type { Chance, Clock, SecretStore } from '../../src/ports.js';
import { systemChance, systemClock } from '../../src/runtime/system-clock.js';

interface Credentials {
  readonly appKey?: string;
  readonly appSecret?: string;
}

/** First word of the names of our files. */
const KIND = 'schwab';

export default function register(RED: NodeAPI): void {
  const clock = guardedClock(systemClock, saidInLog(RED).error);
  registerWith(RED, { clock, chance: systemChance });
}

/** Registers the connection to Charles Schwab, and the routes behind its "Log in at Schwab" button. */
export function registerWith(
  RED: NodeAPI,
  { clock, chance }: { readonly clock: Clock; readonly chance: Chance },
): void {
  const logger = saidInLog(RED);
  const { warn } = logger;
  const accountKey = accountKeys(RED.settings.userDir, warn);
  const limitOf = rateLimits(clock);
  const files = new SecretFiles({ userDir: RED.settings.userDir, kind: KIND, clock, warn });
  const tokensOf = tokensByApp({
    clock,
    limitOf,
    logger,
    storeOf: (nodeId, app) => remembering(storeIn(files, nodeId, app)),
  });
  const desk = new SchwabLogins({ clock, limitOf, tokensOf });
  files.removeOlderThan(2 * LOGIN_LASTS_MS).catch((error: unknown) => warn(String(error)));

  RED.nodes.registerType<Node<Credentials>, NodeDef, object, Credentials>(
    'schwab-config',
    function (config) {
      RED.nodes.createNode(this, config);
      const parsed = parseSchwabConfig({ ...config, ...this.credentials });
      if (parsed.ok) desk.deployed(this.id, parsed.value);
      runBrokerConfigNode(this, {
        name: config.name,
        broker: parsed.ok
          ? createSchwabBroker(parsed.value, {
              clock,
              chance,
              accountKey,
              tokens: tokensOf(this.id, parsed.value),
              limit: limitOf(parsed.value.appKey),
            })
          : { wrong: parsed.message },
        brokerName: 'schwab',
        accountKey,
        clock,
        chance,
      });
      this.on('close', (removed: boolean, done: () => void) => {
        if (!removed) return done();
        files.remove(this.id).then(done, done);
      });
    },
    { credentials: { appKey: { type: 'password' }, appSecret: { type: 'password' } } },
  );

  registerLoginRoutes(RED, { clock, desk });
}

/** Where the login of a connection is kept, for whoever logs in outside of Node-RED. */
export function loginStore(
  where: Omit<SecretFilesOptions, 'kind'>,
  nodeId: string,
  app: SchwabApp,
): SecretStore {
  return storeIn(new SecretFiles({ ...where, kind: KIND }), nodeId, app);
}

/** Another app has another file: a login that is tried in the dialog and not deployed harms none that runs. */
function storeIn(files: SecretFiles, nodeId: string, { appKey, appSecret }: SchwabApp): SecretStore {
  return files.of(nodeId, { owner: JSON.stringify([appKey, appSecret]), secret: appSecret });
}
