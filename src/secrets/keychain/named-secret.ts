import type { SecretStore } from '../../ports.js';
import type { KeychainItem, Secrets } from './item.js';

export interface NamedSecret {
  readonly item: KeychainItem;
  readonly name: string;
  /** The beginning of the names of which only the last few are kept. */
  readonly family: string;
  readonly exclusively: SecretStore['exclusively'];
}

/** The one in use, and one that was tried with another app. Windows takes no more than 2,560 bytes for all (wincred.h). */
const MOST_OF_A_FAMILY = 2;

/** One of the secrets of a config node, beside the others in its entry in the keychain. */
export function namedSecret({ exclusively, family, item, name }: NamedSecret): SecretStore {
  return {
    read: async () => (await item.read())[name] ?? null,
    write: async (text) =>
      await item.change((secrets) => withoutOldest({ ...without(secrets, name), [name]: text }, family)),
    remove: async () => {
      if (await item.isUsed()) await item.drop([name]);
    },
    exclusively,
  };
}

function without(secrets: Secrets, name: string): Secrets {
  return Object.fromEntries(Object.entries(secrets).filter(([other]) => other !== name));
}

/** Names keep the order in which they were written. */
function withoutOldest(secrets: Secrets, family: string): Secrets {
  const members = Object.keys(secrets).filter((name) => name.startsWith(family));
  const old = new Set(members.slice(0, Math.max(0, members.length - MOST_OF_A_FAMILY)));
  return Object.fromEntries(Object.entries(secrets).filter(([name]) => !old.has(name)));
}
