import type { Clock } from '../ports.js';
import type { ConnectionStatus } from './status.js';

/** What a connection has gone through since it was made, for whoever looks for what is wrong. Times in ms since the epoch. */
export interface Chronicle {
  readonly startedAt: number;
  readonly counters: Counters;
  /** The last thing that went wrong; null = nothing has. */
  readonly lastError: Entry | null;
  /** Changes of its state, the latest first. */
  readonly history: readonly StateEntry[];
}

export interface Counters {
  /** Attempts to open a session. */
  readonly attempts: number;
  readonly sessions: number;
  /** Requests for everything that were answered, at the start of a session and every `pollSeconds` after. */
  readonly polls: number;
  readonly failedPolls: number;
  /** Complete images that were taken. */
  readonly snapshots: number;
  /** Complete images that were not taken, since they contradict themselves. */
  readonly refusedSnapshots: number;
}

interface Entry {
  readonly at: number;
  readonly message: string;
}

export interface StateEntry {
  readonly at: number;
  readonly state: ConnectionStatus['state'];
  readonly message: string | null;
}

/** So many changes are kept: a bad night of reconnects, and what was before it. */
const LONGEST_HISTORY = 100;

/** Keeps the chronicle of one connection. */
export class Journal {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #counts = {
    attempts: 0,
    sessions: 0,
    polls: 0,
    failedPolls: 0,
    snapshots: 0,
    refusedSnapshots: 0,
  };
  #lastError: Entry | null = null;
  readonly #history: StateEntry[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  get chronicle(): Chronicle {
    return {
      startedAt: this.#startedAt,
      counters: { ...this.#counts },
      lastError: this.#lastError,
      history: [...this.#history],
    };
  }

  count(what: keyof Counters): void {
    this.#counts[what] += 1;
  }

  failed(message: string): void {
    this.#lastError = { at: this.#clock.now(), message };
  }

  /** The time of the next attempt alone makes no entry. */
  became({ reason, state }: ConnectionStatus): void {
    const [latest] = this.#history;
    const entry = { at: this.#clock.now(), state, message: reason };
    if (latest?.state === state && latest.message === reason) return;
    this.#history.unshift(entry);
    this.#history.length = Math.min(this.#history.length, LONGEST_HISTORY);
  }
}
