import { z } from 'zod';
import type { LibraryName } from './protocol.js';

/** One library, reduced to what we do with it. */
export interface KeychainLibrary {
  /** null = nothing is there, or (keytar on a locked keychain) it cannot be seen. */
  read(service: string, account: string): Promise<string | null>;
  write(service: string, account: string, text: string): Promise<void>;
  remove(service: string, account: string): Promise<void>;
}

type Function3 = (service: string, account: string, text: string) => Promise<unknown>;
const callable = z.custom<Function3>((value) => typeof value === 'function');
const Keytar = z.object({ getPassword: callable, setPassword: callable, deletePassword: callable });

interface Entry {
  getPassword(): Promise<unknown>;
  setPassword(text: string): Promise<unknown>;
  deleteCredential(): Promise<unknown>;
}
type EntryClass = new (service: string, account: string, options: object) => Entry;
const Keyring = z.object({ AsyncEntry: z.custom<EntryClass>((value) => typeof value === 'function') });
const Found = z.string().nullish();

/** Without this, a machine that has no keychain service gets the kernel's key store, which a reboot empties. */
const PINNED = { linux: { store: 'secret-service' } };

const OPEN: Readonly<Record<LibraryName, () => Promise<KeychainLibrary>>> = {
  keytar: async () => {
    const { deletePassword, getPassword, setPassword } = Keytar.parse(await load('keytar'));
    return {
      read: async (service, account) => Found.parse(await getPassword(service, account, '')) ?? null,
      write: async (service, account, text) => void (await setPassword(service, account, text)),
      remove: async (service, account) => void (await deletePassword(service, account, '')),
    };
  },
  '@napi-rs/keyring': async () => {
    const { AsyncEntry } = Keyring.parse(await load('@napi-rs/keyring'));
    const entry = (service: string, account: string): Entry => new AsyncEntry(service, account, PINNED);
    return {
      read: async (service, account) => Found.parse(await entry(service, account).getPassword()) ?? null,
      write: async (service, account, text) => void (await entry(service, account).setPassword(text)),
      remove: async (service, account) => void (await entry(service, account).deleteCredential()),
    };
  },
};

/**
 * Never `findCredentials` or `findPassword`: on a locked keychain keytar's end the process with a segmentation fault.
 * @throws when the library is not installed, or was not built for this machine
 */
export async function openLibrary(name: LibraryName): Promise<KeychainLibrary> {
  return await OPEN[name]();
}

/** By a name that the compiler does not follow: both are optional, and may be missing where this is built. */
async function load(name: string): Promise<unknown> {
  const loaded: unknown = await import(name);
  const wrapped = z.object({ default: z.record(z.string(), z.unknown()) }).safeParse(loaded);
  return wrapped.success ? wrapped.data.default : loaded;
}
