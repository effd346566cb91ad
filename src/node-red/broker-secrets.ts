import type { NodeAPI } from 'node-red';
import type { Clock } from '../ports.js';
import { SecretsWatch } from '../runtime/secrets-watch.js';
import type { Secrets } from '../secrets/keychain/item.js';
import type { Keychain } from '../secrets/keychain/keychain.js';
import { findConnection } from './connections.js';
import { enteredCredentials, keptSecrets, secretsForDialog } from './kept-secrets.js';
import { isInFlow } from './in-flow.js';
import { registerProbeRoute } from './probe-route.js';
import { saidInLog } from './said.js';
import { SecretPlaces, type SecretStoreName } from './secret-places.js';
import { registerSecretRoutes } from './secret-routes.js';

export interface BrokerSecretsOptions {
  readonly clock: Clock;
  readonly keychain: Keychain;
  /** `schwab`: part of routes and of file names. */
  readonly broker: string;
  /** Its entries in the keychain: `TradingHelperBot_Schwab`. */
  readonly service: string;
  /** Names of the credentials: `appKey`, `appSecret`. */
  readonly names: readonly string[];
}

/** The secrets of all connections to one broker, and the routes by which their dialogs reach them. */
export class BrokerSecrets {
  readonly places: SecretPlaces;
  readonly #RED: NodeAPI;
  readonly #options: BrokerSecretsOptions;
  /** Ids of the nodes whose secrets were read since Node-RED was started. */
  readonly #read = new Set<string>();

  constructor(RED: NodeAPI, options: BrokerSecretsOptions) {
    const { broker, clock, keychain, names, service } = options;
    this.#RED = RED;
    this.#options = options;
    this.places = new SecretPlaces({
      userDir: RED.settings.userDir,
      kind: broker,
      service,
      keychain,
      clock,
      warn: saidInLog(RED).warn,
    });
    registerProbeRoute(RED, { clock, keychain });
    registerSecretRoutes(RED, {
      clock,
      broker,
      names,
      itemOf: (nodeId) => this.places.item(nodeId),
      changed: (nodeId) => {
        const connection = findConnection(nodeId);
        if (connection?.kind === 'ready') connection.secretsChanged();
      },
    });
  }

  /** @throws ConfigError when they cannot be read */
  async read(nodeId: string, store: SecretStoreName): Promise<Secrets> {
    const secrets = await keptSecrets(this.#RED, this.#question(nodeId, store));
    this.#read.add(nodeId);
    return secrets;
  }

  /** For a dialog, which may be cancelled: nothing is moved. @throws ConfigError when they cannot be read */
  async forDialog(nodeId: string, store: SecretStoreName): Promise<Secrets> {
    this.places.suggest(nodeId, store);
    return await secretsForDialog(this.#RED, this.#question(nodeId, store));
  }

  /** Looks at what is in the keychain, or should be there, for as long as the node runs. */
  watch(nodeId: string, store: SecretStoreName): SecretsWatch {
    const question = this.#question(nodeId, store);
    return new SecretsWatch({
      clock: this.#options.clock,
      // A dialog that tries the keychain for another place is no business of what runs.
      listen: (heard) => (store === 'keychain' ? question.item.listen(heard) : () => undefined),
      look: async () => {
        const isNew = Object.keys(enteredCredentials(this.#RED, question)).length > 0;
        if ((store === 'keychain' && isNew) || (await question.item.isUsed())) await this.read(nodeId, store);
      },
    });
  }

  /**
   * Removes the secrets of a node that is in no flow any more. A node that was only disabled is `removed` to Node-RED
   * just as well (diffConfigs in runtime/lib/flows/util.js), and keeps its own.
   */
  async removeUnlessDisabled(nodeId: string): Promise<void> {
    if (!isInFlow(this.#RED, nodeId)) await this.places.remove(nodeId);
  }

  #question(nodeId: string, store: SecretStoreName) {
    const { names } = this.#options;
    return { nodeId, store, names, item: this.places.item(nodeId), isFirst: !this.#read.has(nodeId) };
  }
}
