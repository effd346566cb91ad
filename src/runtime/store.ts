import type { BrokerUpdate } from '../domain/update.js';
import { reconcile } from '../sync/reconcile.js';
import { restored } from '../sync/restore.js';
import { EMPTY_STATE, type AccountState, type SyncState } from '../sync/state.js';

/** The last good state of one connection; it outlives every session with the broker. */
export class Store {
  #state: SyncState = EMPTY_STATE;
  readonly #listeners = new Set<() => void>();

  get state(): SyncState {
    return this.#state;
  }

  apply(update: BrokerUpdate): void {
    this.#become(reconcile(this.#state, update));
  }

  #become(after: SyncState): void {
    if (after === this.#state) return;
    this.#state = after;
    for (const listener of this.#listeners) listener();
  }

  /** Takes what was known before this process was started. */
  restore(remembered: readonly AccountState[]): void {
    this.#become(restored(this.#state, remembered));
  }

  /** Calls `listener` after each change; the returned function ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
