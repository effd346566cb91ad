import type { SecretStore } from '../ports.js';
import { KeychainItem } from '../secrets/keychain/item.js';
import type { Keychain } from '../secrets/keychain/keychain.js';
import { namedSecret } from '../secrets/keychain/named-secret.js';
import { movingSecret } from '../secrets/moving-secret.js';
import { sentenceOf } from '../errors.js';
import { digest } from './installation.js';
import { SecretFiles, type SecretFilesOptions } from './secret-files.js';

/** Where the user wants the secrets of a connection kept. */
export type SecretStoreName = 'node-red' | 'keychain';

export interface SecretPlacesOptions extends SecretFilesOptions {
  readonly keychain: Keychain;
  /** Its entries in the keychain: `TradingHelperBot_Schwab`. */
  readonly service: string;
}

/** Who a login belongs to. */
export interface LoginOwner {
  /** Another owner has another login, so that trying one harms no other. */
  readonly owner: string;
  /** Opens the login's file, together with the key of the files. */
  readonly secret: string;
}

const LOGIN = 'login-';

/** Where the secrets of the config nodes of one broker are kept. */
export class SecretPlaces {
  readonly #options: SecretPlacesOptions;
  readonly #files: SecretFiles;
  /** node id → its entry in the keychain */
  readonly #items = new Map<string, KeychainItem>();
  /** node id → the user's choice; unknown nodes keep theirs in Node-RED */
  readonly #chosen = new Map<string, SecretStoreName>();
  readonly #isDeployed = new Set<string>();

  constructor(options: SecretPlacesOptions) {
    this.#options = options;
    this.#files = new SecretFiles(options);
  }

  /** What a deployed node says. */
  choose(nodeId: string, store: SecretStoreName): void {
    this.#isDeployed.add(nodeId);
    this.#chosen.set(nodeId, store);
  }

  /** What a dialog has chosen for a node that was never deployed. */
  suggest(nodeId: string, store: SecretStoreName): void {
    if (!this.#isDeployed.has(nodeId)) this.#chosen.set(nodeId, store);
  }

  item(nodeId: string): KeychainItem {
    const found = this.#items.get(nodeId);
    if (found !== undefined) return found;
    const { keychain, service } = this.#options;
    const item = new KeychainItem({
      keychain,
      service,
      account: nodeId,
      marker: this.#files.marker(nodeId),
      exclusively: this.#files.lock(nodeId, 'keychain'),
    });
    this.#items.set(nodeId, item);
    return item;
  }

  /** A login that changes by itself: in a file of its own, or in the node's entry in the keychain. */
  login(nodeId: string, { owner, secret }: LoginOwner): SecretStore {
    const name = `${LOGIN}${digest(owner).slice(0, 8)}`;
    const item = this.item(nodeId);
    const exclusively = this.#files.lock(nodeId, name);
    return movingSecret({
      places: {
        'node-red': { store: this.#files.login(nodeId, { name, secret }), isUsed: async () => true },
        keychain: {
          store: namedSecret({ item, name, family: LOGIN, exclusively }),
          isUsed: async () => await item.isUsed(),
        },
      },
      wanted: () => this.#chosen.get(nodeId) ?? 'node-red',
      exclusively,
      warn: this.#options.warn,
    });
  }

  /** The node was deleted, and its secrets go with it. Never throws. */
  async remove(nodeId: string): Promise<void> {
    const { service, warn } = this.#options;
    try {
      await this.item(nodeId).remove();
    } catch (error) {
      warn(
        `Brokerage: the entry ${service}, ${nodeId} of a deleted connection stays in the system keychain: ${sentenceOf(error)}`,
      );
    }
    await this.#files.remove(nodeId);
    this.#items.delete(nodeId);
    this.#chosen.delete(nodeId);
    this.#isDeployed.delete(nodeId);
  }

  async removeLoginsOlderThan(ageMs: number): Promise<void> {
    await this.#files.removeLoginsOlderThan(ageMs);
  }
}
