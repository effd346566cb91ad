import type { BrokerUpdate } from '../domain/update.js';
import { reconcile } from '../sync/reconcile.js';
import { EMPTY_STATE, type SyncState } from '../sync/state.js';

/** The last good state of one connection; it outlives every session with the broker. */
export class Store {
  #state: SyncState = EMPTY_STATE;
  readonly #listeners = new Set<() => void>();

  get state(): SyncState {
    return this.#state;
  }

  apply(update: BrokerUpdate): void {
    const after = reconcile(this.#state, update);
    if (after === this.#state) return;
    this.#state = after;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` after each change; the returned function ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
