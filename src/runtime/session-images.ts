import type { Kind, Snapshot } from '../domain/update.js';
import type { Clock } from '../ports.js';
import type { SyncState } from '../sync/state.js';

/** Which complete images have come through the session that is open now, and when it had brought all there are. */
export class SessionImages {
  readonly #clock: Clock;
  /** `account|kind` */
  readonly #fresh = new Set<string>();
  #loadedAt: number | null = null;
  #goodSince: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** When balances and positions of every account had come through this session, on the monotonic clock. */
  get loadedAt(): number | null {
    return this.#loadedAt;
  }

  /** When the last session that brought figures had brought them, ms since the epoch; null = there was none in this process. */
  get goodSince(): number | null {
    return this.#goodSince;
  }

  isFresh(account: string, kind: Kind): boolean {
    return this.#fresh.has(`${account}|${kind}`);
  }

  /** Whether any of them has. */
  get hasAny(): boolean {
    return this.#fresh.size > 0;
  }

  /** Whether balances and positions of every account are fresh. */
  isComplete(state: SyncState): boolean {
    const present = [...state.accounts].filter(([, account]) => account.present);
    return (
      present.length > 0 &&
      present.every(([key]) => this.isFresh(key, 'balances') && this.isFresh(key, 'positions'))
    );
  }

  /** Answers whether the image was taken: one that was refused leaves figures of another time behind, and they are not fresh. */
  note({ account, from, of }: Snapshot, state: SyncState): boolean {
    const isTaken = state.accounts.get(account)?.[of]?.from === from;
    if (isTaken) this.#fresh.add(`${account}|${of}`);
    else this.#fresh.delete(`${account}|${of}`);
    if (this.#loadedAt === null && this.isComplete(state)) {
      this.#loadedAt = this.#clock.monotonic();
      this.#goodSince = this.#clock.now();
    }
    return isTaken;
  }

  /** What came until now is not fresh any more. */
  age(): void {
    this.#fresh.clear();
  }

  /** For how long the session had brought all figures, ms; null = it never had. The next one begins anew. */
  end(): number | null {
    this.#fresh.clear();
    const since = this.#loadedAt;
    this.#loadedAt = null;
    return since === null ? null : this.#clock.monotonic() - since;
  }
}
