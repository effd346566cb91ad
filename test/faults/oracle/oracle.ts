import type { AccountChange } from '../../../src/runtime/subscription.js';
import { differencesTo } from '../../support/differences.js';
import type { Outcome } from '../scenario.js';
import { Ear } from './ear.js';
import { wrongLiveFigures } from './live-figures.js';
import { newsIn, newsOf } from './news.js';
import { replay } from './replay.js';
import type { Truth } from './truth.js';

/**
 * How long a figure that has changed may still be told as live, ms of the product's clock. A price is fetched every
 * 60 s; a line that went dead right after it is noticed 50 s later (a probe every 30 s, two answers of 10 s missed);
 * the rest is for the download itself.
 */
export const LIVE_FOR_MS = 130_000;
/**
 * A position that is missing from one complete image is kept until a second one confirms it, an open order until the
 * third (the vanish rule): after a second, or with the next poll where that fails.
 */
const GONE_FOR_MS = 75_000;
/** One wrong figure is heard many times. */
const MOST_LINES = 8;

export interface OracleOptions {
  readonly truth: Truth;
  readonly keyOf: (accountNumber: string) => string;
  /** ms, the clock of the truth. */
  readonly now: () => number;
  /** A figure that has changed may still be told as live for so long, ms of that clock. */
  readonly liveForMs: number;
}

/** Hears what the product tells, and holds it against the ledger at every moment and at the end. */
export class Oracle {
  readonly #options: OracleOptions;
  readonly #ear = new Ear();
  readonly #wrongLive = new Set<string>();
  /** Comparing costs more than anything else here, so it is done when there is news. */
  #compared: { readonly version: string; readonly lines: readonly string[] } = { version: '', lines: [] };
  /** line about what one list without it does not end → when it was first seen */
  #gone: ReadonlyMap<string, number> = new Map();

  constructor(options: OracleOptions) {
    this.#options = options;
  }

  hear(change: AccountChange): void {
    this.#ear.hear(newsOf(change));
    this.look();
  }

  /** A message of account-sync, whose labels are this oracle's keys. @throws ZodError when it is none */
  hearMessage(message: unknown): void {
    const news = newsIn(message);
    if (news === null) return;
    this.#ear.hear(news);
    this.look();
  }

  /** Who spoke has ended: what stands in old messages is nobody's word any more. */
  silence(end: 'crash' | 'close' | 'forgotten'): void {
    this.#ear.silence(end);
  }

  /** What stands as live must be true also while nothing new is told. */
  look(): void {
    const { keyOf, liveForMs, now, truth } = this.#options;
    const gone = new Map<string, number>();
    for (const account of truth.accountNumbers) {
      const heard = this.#ear.heard.get(keyOf(account));
      if (heard === undefined) continue;
      for (const { isGone, line } of wrongLiveFigures(truth, {
        account,
        ...heard,
        since: now() - liveForMs,
      })) {
        const text = `${keyOf(account)} ${line}`;
        const seenAt = this.#gone.get(text) ?? now();
        if (isGone) gone.set(text, seenAt);
        if (!isGone || now() - seenAt > GONE_FOR_MS) this.#wrongLive.add(text);
      }
    }
    this.#gone = gone;
    const known = new Set(truth.accountNumbers.map(keyOf));
    for (const [key, { live }] of this.#ear.heard)
      if (!known.has(key) && live.size > 0) this.#wrongLive.add(`${key} is told as live and is no account`);
  }

  /** What is not told as it is, one line each. */
  differences(): readonly string[] {
    const version = `${this.#ear.version}|${this.#options.truth.version}`;
    if (version !== this.#compared.version) this.#compared = { version, lines: this.#compare() };
    return this.#compared.lines;
  }

  #compare(): readonly string[] {
    const { keyOf, truth } = this.#options;
    return truth.accountNumbers.flatMap((account) => {
      const key = keyOf(account);
      return differencesTo(truth.rowsOf(account), this.#ear.toldOf(key)).map((line) => `${key} ${line}`);
    });
  }

  isRight(): boolean {
    return this.isLive() && this.differences().length === 0;
  }

  isLive(): boolean {
    return this.#options.truth.accountNumbers.every((account) =>
      this.#ear.isLive(this.#options.keyOf(account)),
    );
  }

  /** The verdict on everything that was told until now. */
  judge(): Pick<Outcome, 'lost' | 'duplicates' | 'phantomCloses' | 'wrongLive'> {
    const { keyOf, truth } = this.#options;
    const replayed = truth.accountNumbers.map((account) => {
      const key = keyOf(account);
      return { key, ...replay(truth, account, this.#ear.changes.get(key) ?? []) };
    });
    const all = (of: 'lost' | 'duplicates' | 'phantomCloses'): readonly string[] =>
      replayed.flatMap((one) => one[of].map((line) => `${one.key} ${line}`));
    return {
      lost: shown([...this.differences(), ...all('lost'), ...this.#ear.brokenSequences]),
      duplicates: shown(all('duplicates')),
      phantomCloses: shown(all('phantomCloses')),
      wrongLive: shown([...this.#wrongLive]),
    };
  }
}

function shown(lines: readonly string[]): readonly string[] {
  return lines.length <= MOST_LINES
    ? lines
    : [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} more`];
}
