import { z } from 'zod';
import { ConfigError, sentenceOf } from '../../errors.js';
import { parseJson } from '../json.js';
import type { Keychain, Outcome } from './keychain.js';
import type { Marker } from './marker.js';
import { LIBRARIES, type LibraryName } from './protocol.js';
import { DAMAGED, FORGETFUL, gone, withoutLibrary, type Trouble } from './trouble.js';

/** Named secrets: `appKey`, `appSecret`, `flexToken`, and logins. */
export type Secrets = Readonly<Record<string, string>>;

const Kept = z.object({ v: z.literal(1), secrets: z.record(z.string(), z.string()) });
const NOTHING: Secrets = {};

export interface KeychainItemOptions {
  readonly keychain: Keychain;
  /** `TradingHelperBot_Schwab` */
  readonly service: string;
  /** Id of the config node, so that copies and other installations do not meet. */
  readonly account: string;
  readonly marker: Marker;
  /** Runs its work alone, among all processes that may change this entry. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
}

/** All secrets of one config node, as one entry in the system keychain. */
export class KeychainItem {
  readonly #options: KeychainItemOptions;
  readonly #listeners = new Set<(trouble: string | null) => void>();

  constructor(options: KeychainItemOptions) {
    this.#options = options;
  }

  /**
   * The secrets; none where none was ever kept.
   * @throws ConfigError when the keychain cannot be read, or does not hold any more what was put there
   */
  async read(): Promise<Secrets> {
    return await this.#told(async () => (await this.#find()).secrets);
  }

  /** Calls back after each act with what is wrong, null when it worked; the returned function ends that. */
  listen(listener: (trouble: string | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #told<T>(act: () => Promise<T>): Promise<T> {
    const tell = (trouble: string | null): void => {
      for (const listener of this.#listeners) listener(trouble);
    };
    try {
      const result = await act();
      tell(null);
      return result;
    } catch (error) {
      tell(sentenceOf(error));
      throw error;
    }
  }

  async #alone<T>(act: () => Promise<T>): Promise<T> {
    return await this.#told(async () => await this.#options.exclusively(act));
  }

  /** The names of what was put there, without asking the keychain. */
  async names(): Promise<readonly string[]> {
    return (await this.#options.marker.read())?.names ?? [];
  }

  /** Whether something was put there, without asking the keychain. */
  async isUsed(): Promise<boolean> {
    return (await this.#options.marker.read()) !== null;
  }

  /**
   * Replaces the secrets as a whole, and reads them back before it says that they are kept.
   * @throws ConfigError; then what was there is still there
   */
  async change(edit: (secrets: Secrets) => Secrets): Promise<void> {
    await this.#alone(async () => {
      const { library, secrets } = await this.#find();
      await this.#keep(library, edit(secrets));
    });
  }

  /**
   * As `change`, where what was there has gone: begins anew. `strongest` stays where both have a name.
   * @throws ConfigError
   */
  async enter(entered: Secrets, strongest: 'entered' | 'kept' = 'entered'): Promise<void> {
    await this.#alone(async () => {
      const found = await this.#find().catch(async (error: unknown) => {
        const isLost = error instanceof ConfigError && LOST.has(error.code);
        if (!isLost) throw error;
        return { library: await this.#usable(null), secrets: NOTHING };
      });
      const { library, secrets } = found;
      const both = strongest === 'kept' ? { ...entered, ...secrets } : { ...secrets, ...entered };
      await this.#keep(library, both);
    });
  }

  /** Takes these out of the entry; one that has gone holds none of them, and no others. @throws ConfigError */
  async drop(names: readonly string[]): Promise<'dropped' | 'gone'> {
    return await this.#alone(async () => {
      try {
        const { library, secrets } = await this.#find();
        const left = Object.entries(secrets).filter(([name]) => !names.includes(name));
        if (left.length < Object.keys(secrets).length) await this.#keep(library, Object.fromEntries(left));
        return 'dropped';
      } catch (error) {
        if (!(error instanceof ConfigError) || error.code !== 'keychain-gone') throw error;
        await this.#unmark(names);
        return 'gone';
      }
    });
  }

  async #unmark(names: readonly string[]): Promise<void> {
    const { marker } = this.#options;
    const mark = await marker.read();
    const left = mark?.names.filter((name) => !names.includes(name)) ?? [];
    if (mark === null || left.length === 0) await marker.remove();
    else await marker.write({ ...mark, names: left });
  }

  /** Idempotent. @throws ConfigError */
  async remove(): Promise<void> {
    await this.#alone(async () => {
      const mark = await this.#options.marker.read();
      if (mark !== null) await this.#remove(mark.library);
    });
  }

  async #remove(library: LibraryName): Promise<void> {
    this.#textOf(await this.#do('remove', library), library);
    // An entry that was begun anew may have left one with the other library, which must not come back.
    for (const other of LIBRARIES) if (other !== library) await this.#do('remove', other);
    await this.#options.marker.remove();
  }

  async #keep(library: LibraryName, secrets: Secrets): Promise<void> {
    const { account, keychain, marker, service } = this.#options;
    const names = Object.keys(secrets);
    if (names.length === 0) return await this.#remove(library);
    const text = JSON.stringify({ v: 1, secrets });
    this.#textOf(await keychain.do({ act: 'write', library, service, account, text }));
    if (this.#textOf(await this.#do('read', library)) !== text) throw unusable(FORGETFUL);
    const mark = await marker.read();
    if (mark?.library !== library || mark.names.join() !== names.join())
      await marker.write({ library, names });
  }

  async #find(): Promise<{ readonly library: LibraryName; readonly secrets: Secrets }> {
    const { account, marker, service } = this.#options;
    const mark = await marker.read();
    if (mark === null) return await this.#findUnmarked();
    const { library } = mark;
    const text = this.#textOf(await this.#do('read', library), library);
    if (text !== null) return { library, secrets: parse(text) };
    // Keytar says the same of a locked keychain: only a keychain that works has lost it.
    await this.#usable(library);
    const again = this.#textOf(await this.#do('read', library));
    if (again === null) throw unusable(gone(service, account));
    return { library, secrets: parse(again) };
  }

  /** The mark may have been lost with the user directory, and the entry be there. */
  async #findUnmarked() {
    const usable = await this.#usable(null);
    for (const library of LIBRARIES) {
      const outcome = await this.#do('read', library);
      // Only what is there can be locked: @napi-rs/keyring says of all else that there is nothing.
      if (!outcome.ok && outcome.trouble.kind === 'locked') throw unusable(outcome.trouble);
      if (!outcome.ok || outcome.text === null) continue;
      const secrets = parse(outcome.text);
      await this.#options.marker.write({ library, names: Object.keys(secrets) });
      return { library, secrets };
    }
    return { library: usable, secrets: NOTHING };
  }

  async #usable(only: LibraryName | null): Promise<LibraryName> {
    const probe = await this.#options.keychain.usable(only);
    if (!probe.ok) throw unusable(probe.trouble);
    return probe.library;
  }

  async #do(act: 'read' | 'remove', library: LibraryName): Promise<Outcome> {
    const { account, keychain, service } = this.#options;
    return await keychain.do({ act, library, service, account });
  }

  #textOf(outcome: Outcome, keeper: LibraryName | null = null): string | null {
    if (outcome.ok) return outcome.text;
    const { trouble } = outcome;
    throw unusable(trouble.kind === 'not-installed' && keeper !== null ? withoutLibrary(keeper) : trouble);
  }
}

/** Codes of errors after which only entering the secrets again helps. */
const LOST: ReadonlySet<string> = new Set(['keychain-gone', 'keychain-damaged', 'keychain-orphaned']);

function parse(text: string): Secrets {
  const parsed = Kept.safeParse(parseJson(text));
  if (!parsed.success) throw unusable(DAMAGED);
  return parsed.data.secrets;
}

function unusable({ kind, sentence }: Trouble): ConfigError {
  return new ConfigError(sentence, { broker: 'keychain', code: `keychain-${kind}`, retrySlowly: true });
}
