import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sentenceOf } from '../errors.js';
import type { Clock, SecretStore } from '../ports.js';
import { encryptedFile } from '../secrets/encrypted-file.js';
import { fileKey } from '../secrets/file-key.js';
import { withFileLock } from '../secrets/file-lock.js';
import { markerFile, memoryMarker, type Marker } from '../secrets/keychain/marker.js';
import { memorySecret } from '../secrets/memory.js';
import { turns } from '../secrets/turns.js';
import { idInFileName, ownFolder } from './own-folder.js';

const KEY_FILE = 'secrets-key';

export interface SecretFilesOptions {
  /** Node-RED's user directory; without one secrets live as long as the process. */
  readonly userDir: string | undefined;
  /** First word of the file names: `schwab`. */
  readonly kind: string;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** The files of config nodes: encrypted logins, and the marks of what is in the keychain. */
export class SecretFiles {
  readonly #options: SecretFilesOptions;

  constructor(options: SecretFilesOptions) {
    this.#options = options;
  }

  /** A login of one node, by its name; `secret` and the key of the files open it together. */
  login(nodeId: string, { name, secret }: { readonly name: string; readonly secret: string }): SecretStore {
    const { clock, userDir, warn } = this.#options;
    if (userDir === undefined) return memorySecret();
    const folder = ownFolder(userDir);
    const key = async (): Promise<string> =>
      JSON.stringify([await fileKey({ path: join(folder, KEY_FILE), env: process.env }), secret]);
    return encryptedFile({ path: join(folder, this.#nameOf(nodeId, name)), secret: key, clock, warn });
  }

  /** Whether the keychain holds something of this node, and by which library. */
  marker(nodeId: string): Marker {
    const { userDir } = this.#options;
    return userDir === undefined
      ? memoryMarker()
      : markerFile(join(ownFolder(userDir), this.#nameOf(nodeId, 'keychain')));
  }

  /** Lets one at a time, among all processes on this user directory, change what is kept under this name. */
  lock(nodeId: string, name: string): SecretStore['exclusively'] {
    const { clock, userDir } = this.#options;
    const inTurn = turns();
    if (userDir === undefined) return inTurn;
    const path = join(ownFolder(userDir), `${this.#nameOf(nodeId, name)}.lock`);
    // Within the process nobody needs to look again and again whether the file has gone.
    return async (work) => await inTurn(async () => await withFileLock(path, clock, work));
  }

  /** The node was deleted, and its files go with it. */
  async remove(nodeId: string): Promise<void> {
    const prefix = this.#prefix(nodeId);
    // The id of another node may begin with this one's.
    await this.#removeWhere(
      (name) => name.startsWith(prefix) && /^(login-|keychain\.)/.test(name.slice(prefix.length)),
    );
  }

  /** Logins of nodes that were never deployed, or have another owner now, stay behind until nothing in them can be alive. */
  async removeLoginsOlderThan(ageMs: number): Promise<void> {
    const { clock, kind } = this.#options;
    await this.#removeWhere(async (name, path) => {
      if (!name.startsWith(`${kind}-`) || !name.includes('-login-')) return false;
      return clock.now() - (await stat(path)).mtimeMs > ageMs;
    });
  }

  async #removeWhere(goes: (name: string, path: string) => boolean | Promise<boolean>): Promise<void> {
    const { userDir, warn } = this.#options;
    if (userDir === undefined) return;
    const folder = ownFolder(userDir);
    try {
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        if (await goes(name, path)) await rm(path, { force: true });
      }
    } catch (error) {
      if (!sentenceOf(error).startsWith('ENOENT'))
        warn(`Brokerage: ${folder} cannot be tidied: ${sentenceOf(error)}`);
    }
  }

  #nameOf(nodeId: string, name: string): string {
    return `${this.#prefix(nodeId)}${name}.json`;
  }

  #prefix(nodeId: string): string {
    return `${this.#options.kind}-${idInFileName(nodeId)}-`;
  }
}
