import { sentenceOf } from '../errors.js';
import type { Clock, Timer } from '../ports.js';
import type { Concern } from './concern.js';

export interface SecretsWatchOptions {
  readonly clock: Clock;
  /** Looks whether what was kept can still be read. @throws when it cannot */
  readonly look: () => Promise<void>;
  /** Calls back with what others found wrong with them, or null; the returned function ends that. */
  readonly listen: (heard: (trouble: string | null) => void) => () => void;
}

/** A look may put a question on somebody's screen: often enough to hear of it before the next restart of the host. */
const LOOK_EVERY_MS = 5 * 60_000;

/** Looks at kept secrets while others work with what they have read of them. */
export class SecretsWatch implements Concern {
  readonly #options: SecretsWatchOptions;
  readonly #listeners = new Set<() => void>();
  #sentence: string | null = null;
  readonly #leave: () => void;
  #timer: Timer | null = null;
  #isClosed = false;

  constructor(options: SecretsWatchOptions) {
    this.#options = options;
    this.#leave = options.listen((trouble) => this.#hear(trouble));
    this.#schedule();
  }

  get sentence(): string | null {
    return this.#sentence;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks at once. Never throws. */
  async look(): Promise<void> {
    try {
      await this.#options.look();
      this.#hear(null);
    } catch (error) {
      this.#hear(sentenceOf(error));
    }
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#leave();
    this.#timer?.cancel();
    this.#listeners.clear();
  }

  #hear(trouble: string | null): void {
    if (this.#isClosed || trouble === this.#sentence) return;
    this.#sentence = trouble;
    for (const listener of this.#listeners) listener();
  }

  #schedule(): void {
    this.#timer = this.#options.clock.after(LOOK_EVERY_MS, () => {
      this.look()
        .catch((error: unknown) => (this.#sentence = sentenceOf(error)))
        .finally(() => {
          if (!this.#isClosed) this.#schedule();
        });
    });
  }
}
