import { randomBytes } from 'node:crypto';
import { sentenceOf } from '../../errors.js';
import type { Clock } from '../../ports.js';
import type { Ask, Asked } from './ask.js';
import { LIBRARIES, type KeychainRequest, type LibraryName } from './protocol.js';
import { FORGETFUL, NO_LIBRARY, troubleIn, type Trouble } from './trouble.js';

/** What was read or done; `text` is null where nothing is kept. */
export type Outcome =
  { readonly ok: true; readonly text: string | null } | { readonly ok: false; readonly trouble: Trouble };

/** Whether the keychain works, and through which library. */
export type Probe =
  { readonly ok: true; readonly library: LibraryName } | { readonly ok: false; readonly trouble: Trouble };

/** An answer like this is kept for so long: each look at a locked keychain may put a question on somebody's screen. */
const REST_MS = 5 * 60_000;
const CANARY_SERVICE = 'TradingHelperBot_Probe';

/** Something that was left after a probe is found by its account. */
const canaryAccount = (): string => `probe-${randomBytes(6).toString('hex')}`;

/** The system keychain: one question at a time, and none for a while after it refused. */
export class Keychain {
  readonly #library: Ask;
  readonly #clock: Clock;
  #turn: Promise<unknown> = Promise.resolve();
  /** library → why it is left alone, and until when on the monotonic clock */
  readonly #resting = new Map<LibraryName, { readonly trouble: Trouble; readonly until: number }>();

  constructor({ ask, clock }: { readonly ask: Ask; readonly clock: Clock }) {
    this.#library = ask;
    this.#clock = clock;
  }

  /** One act, unless its library refused just now. Never throws. */
  async do(request: KeychainRequest): Promise<Outcome> {
    return await this.#inTurn(async () => await this.#do(request));
  }

  /** Writes, reads and removes something of no worth; `only` = through this library. Asks also where others rest. */
  async probe(only: LibraryName | null = null): Promise<Probe> {
    return await this.#inTurn(async () => {
      // Whoever was before us in the turn may have been refused after `probe` was called.
      this.#resting.clear();
      return await this.#firstUsable(only);
    });
  }

  /** As `probe`, unless the keychain refused just now. */
  async usable(only: LibraryName | null = null): Promise<Probe> {
    return await this.#inTurn(async () => await this.#firstUsable(only));
  }

  async #firstUsable(only: LibraryName | null): Promise<Probe> {
    let worst: Trouble = NO_LIBRARY;
    for (const library of only === null ? LIBRARIES : [only]) {
      const asked = await this.#probe(library);
      if (asked.ok) return asked;
      // A keychain that is there and locked says more than a library that is not.
      if (worst.kind === 'not-installed') worst = asked.trouble;
    }
    return { ok: false, trouble: worst };
  }

  async #probe(library: LibraryName): Promise<Probe> {
    const place = { library, service: CANARY_SERVICE, account: canaryAccount() };
    const text = randomBytes(16).toString('hex');
    const written = await this.#do({ act: 'write', ...place, text });
    if (!written.ok) return written;
    const read = await this.#do({ act: 'read', ...place });
    // Asked also where the read was refused: nothing of a probe is left behind.
    const removed = await this.#ask({ act: 'remove', ...place });
    if (!read.ok) return read;
    if (!removed.ok) return removed;
    return read.text === text ? { ok: true, library } : { ok: false, trouble: FORGETFUL };
  }

  async #do(request: KeychainRequest): Promise<Outcome> {
    const { library } = request;
    const rest = this.#resting.get(library);
    if (rest !== undefined && this.#clock.monotonic() < rest.until)
      return { ok: false, trouble: rest.trouble };
    return await this.#ask(request);
  }

  async #ask(request: KeychainRequest): Promise<Outcome> {
    const asked = await this.#answerTo(request);
    const trouble = troubleIn(asked);
    if (trouble === null) return { ok: true, text: asked.kind === 'done' ? asked.text : null };
    this.#resting.set(request.library, { trouble, until: this.#clock.monotonic() + REST_MS });
    return { ok: false, trouble };
  }

  /** A helper process that cannot even be started fails as one that does not answer. */
  async #answerTo(request: KeychainRequest): Promise<Asked> {
    try {
      return await this.#library(request);
    } catch (error) {
      return { kind: 'failed', said: sentenceOf(error) };
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = Promise.allSettled([mine]);
    return await mine;
  }
}
