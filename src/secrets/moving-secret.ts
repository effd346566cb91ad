import { sentenceOf } from '../errors.js';
import type { SecretStore } from '../ports.js';

/** One place in which a secret may be kept. */
export interface Place {
  readonly store: SecretStore;
  /** Whether something can be there, found out without disturbing anybody. */
  readonly isUsed: () => Promise<boolean>;
}

export interface MovingSecret<Name extends string> {
  readonly places: Readonly<Record<Name, Place>>;
  /** Where the user wants it now. */
  readonly wanted: () => Name;
  /** One lock for all places: while a move is under way nobody else reads. */
  readonly exclusively: SecretStore['exclusively'];
  readonly warn: (message: string) => void;
}

/**
 * A secret that follows the user's choice of where it is kept. It is brought along at the first look: written to the
 * new place, read back, and only then removed from the old one. What is in the wanted place is never overwritten.
 */
export function movingSecret<Name extends string>(options: MovingSecret<Name>): SecretStore {
  const { exclusively, places, wanted, warn } = options;
  let arrived: Name | null = null;
  /** Places with a copy that is not to be trusted: one that was left behind, or was never read back. */
  const outdated = new Set<string>();
  let warned = '';

  const othersThan = (name: Name): readonly (readonly [string, Place])[] =>
    Object.entries<Place>(places).filter(([other]) => other !== name);
  const leave = async (name: Name): Promise<void> => {
    arrived = name;
    outdated.delete(name);
    for (const [other, { isUsed, store }] of othersThan(name)) {
      try {
        if (await isUsed()) await store.remove();
        outdated.delete(other);
      } catch (error) {
        outdated.add(other);
        const warning = `A secret was moved, and its old copy cannot be removed: ${sentenceOf(error)}`;
        if (warning !== warned) warn(warning);
        warned = warning;
      }
    }
  };
  const bring = async (name: Name): Promise<string | null> => {
    const { store } = places[name];
    for (const [, { isUsed, store: other }] of othersThan(name)) {
      const text = (await isUsed()) ? await other.read() : null;
      if (text === null) continue;
      outdated.add(name);
      await store.write(text);
      if ((await store.read()) === text) return text;
      await store.remove();
      throw new Error('A secret that was moved cannot be read back.');
    }
    return null;
  };
  return {
    read: async () => {
      const name = wanted();
      const { store } = places[name];
      const kept = outdated.has(name) ? null : await store.read();
      if (arrived === name) return kept;
      // Last, what came while others were looked into: somebody else may have moved it.
      const text = kept ?? (await bring(name)) ?? (await store.read());
      await leave(name);
      return text;
    },
    write: async (text) => {
      const name = wanted();
      await places[name].store.write(text);
      if (arrived !== name || outdated.size > 0) await leave(name);
    },
    remove: async () => {
      for (const { isUsed, store } of Object.values<Place>(places)) if (await isUsed()) await store.remove();
    },
    exclusively,
  };
}
