import type { Account } from '../domain/account.js';
import type { Change } from '../domain/change.js';
import { KINDS, type Kind } from '../domain/update.js';
import { sentenceOf } from '../errors.js';
import type { Clock, RefreshRequest, Timer } from '../ports.js';
import { delta, type Digest } from '../sync/delta.js';
import { agesAt, freshness, isTooOld, type Freshness } from '../sync/freshness.js';
import { emptyAccount, type AccountState } from '../sync/state.js';
import type { Connection } from './connection.js';
import type { Ladder, View } from './ladder.js';
import { ReaderMemory, type MemoryOptions } from './reader-memory.js';

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
  readonly ladder: Ladder;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly coalesceMs: number;
  readonly staleAfterMs: number;
  readonly wants: (account: Account) => boolean;
  /** Absent where a restart is to begin anew. */
  readonly memory?: MemoryOptions;
  readonly onChange: (change: AccountChange) => void;
  /** After the news of one moment have been told, and when data have turned stale. */
  readonly onFlush: () => void;
}

interface Flush {
  /** What is to be told although nothing of it changed. */
  readonly asked: (kind: Kind, account: string) => boolean;
  readonly tell: (change: AccountChange) => void;
}

/** What is to be told of one account. */
interface Step {
  readonly view: View;
  /** What was told of it last, and live; null = nothing yet. */
  readonly before: AccountState | null;
  /** What differences will be told to from now on; null = nothing yet. */
  readonly base: AccountState | null;
  readonly changes: readonly Change[];
  /** Of the moment of the view: what comes while that is on its way to the disk does not make it any newer. */
  readonly freshness: ReadonlyMap<Kind, Freshness>;
}

/**
 * One reader of a connection, whatever the way that its figures take. News that come within `coalesceMs` are told
 * once, as the difference to what this reader was told last. Changes, and first images, are on the disk before they are
 * told: a crash in between tells them again, with the same ids, and loses none.
 */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #memory: ReaderMemory | null;
  /** account key → state as told last, and live: differences are told to it */
  readonly #told: Map<string, AccountState>;
  /** account key → state as shown last, which a delayed one may be */
  readonly #shown = new Map<string, AccountState>();
  /** account key → the way it was read through last */
  readonly #ways = new Map<string, Connection>();
  /** `account|kind` → freshness as told last */
  readonly #marks = new Map<string, string>();
  /** `account|kind` → sequence of the last news */
  readonly #sequences: Map<string, number>;
  /** States that were about to be told when Node-RED ended: told first, so that their ids are the same again. */
  #unfinished: readonly AccountState[] | null;
  /** While changes are on their way to the disk nothing is told. */
  #keeping: Promise<void> | null = null;
  #again = false;
  readonly #leave: () => void;
  readonly #nothingAsked: Flush;
  #flushTimer: Timer | null = null;
  #staleTimer: Timer | null = null;
  #closed = false;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    const { clock, ladder, memory } = options;
    const told = memory?.told ?? null;
    this.#told = new Map(told?.accounts.map((account) => [account.account.key, account]));
    this.#sequences = new Map(Object.entries(told?.sequences ?? {}));
    this.#unfinished = told?.next ?? null;
    this.#memory = memory === undefined ? null : new ReaderMemory(memory, clock, () => this.#toRemember());
    ladder.first.store.restore(told?.next ?? told?.accounts ?? []);
    this.#nothingAsked = { asked: () => false, tell: options.onChange };
    this.#leave = ladder.onChange(() => this.#flushSoon());
    if (ladder.views().length > 0) this.#flushSoon();
  }

  /** Tells `tell` of what was asked for, changed or not; resolves when it has. */
  async answer({ kind, account }: RefreshRequest, tell: (change: AccountChange) => void): Promise<void> {
    await this.#onDisk();
    this.#flush({
      asked: (of, key) =>
        !isEvent(of) && (kind === null || kind === of) && (account === null || account === key),
      tell,
    });
    await this.#onDisk();
  }

  /** Resolves when nothing is on its way to the disk. */
  async #onDisk(): Promise<void> {
    while (this.#keeping !== null) await this.#keeping;
  }

  /** Idempotent; nothing is told after it, not even an answer that was on its way. Resolves when all is remembered. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#leave();
    this.#options.ladder.close();
    this.#flushTimer?.cancel();
    this.#staleTimer?.cancel();
    await this.#memory?.close();
  }

  #flushSoon(): void {
    this.#flushTimer ??= this.#options.clock.after(this.#options.coalesceMs, () =>
      this.#flush(this.#nothingAsked),
    );
  }

  #flush(flush: Flush): void {
    if (this.#closed) return;
    this.#flushTimer?.cancel();
    this.#flushTimer = null;
    if (this.#keeping !== null) {
      this.#again = true;
      return;
    }
    const steps = this.#steps();
    const memory = this.#memory;
    if (memory === null) return this.#tellAll(steps, flush);
    const hasNumbers = memory.hasNumbersFor(steps.map(({ view }) => view.account));
    if (hasNumbers && !steps.some(isToKeep)) return this.#tellAll(steps, flush);
    const next = steps.map(({ base, view }) => base ?? emptyAccount(view.account.account));
    this.#keeping = memory.about(next).then(() => this.#kept(steps, flush));
  }

  /** Runs outside of every timer and handler, so that nothing may be thrown here. */
  #kept(steps: readonly Step[], flush: Flush): void {
    this.#keeping = null;
    if (this.#closed) return;
    try {
      this.#tellAll(steps, flush);
    } catch (error) {
      this.#options.memory?.warn(`A reader of the connection failed: ${sentenceOf(error)}`);
    }
    this.#memory?.told(true);
    if (this.#again) this.#flushSoon();
    this.#again = false;
  }

  #steps(): readonly Step[] {
    const unfinished = this.#unfinished;
    this.#unfinished = null;
    if (unfinished !== null) this.#flushSoon();
    const views = this.#options.ladder.views().map((view) => this.#fitted(view));
    return views
      .map((view) => {
        const due = unfinished?.find(({ account }) => account.key === view.account.account.key);
        return due === undefined ? view : { ...view, account: due, isDelayed: false };
      })
      .filter((view) => this.#options.wants(view.account.account))
      .map((view) => this.#step(view));
  }

  #step(view: View): Step {
    const { account, isDelayed } = view;
    const before = this.#told.get(account.account.key) ?? null;
    // Of a delayed image only fills are news; whatever else differs in it is of another day.
    const base =
      isDelayed && before !== null
        ? { ...before, executions: account.executions }
        : isDelayed
          ? null
          : account;
    const isSame = base === null || base === before;
    const changes = isSame ? [] : delta(before, base, this.#options.digest);
    return { view, before, base, changes, freshness: this.#freshnessOf(view) };
  }

  #freshnessOf({ account, origin }: View): ReadonlyMap<Kind, Freshness> {
    const { clock, staleAfterMs } = this.#options;
    const at = clock.now();
    const all = new Map<Kind, Freshness>();
    for (const kind of KINDS) {
      const fresh = freshness({ ...origin(kind), account, of: kind, at, staleAfterMs });
      const from = account[kind]?.from;
      if (fresh === null || from === undefined) continue;
      if (fresh.quality !== 'cached' || !isTooOld(from, at)) all.set(kind, fresh);
    }
    return all;
  }

  /** What comes through another way than before counts its versions on from what was told. */
  #fitted(view: View): View {
    const { key } = view.account.account;
    const before = this.#ways.get(key) ?? this.#options.ladder.first;
    this.#ways.set(key, view.way);
    const told = this.#told.get(key);
    if (before === view.way || view.isDelayed || told === undefined) return view;
    view.way.store.restore([told]);
    return { ...view, account: view.way.store.state.accounts.get(key) ?? view.account };
  }

  #tellAll(steps: readonly Step[], flush: Flush): void {
    for (const step of steps) {
      if (step.base !== null) this.#told.set(step.base.account.key, step.base);
      this.#tell(step, flush);
    }
    this.#watchAge();
    this.#options.onFlush();
  }

  #toRemember() {
    return { accounts: [...this.#told.values()], sequences: this.#sequences };
  }

  #tell({ changes, freshness: fresh, view }: Step, { asked, tell }: Flush): void {
    const after = view.account;
    const { key } = after.account;
    const before = this.#shown.get(key);
    this.#shown.set(key, after);
    for (const [kind, now] of fresh) {
      const own = changes.filter(({ of }) => of === kind);
      const valueChanged = before?.[kind]?.value !== after[kind]?.value;
      const markChanged = this.#mark(`${key}|${kind}`, now);
      const worthTelling = isEvent(kind) ? own.length > 0 : valueChanged || markChanged || asked(kind, key);
      if (!worthTelling) continue;
      tell({
        kind,
        state: after,
        changes: own,
        freshness: now,
        sequence: this.#next(`${key}|${kind}`),
      });
      this.#memory?.told(false);
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

  /** Data turn stale, and too old to be told, without any news: wake up at that moment and say so. */
  #watchAge(): void {
    const { clock, staleAfterMs } = this.#options;
    this.#staleTimer?.cancel();
    const now = clock.now();
    const times = [...this.#shown.values()].flatMap(
      (account) => agesAt(account, { staleAfterMs, at: now }) ?? [],
    );
    const next = Math.min(...times);
    this.#staleTimer = Number.isFinite(next)
      ? clock.after(next - now + 1, () => this.#flush(this.#nothingAsked))
      : null;
  }
}

/** An old list of fills or bookings, told again because it aged, would look like new ones. */
function isEvent(kind: Kind): boolean {
  return kind === 'executions' || kind === 'activities';
}

/**
 * A first image is no change, and yet it is kept before it is told: what changes after it could not be told as
 * changes by a process that does not know it.
 */
function isToKeep({ base, before, changes }: Step): boolean {
  if (base === null) return false;
  return changes.length > 0 || KINDS.some((kind) => base[kind] !== null && (before?.[kind] ?? null) === null);
}
