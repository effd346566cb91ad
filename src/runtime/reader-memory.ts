import { sentenceOf } from '../errors.js';
import { KINDS } from '../domain/update.js';
import type { Clock, Timer } from '../ports.js';
import type { Told } from '../state/told.js';
import type { AccountState } from '../sync/state.js';

export interface MemoryOptions {
  /** Id of the connection that is read. */
  readonly connection: string;
  /** What was remembered of it; null at a first start. */
  readonly told: Told | null;
  /** Resolves when it is on the disk, or cannot be. Never rejects. */
  readonly save: (told: Told) => Promise<void>;
  readonly warn: (message: string) => void;
}

export interface Remembered {
  readonly accounts: readonly AccountState[];
  /** `account|kind` → sequence of the last news */
  readonly sequences: ReadonlyMap<string, number>;
}

/** Prices alone are remembered this often: a memory card lives longer, and nothing but their age is lost. */
const PRICES_MS = 60_000;
/** After changes were told: until then a crash tells them again. */
const CHANGES_MS = 1_000;
/** Numbers that are given out without a word to the disk; a crash skips the rest of them. */
const RESERVED = 1_000;

/** Keeps on the disk what a reader has told, and what it is about to tell. */
export class ReaderMemory {
  readonly #options: MemoryOptions;
  readonly #clock: Clock;
  readonly #now: () => Remembered;
  #timer: Timer | null = null;
  /** When the timer fires, on the monotonic clock. */
  #dueAt = 0;
  #isClosed = false;
  /** What is about to be told: every write until then names it. */
  #next: readonly AccountState[] | null = null;
  /** `account|kind` → the last number that may be given out before the next save */
  #reserved = new Map<string, number>();

  constructor(options: MemoryOptions, clock: Clock, now: () => Remembered) {
    this.#options = options;
    this.#clock = clock;
    this.#now = now;
  }

  /** Whether the next news of these can be numbered so that no process after a crash gives out the same numbers. */
  hasNumbersFor(accounts: readonly AccountState[]): boolean {
    const { sequences } = this.#now();
    return numbered(accounts).every((key) => (sequences.get(key) ?? 0) < (this.#reserved.get(key) ?? 0));
  }

  /** Resolves when a crash will tell the difference to these states again. */
  async about(next: readonly AccountState[]): Promise<void> {
    this.#next = next;
    await this.#save(RESERVED);
  }

  /** Something was told; with changes in it, it is remembered soon. */
  told(withChanges: boolean): void {
    if (withChanges) this.#next = null;
    const isScarce = [...this.#now().sequences].some(
      ([key, sequence]) => sequence > (this.#reserved.get(key) ?? 0) - RESERVED / 2,
    );
    this.#schedule(withChanges || isScarce ? CHANGES_MS : PRICES_MS);
  }

  /** Idempotent. Remembers all, and every number that was not used. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#save(0);
  }

  #schedule(delayMs: number): void {
    const dueAt = this.#clock.monotonic() + delayMs;
    if (this.#isClosed || (this.#timer !== null && this.#dueAt <= dueAt)) return;
    this.#timer?.cancel();
    this.#dueAt = dueAt;
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = null;
      this.#save(RESERVED).catch((error: unknown) => this.#options.warn(sentenceOf(error)));
    });
  }

  async #save(reserve: number): Promise<void> {
    const { connection, save } = this.#options;
    const { accounts, sequences } = this.#now();
    const keys = new Set([...sequences.keys(), ...numbered(this.#next ?? [])]);
    const reserved = new Map([...keys].map((key) => [key, (sequences.get(key) ?? 0) + reserve]));
    this.#reserved = reserved;
    await save({ connection, accounts, next: this.#next, sequences: Object.fromEntries(reserved) });
  }
}

/** `account|kind` of all that may be told of these. */
function numbered(accounts: readonly AccountState[]): readonly string[] {
  return accounts.flatMap(({ account }) => KINDS.map((kind) => `${account.key}|${kind}`));
}
