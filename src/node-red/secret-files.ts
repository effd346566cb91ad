import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sentenceOf } from '../errors.js';
import type { Clock, SecretStore } from '../ports.js';
import { encryptedFile } from '../secrets/encrypted-file.js';
import { memorySecret } from '../secrets/memory.js';
import { digest } from './installation.js';

const FOLDER = 'brokerage';

export interface SecretFilesOptions {
  /** Node-RED's user directory; without one secrets live as long as the process. */
  readonly userDir: string | undefined;
  /** First word of the file names: `schwab`. */
  readonly kind: string;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** The files in which secrets of config nodes are kept that change by themselves. */
export class SecretFiles {
  readonly #options: SecretFilesOptions;

  constructor(options: SecretFilesOptions) {
    this.#options = options;
  }

  /** The store of one node; another `owner` (an app, a secret) has another, so that trying one harms no other. */
  of(nodeId: string, { owner, secret }: { readonly owner: string; readonly secret: string }): SecretStore {
    const { clock, userDir, warn } = this.#options;
    if (userDir === undefined) return memorySecret();
    const path = join(userDir, FOLDER, `${this.#prefix(nodeId)}${digest(owner).slice(0, 8)}.json`);
    return encryptedFile({ path, secret, clock, warn });
  }

  /** The node was deleted, and its secrets go with it. */
  async remove(nodeId: string): Promise<void> {
    await this.#removeWhere((name) => name.startsWith(this.#prefix(nodeId)));
  }

  /** Files of nodes that were never deployed, or have another owner now, stay behind until nothing in them can be alive. */
  async removeOlderThan(ageMs: number): Promise<void> {
    const { clock, kind } = this.#options;
    await this.#removeWhere(async (name, path) => {
      if (!name.startsWith(`${kind}-`)) return false;
      return clock.now() - (await stat(path)).mtimeMs > ageMs;
    });
  }

  async #removeWhere(goes: (name: string, path: string) => boolean | Promise<boolean>): Promise<void> {
    const { userDir, warn } = this.#options;
    if (userDir === undefined) return;
    const folder = join(userDir, FOLDER);
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

  #prefix(nodeId: string): string {
    return `${this.#options.kind}-${nodeId.replaceAll(/[^\w-]/g, '_').slice(0, 64)}-`;
  }
}
