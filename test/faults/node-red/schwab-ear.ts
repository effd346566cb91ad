import type { Market, SchwabLedgerAccount } from '../../../simulators/index.js';
import { newsIn, type News } from '../oracle/news.js';

/** A figure may be told as live for so long after it has changed: a poll every minute, and three attempts at it. */
const LIVE_FOR_MS = 130_000;

type Kind = 'balances' | 'positions';

interface Span {
  readonly value: string;
  until: number | null;
}

/** Hears what is told of the accounts at Schwab, and holds what is held and worth against the book. */
export class SchwabEar {
  readonly wrongLive = new Set<string>();
  readonly duplicates = new Set<string>();
  readonly #market: Market;
  readonly #now: () => number;
  /** `label|kind` → what was true of it, oldest first */
  readonly #truth = new Map<string, Span[]>();
  /** `label|kind` → what was told last, and whether as live */
  readonly #told = new Map<string, { readonly value: string; readonly isLive: boolean }>();
  /** `execution id.revision` → its event id */
  readonly #fills = new Map<string, string>();

  constructor(market: Market, now: () => number) {
    this.#market = market;
    this.#now = now;
    this.look();
  }

  hear(message: unknown): void {
    const news = newsIn(message);
    if (news === null) return;
    this.#count(news);
    const { isLive, key, kind } = news;
    if (kind !== 'balances' && kind !== 'positions') return;
    const value = toldIn(news);
    this.#told.set(`${key}|${kind}`, { value, isLive });
    const known = this.#truth.get(`${key}|${kind}`) ?? [];
    const since = this.#now() - LIVE_FOR_MS;
    if (isLive && !known.some((span) => span.value === value && (span.until ?? Infinity) >= since))
      this.wrongLive.add(`${key}: ${kind} were told as live as ${value}`);
  }

  /** The book may have changed. */
  look(): void {
    for (const account of this.#accounts())
      for (const kind of ['balances', 'positions'] as const) {
        const name = `${labelOf(account)}|${kind}`;
        const spans = this.#truth.get(name) ?? [];
        this.#truth.set(name, spans);
        const value = trueOf(account, kind);
        const last = spans.at(-1);
        if (last?.value === value) continue;
        if (last !== undefined) last.until = this.#now();
        spans.push({ value, until: null });
      }
  }

  /** Nobody speaks any more. */
  silence(): void {
    for (const [name, { value }] of this.#told) this.#told.set(name, { value, isLive: false });
  }

  isLive(): boolean {
    return this.#accounts().every((account) =>
      (['balances', 'positions'] as const).every(
        (kind) => this.#told.get(`${labelOf(account)}|${kind}`)?.isLive === true,
      ),
    );
  }

  isRight(): boolean {
    return this.differences().length === 0;
  }

  /** What is not told as it is. */
  differences(): readonly string[] {
    return this.#accounts().flatMap((account) =>
      (['balances', 'positions'] as const).flatMap((kind) => {
        const [is, told] = [trueOf(account, kind), this.#told.get(`${labelOf(account)}|${kind}`)?.value];
        return is === told ? [] : [`${labelOf(account)}: ${kind} are ${is}, told ${told}`];
      }),
    );
  }

  #count({ changes }: News): void {
    for (const change of changes) {
      if (change.of !== 'executions') continue;
      const fill = `${change.after.executionId}.${change.after.revision}`;
      const eventId = this.#fills.get(fill) ?? change.eventId;
      // A commission that becomes known is news of the same fill.
      if (change.before === null && eventId !== change.eventId)
        this.duplicates.add(`fill ${fill} was told twice`);
      this.#fills.set(fill, eventId);
    }
  }

  #accounts(): readonly SchwabLedgerAccount[] {
    return this.#market.ledger().schwab.accounts;
  }
}

function labelOf({ accountNumber }: SchwabLedgerAccount): string {
  return `…${accountNumber.slice(-4)}`;
}

function trueOf({ netLiquidation, positions }: SchwabLedgerAccount, kind: Kind): string {
  return kind === 'balances' ? String(netLiquidation) : quantities(positions.map(({ quantity }) => quantity));
}

function toldIn({ kind, part }: News): string {
  return kind === 'balances'
    ? String(part.balances?.netLiquidation ?? null)
    : quantities((part.positions ?? []).map(({ quantity }) => quantity));
}

/** Symbols are written otherwise in messages than at Schwab; what is held is told apart by how much of it. */
function quantities(all: readonly number[]): string {
  return all.toSorted((a, b) => a - b).join(' ');
}
