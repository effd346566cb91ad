import { existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sentenceOf } from '../errors.js';
import { isDraftOf, systemCode, writePrivateFile } from '../secrets/atomic-file.js';
import { decodeTold, encodeTold, type Clean, type Told } from './told.js';

/** Where a reader keeps what it has told. */
export interface ToldStore {
  /** null = nothing was kept, or it cannot be used. Never throws. */
  load(): Told | null;
  /** What it says it has kept survives a crash; one write at a time, in the order of the calls. Never rejects. */
  save(told: Told): Promise<void>;
  /** The reader was deleted. Never rejects. */
  remove(): Promise<void>;
}

export interface ToldFile {
  readonly path: string;
  readonly clean: Clean;
  /** A sentence for the administrator. */
  readonly warn: (message: string) => void;
}

/** In a file of its own, replaced as a whole, for its owner only. */
export function toldFile({ clean, path, warn }: ToldFile): ToldStore {
  let turn: Promise<void> = Promise.resolve();
  let lastFailure: string | null = null;

  const write = async (told: Told): Promise<void> => {
    try {
      await writePrivateFile(path, encodeTold(told, clean));
      lastFailure = null;
    } catch (error) {
      const failure = systemCode(error) || sentenceOf(error);
      if (failure !== lastFailure)
        warn(
          `${path} cannot be written (${failure}): after a restart, changes may be missing or told again.`,
        );
      lastFailure = failure;
    }
  };
  return {
    load: () => {
      try {
        removeDrafts(path);
        if (!existsSync(path)) return null;
        if (!lstatSync(path).isFile()) throw new Error('it is no plain file');
        const told = decodeTold(readFileSync(path, 'utf8'));
        if (told !== null) return told;
        renameSync(path, `${path}.bad`);
        warn(
          `${path} is damaged, or of another version: it was set aside as ${path}.bad, and this start is a first one.`,
        );
      } catch (error) {
        warn(`${path} cannot be read (${sentenceOf(error)}): this start is a first one.`);
      }
      return null;
    },
    save: async (told) => {
      turn = turn.then(async () => await write(told));
      await turn;
    },
    remove: async () => {
      turn = turn.then(async () => {
        await rm(path, { force: true }).catch((error: unknown) => warn(sentenceOf(error)));
      });
      await turn;
    },
  };
}

/** A crash in the middle of a write leaves a draft, with figures of an account in it, that nobody would ever read. */
function removeDrafts(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) return;
  const drafts = readdirSync(folder).filter((name) => isDraftOf(path, name));
  for (const name of drafts) rmSync(join(folder, name), { force: true });
}
