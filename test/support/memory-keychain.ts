import type { Clock } from '../../src/ports.js';
import type { Asked } from '../../src/secrets/keychain/ask.js';
import { Keychain } from '../../src/secrets/keychain/keychain.js';
import type { KeychainRequest, LibraryName } from '../../src/secrets/keychain/protocol.js';

export type Mood = 'open' | 'locked' | 'denied' | 'no bus' | 'late' | 'forgetful';

/**
 * What the libraries answer, as seen with a real Secret Service (test/system/keychain.test.ts); a refusal in the words
 * of macOS (errSecUserCanceled in SecBase.h).
 */
const SAID = {
  keytar: {
    locked: 'Cannot create an item in a locked collection',
    denied: 'User canceled the operation.',
    'no bus': 'Cannot autolaunch D-Bus without X11 $DISPLAY',
  },
  '@napi-rs/keyring': {
    locked: "Couldn't access platform storage: Secret Service: unlock prompt was dismissed",
    denied: "Couldn't access platform secure storage: User canceled the operation.",
    'no bus': 'Platform failure: DBus error: No such file or directory (os error 2)',
  },
} as const;

/** A keychain that answers as the libraries do, with entries that the test can look at. */
export class MemoryKeychain {
  mood: Mood = 'open';
  readonly installed = new Set<LibraryName>(['keytar', '@napi-rs/keyring']);
  /** Installed, and fail whatever they are asked. */
  readonly broken = new Set<LibraryName>();
  /** Something that happens before a question is answered. */
  onAsk: (request: KeychainRequest) => void = () => {};
  /** `library|service|account` → text */
  readonly entries = new Map<string, string>();
  readonly asked: KeychainRequest[] = [];
  readonly keychain: Keychain;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.keychain = this.afterRestart();
  }

  /** As another process sees it, which remembers no refusal. */
  afterRestart(): Keychain {
    return new Keychain({ clock: this.#clock, ask: async (request) => this.#answer(request) });
  }

  /** The entry of a node, whichever library wrote it. */
  entry(service: string, account: string): string | null {
    const found = [...this.entries].find(([name]) => name.endsWith(`|${service}|${account}`));
    return found?.[1] ?? null;
  }

  #answer(request: KeychainRequest): Asked {
    this.asked.push(request);
    this.onAsk(request);
    const { library, service, account } = request;
    if (!this.installed.has(library))
      return { kind: 'not-installed', said: `Cannot find package '${library}'` };
    if (this.broken.has(library)) return { kind: 'failed', said: 'Out of order' };
    if (this.mood === 'late') return { kind: 'late' };
    if (this.mood === 'no bus' || this.mood === 'denied')
      return { kind: 'failed', said: SAID[library][this.mood] };
    const name = `${library}|${service}|${account}`;
    if (this.mood === 'locked') {
      const isBlind = library === 'keytar' || !this.entries.has(name);
      if (request.act === 'read' && isBlind) return { kind: 'done', text: null };
      return { kind: 'failed', said: SAID[library].locked };
    }
    switch (request.act) {
      case 'read':
        return { kind: 'done', text: this.entries.get(name) ?? null };
      case 'write':
        if (this.mood === 'open') this.entries.set(name, request.text);
        return { kind: 'done', text: null };
      case 'remove':
        this.entries.delete(name);
        return { kind: 'done', text: null };
    }
  }
}
