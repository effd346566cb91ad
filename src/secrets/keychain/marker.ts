import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { readPrivateFile, writePrivateFile } from '../atomic-file.js';
import { parseJson } from '../json.js';
import { LIBRARIES } from './protocol.js';

const Mark = z.object({ library: z.enum(LIBRARIES), names: z.array(z.string()) });
/** Which library wrote an entry, and the names of the secrets in it. */
export type Mark = Readonly<z.infer<typeof Mark>>;

/**
 * Remembers that an entry is in the keychain and which library wrote it. Keytar answers a locked keychain as it does
 * one that holds nothing, and one library does not find what another wrote (keytar calls the node `account`,
 * @napi-rs/keyring `username`).
 */
export interface Marker {
  /** null = nothing was ever kept, or the mark is lost. */
  read(): Promise<Mark | null>;
  write(mark: Mark): Promise<void>;
  remove(): Promise<void>;
}

/** In a file of its own, with no secret in it. */
export function markerFile(path: string): Marker {
  return {
    read: async () => {
      const parsed = Mark.safeParse(parseJson((await readPrivateFile(path)) ?? ''));
      return parsed.success ? parsed.data : null;
    },
    write: async (mark) => await writePrivateFile(path, `${JSON.stringify(mark)}\n`),
    remove: async () => await rm(path, { force: true }),
  };
}

/** For as long as the process lives: where there is no folder to keep it in. */
export function memoryMarker(): Marker {
  let kept: Mark | null = null;
  return {
    read: async () => kept,
    write: async (mark) => void (kept = mark),
    remove: async () => void (kept = null),
  };
}
