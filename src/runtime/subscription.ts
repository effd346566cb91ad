import type { Account } from '../domain/account.js';
import type { Change } from '../domain/change.js';
import { KINDS, type Kind } from '../domain/update.js';
import type { Clock, RefreshRequest, Timer } from '../ports.js';
import { delta, type Digest } from '../sync/delta.js';
import { freshness, turnsStaleAt, type Freshness } from '../sync/freshness.js';
import type { AccountState } from '../sync/state.js';
import type { Connection } from './connection.js';

/** News of one kind of one account: the whole picture, what changed in it, and how far to trust it. */
export interface AccountChange {
  readonly kind: Kind;
  readonly state: AccountState;
  readonly changes: readonly Change[];
  readonly freshness: Freshness;
  /** Starts at 1 and grows by one with each news of this kind of this account. */
  readonly sequence: number;
}

export interface SubscriptionOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly coalesceMs: number;
  readonly staleAfterMs: number;
  readonly wants: (account: Account) => boolean;
  readonly onChange: (change: AccountChange) => void;
  /** After the news of one moment have been told, and when data have turned stale. */
  readonly onFlush: () => void;
}

interface Flush {
  /** What is to be told although nothing of it changed. */
  readonly asked: (kind: Kind, account: string) => boolean;
  readonly tell: (change: AccountChange) => void;
}

/**
 * One reader of a connection. News that come within `coalesceMs` are told once, as the difference to what
 * this reader was told last.
 */
export class Subscription {
  readonly #options: SubscriptionOptions;
  /** account key → state as told last */
  readonly #told = new Map<string, AccountState>();
  /** `account|kind` → freshness as told last */
  readonly #marks = new Map<string, string>();
  /** `account|kind` → sequence of the last news */
  readonly #sequences = new Map<string, number>();
  readonly #leave: readonly (() => void)[];
  readonly #nothingAsked: Flush;
  #flushTimer: Timer | null = null;
  #staleTimer: Timer | null = null;
  #closed = false;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    const { connection } = options;
    this.#nothingAsked = { asked: () => false, tell: options.onChange };
    const soon = (): void => this.#flushSoon();
    this.#leave = [connection.store.onChange(soon), connection.onStatus(soon)];
    if (connection.store.state.accounts.size > 0) soon();
  }

  /** Tells `tell` now of what was asked for, changed or not. */
  answer({ kind, account }: RefreshRequest, tell: (change: AccountChange) => void): void {
    this.#flush({
      asked: (of, key) =>
        of !== 'executions' && (kind === null || kind === of) && (account === null || account === key),
      tell,
    });
  }

  /** Idempotent; nothing is told after it, not even an answer that was on its way. */
  close(): void {
    this.#closed = true;
    for (const leave of this.#leave) leave();
    this.#flushTimer?.cancel();
    this.#staleTimer?.cancel();
  }

  #flushSoon(): void {
    this.#flushTimer ??= this.#options.clock.after(this.#options.coalesceMs, () =>
      this.#flush(this.#nothingAsked),
    );
  }

  #flush({ asked, tell }: Flush): void {
    if (this.#closed) return;
    this.#flushTimer?.cancel();
    this.#flushTimer = null;
    for (const [key, after] of this.#options.connection.store.state.accounts) {
      if (!this.#options.wants(after.account)) continue;
      const before = this.#told.get(key) ?? null;
      this.#told.set(key, after);
      this.#tell(before, after, { asked, tell });
    }
    this.#watchAge();
    this.#options.onFlush();
  }

  #tell(before: AccountState | null, after: AccountState, { asked, tell }: Flush): void {
    const { clock, connection, digest, staleAfterMs } = this.#options;
    const { key } = after.account;
    const changes = before === after ? [] : delta(before, after, digest);
    for (const kind of KINDS) {
      const fresh = freshness({
        state: connection.store.state,
        account: after,
        of: kind,
        fresh: connection.isFresh(key, kind),
        at: clock.now(),
        staleAfterMs,
      });
      if (fresh === null) continue;
      const own = changes.filter(({ of }) => of === kind);
      const valueChanged = before?.[kind]?.value !== after[kind]?.value;
      const markChanged = this.#mark(`${key}|${kind}`, fresh);
      // Executions are events: an old list of them, told again because it aged, would look like new fills.
      const worthTelling =
        kind === 'executions' ? own.length > 0 : valueChanged || markChanged || asked(kind, key);
      if (!worthTelling) continue;
      tell({
        kind,
        state: after,
        changes: own,
        freshness: fresh,
        sequence: this.#next(`${key}|${kind}`),
      });
    }
  }

  #mark(key: string, { quality, stale, via, issues }: Freshness): boolean {
    const mark = JSON.stringify([quality, stale, via, issues.map(({ code }) => code)]);
    const changed = this.#marks.get(key) !== mark;
    this.#marks.set(key, mark);
    return changed;
  }

  #next(key: string): number {
    const sequence = (this.#sequences.get(key) ?? 0) + 1;
    this.#sequences.set(key, sequence);
    return sequence;
  }

  /** Data turn stale without any news: wake up at that moment and say so. */
  #watchAge(): void {
    const { clock, connection, staleAfterMs } = this.#options;
    this.#staleTimer?.cancel();
    const now = clock.now();
    const times = [...connection.store.state.accounts.values()].flatMap(
      (account) => turnsStaleAt(account, { staleAfterMs, at: now }) ?? [],
    );
    const next = Math.min(...times);
    this.#staleTimer = Number.isFinite(next)
      ? clock.after(next - now + 1, () => this.#flush(this.#nothingAsked))
      : null;
  }
}
