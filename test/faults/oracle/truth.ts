import { isTold, type Row } from '../../support/differences.js';
import type { World } from './world.js';

/** A value of a figure and when it ceased to be true, on the run's clock; null = it still is. */
interface Span {
  readonly value: unknown;
  until: number | null;
}

/** One figure of one row of one account. */
export interface Place {
  /** Account number. */
  readonly account: string;
  readonly row: string;
  readonly figure: string;
}

/** `there` is whether the row exists at all. */
const THERE = 'there';

/** The figures of a world, and every value that each of them ever had. */
export class Truth {
  readonly #world: World;
  readonly #now: () => number;
  /** account number → row → figure → values, oldest first */
  readonly #history = new Map<string, Map<string, Map<string, Span[]>>>();
  /** `account|row` → figures that need not be told to the last digit */
  readonly #loose = new Map<string, Row['loose']>();
  /** `account|position key` → how often it was closed */
  readonly #closes = new Map<string, number>();
  readonly #leave: () => void;
  /** Grows with each change of the ledger. */
  version = 0;

  /** @param now ms, monotonic */
  constructor(world: World, now: () => number) {
    this.#world = world;
    this.#now = now;
    for (const account of world.accounts) this.#note(account);
    this.#leave = world.subscribe((changed) => {
      this.version += 1;
      for (const account of changed === null ? world.accounts : [changed]) this.#note(account);
    });
  }

  close(): void {
    this.#leave();
  }

  get accountNumbers(): readonly string[] {
    return this.#world.accounts;
  }

  /** What is true of an account now. */
  rowsOf(account: string): readonly Row[] {
    return this.#world.rowsOf(account);
  }

  closesOf(account: string, positionKey: string): number {
    return this.#closes.get(`${account}|position ${positionKey}`) ?? 0;
  }

  /** Whether the figure had this value at a moment since `since`; true of figures that the ledger does not state. */
  hadValue(where: Place, value: unknown, since: number): boolean {
    const looseBy = this.#loose.get(`${where.account}|${where.row}`)?.[where.figure];
    return this.hadLike(where, (known) => isTold(known, value, looseBy), since);
  }

  /** The same of a value that need not be the very same. */
  hadLike(where: Place, isLike: (value: unknown) => boolean, since: number): boolean {
    const row = this.#history.get(where.account)?.get(where.row);
    if (row === undefined) return false;
    const spans = row.get(where.figure);
    return (
      spans === undefined || spans.some((span) => isLike(span.value) && (span.until ?? Infinity) >= since)
    );
  }

  /** Whether the row existed at a moment since `since`. */
  wasThere(account: string, row: string, since: number): boolean {
    return this.hadValue({ account, row, figure: THERE }, true, since);
  }

  /** Rows that have existed without interruption since before `since`. */
  thereSince(account: string, since: number): readonly string[] {
    return [...(this.#history.get(account) ?? [])]
      .filter(
        ([, row]) => row.get(THERE)?.at(-1)?.value === true && this.#isOlder(row.get(THERE) ?? [], since),
      )
      .map(([name]) => name);
  }

  #isOlder(spans: readonly Span[], since: number): boolean {
    const before = spans.at(-2);
    return before === undefined ? true : (before.until ?? Infinity) <= since;
  }

  #note(account: string): void {
    const rows = this.#history.get(account) ?? new Map<string, Map<string, Span[]>>();
    const isFirst = !this.#history.has(account);
    this.#history.set(account, rows);
    const present = new Set<string>();
    for (const { figures, loose, name } of this.#world.rowsOf(account)) {
      present.add(name);
      this.#loose.set(`${account}|${name}`, loose);
      const row =
        rows.get(name) ?? new Map<string, Span[]>(isFirst ? [] : [[THERE, [{ value: false, until: null }]]]);
      rows.set(name, row);
      for (const figure of row.keys()) if (figure !== THERE && !(figure in figures)) row.delete(figure);
      for (const [figure, value] of Object.entries({ ...figures, [THERE]: true }))
        this.#see(row, figure, value);
    }
    for (const [name, row] of rows) {
      if (present.has(name) || row.get(THERE)?.at(-1)?.value === false) continue;
      const key = `${account}|${name}`;
      this.#closes.set(key, (this.#closes.get(key) ?? 0) + 1);
      for (const spans of row.values()) end(spans, this.#now());
      this.#see(row, THERE, false);
    }
  }

  #see(row: Map<string, Span[]>, figure: string, value: unknown): void {
    const spans = row.get(figure) ?? [];
    row.set(figure, spans);
    const last = spans.at(-1);
    if (last !== undefined && last.value === value && last.until === null) return;
    end(spans, this.#now());
    spans.push({ value, until: null });
  }
}

function end(spans: readonly Span[], at: number): void {
  for (const span of spans) span.until ??= at;
}
