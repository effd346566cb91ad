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

  const othersThan = (name: Name): Place[] =>
    Object.entries<Place>(places)
      .filter(([other]) => other !== name)
      .map(([, place]) => place);
  const leave = async (name: Name): Promise<void> => {
    arrived = name;
    for (const { isUsed, store } of othersThan(name)) {
      try {
        if (await isUsed()) await store.remove();
      } catch (error) {
        warn(`A secret was moved, and its old copy cannot be removed: ${sentenceOf(error)}`);
      }
    }
  };
  return {
    read: async () => {
      const name = wanted();
      const { store } = places[name];
      const kept = await store.read();
      if (arrived === name) return kept;
      const text = kept ?? (await broughtTo(store, othersThan(name)));
      await leave(name);
      return text;
    },
    write: async (text) => {
      const name = wanted();
      await places[name].store.write(text);
      if (arrived !== name) await leave(name);
    },
    remove: async () => {
      for (const { isUsed, store } of Object.values<Place>(places)) if (await isUsed()) await store.remove();
    },
    exclusively,
  };
}

async function broughtTo(store: SecretStore, others: readonly Place[]): Promise<string | null> {
  for (const { isUsed, store: other } of others) {
    const text = (await isUsed()) ? await other.read() : null;
    if (text === null) continue;
    await store.write(text);
    if ((await store.read()) !== text) throw new Error('A secret that was moved cannot be read back.');
    return text;
  }
  return null;
}
