import { keptFile, type Kept } from './kept-file.js';
import { decodeTold, encodeTold, type Clean, type Told } from './told.js';

/** Where a reader keeps what it has told. */
export type ToldStore = Kept<Told>;

export interface ToldFile {
  readonly path: string;
  readonly clean: Clean;
  /** A sentence for the administrator. */
  readonly warn: (message: string) => void;
}

export function toldFile({ clean, path, warn }: ToldFile): ToldStore {
  return keptFile({
    path,
    warn,
    encode: (told) => encodeTold(told, clean),
    decode: decodeTold,
    loss: 'after a restart, changes may be missing or told again.',
  });
}
