import { rename, rm } from 'node:fs/promises';
import type { Clock, SecretStore } from '../ports.js';
import { readPrivateFile, writePrivateFile } from './atomic-file.js';
import { withFileLock } from './file-lock.js';
import { seal, unseal } from './seal.js';

export interface EncryptedFile {
  readonly path: string;
  /** Whoever knows it can read the file. @throws ConfigError */
  readonly secret: () => Promise<string>;
  readonly clock: Clock;
  /** A sentence for the administrator. */
  readonly warn: (message: string) => void;
}

/** Keeps a secret in a file: encrypted (AES-256-GCM), mode 0600, replaced as a whole. */
export function encryptedFile({ path, secret, clock, warn }: EncryptedFile): SecretStore {
  return {
    read: async () => {
      const sealed = await readPrivateFile(path);
      if (sealed === null) return null;
      const text = unseal(sealed, await secret());
      if (text !== null) return text;
      await rename(path, `${path}.bad`);
      warn(
        `${path} cannot be decrypted: it is damaged, or was written with another secret. It was set aside as ${path}.bad.`,
      );
      return null;
    },
    write: async (text) => await writePrivateFile(path, seal(text, await secret())),
    remove: async () => await rm(path, { force: true }),
    exclusively: async (work) => await withFileLock(`${path}.lock`, clock, work),
  };
}
