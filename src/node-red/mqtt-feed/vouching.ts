import type { SampledAccount } from '../../alerts/sample.js';

/** An account that nobody has told of since the start, or since those who did have stopped, for so long. */
export const GONE_AFTER_MS = 15 * 60_000;

export interface Vouched {
  readonly account: SampledAccount;
  /** Whether it was told of, and not doubted since. */
  readonly isHeard: boolean;
}

export interface Verdict {
  /** Nobody vouches for what stands there. */
  readonly doubted: readonly string[];
  /** Nobody will tell of it any more. */
  readonly gone: readonly SampledAccount[];
  /** Ids of connections whose account-sync nodes are to be asked. */
  readonly ask: ReadonlySet<string>;
}

/** Who vouches for the figures of an account: account-sync nodes come and go while a feed lives. Times on the monotonic clock, ms. */
export class Vouching {
  readonly #startedAt: number;
  /** account key → when it was told of last */
  readonly #heardAt = new Map<string, number>();
  /** id of a connection → when an account-sync node of it has stopped last */
  readonly #stoppedAt = new Map<string, number>();
  /** Keys of accounts about which others were asked. */
  readonly #asked = new Set<string>();

  constructor(at: number) {
    this.#startedAt = at;
  }

  heard(key: string, at: number): void {
    this.#heardAt.set(key, at);
    this.#asked.delete(key);
  }

  stopped(connection: string, at: number): void {
    this.#stoppedAt.set(connection, at);
  }

  /**
   * Looks at all accounts. Another account-sync node may still tell of an account: it is asked first, and doubted at the next look.
   * @param isUp whether the connection of this id could tell by now, or is not there any more
   */
  judge(accounts: readonly Vouched[], at: number, isUp: (connection: string) => boolean): Verdict {
    const doubted: string[] = [];
    const gone: SampledAccount[] = [];
    const ask = new Set<string>();
    for (const { account, isHeard } of accounts) {
      const { connection, key } = account;
      const stoppedAt = connection === null ? undefined : this.#stoppedAt.get(connection);
      const isLeft = stoppedAt !== undefined && stoppedAt >= (this.#heardAt.get(key) ?? -Infinity);
      if (isHeard && isLeft && connection !== null) {
        if (this.#asked.has(key)) doubted.push(key);
        else ask.add(connection);
        this.#asked.add(key);
      }
      const since = Math.max(this.#startedAt, isLeft ? stoppedAt : -Infinity);
      const mayBeGone = !isHeard && at - since >= GONE_AFTER_MS;
      if (mayBeGone && (connection === null || isUp(connection))) gone.push(account);
    }
    return { doubted, gone, ask };
  }
}
