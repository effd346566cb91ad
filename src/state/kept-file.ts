import { existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sentenceOf } from '../errors.js';
import { isDraftOf, systemCode, writePrivateFile } from '../secrets/atomic-file.js';

/** Where a node keeps what must survive a restart. */
export interface Kept<Content> {
  /** null = nothing was kept, or it cannot be used. Never throws. */
  load(): Content | null;
  /** What it says it has kept survives a crash; one write at a time, in the order of the calls. Never rejects. */
  save(content: Content): Promise<void>;
  /** The node was deleted. Never rejects. */
  remove(): Promise<void>;
}

export interface KeptFile<Content> {
  readonly path: string;
  readonly encode: (content: Content) => string;
  /** null = it is damaged, or of another version. */
  readonly decode: (text: string) => Content | null;
  /** A sentence for the administrator. */
  readonly warn: (message: string) => void;
  /** What it means that nothing can be written, for that sentence. */
  readonly loss: string;
}

/** In a file of its own, replaced as a whole, for its owner only. */
export function keptFile<Content>({ decode, encode, loss, path, warn }: KeptFile<Content>): Kept<Content> {
  let turn: Promise<void> = Promise.resolve();
  let lastFailure: string | null = null;

  const write = async (content: Content): Promise<void> => {
    try {
      await writePrivateFile(path, encode(content));
      lastFailure = null;
    } catch (error) {
      const failure = systemCode(error) || sentenceOf(error);
      if (failure !== lastFailure) warn(`${path} cannot be written (${failure}): ${loss}`);
      lastFailure = failure;
    }
  };
  return {
    load: () => {
      try {
        removeDrafts(path);
        if (!existsSync(path)) return null;
        if (!lstatSync(path).isFile()) throw new Error('it is no plain file');
        const content = decode(readFileSync(path, 'utf8'));
        if (content !== null) return content;
        renameSync(path, `${path}.bad`);
        warn(
          `${path} is damaged, or of another version: it was set aside as ${path}.bad, and this start is a first one.`,
        );
      } catch (error) {
        warn(`${path} cannot be read (${sentenceOf(error)}): this start is a first one.`);
      }
      return null;
    },
    save: async (content) => {
      turn = turn.then(async () => await write(content));
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
