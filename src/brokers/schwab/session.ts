import type { Account } from '../../domain/account.js';
import {
  ConfigError,
  ConnectionLost,
  LoginRequired,
  ProtocolError,
  RateLimited,
  sentenceOf,
  type BrokerageError,
} from '../../errors.js';
import type { BrokerSession, RefreshRequest, Timer } from '../../ports.js';
import { closed } from './abortable.js';
import type { Choice } from './config.js';
import { pace } from './pace.js';
import { Readings, type ReadingsOptions } from './readings.js';
import { noticeOf, warning } from './telling.js';

/** So many looks in a row that failed are no hiccup: what is known is stale. */
const FAILURES_UNTIL_LOST = 3;
/** After the streamer was cut off, Schwab is asked this often whether it is still there. */
const CHECK_EVERY_MS = 2_000;
const EVERYTHING: RefreshRequest = { kind: null, account: null };

/** One login at work: answers `refresh` with complete images. It holds no socket between two questions. */
export class SchwabSession implements BrokerSession {
  readonly #options: ReadingsOptions;
  readonly #readings: Readings;
  readonly #closing = new AbortController();
  #queue: Promise<unknown> = Promise.resolve();
  /** `account|kind` → the request for it that has not begun */
  readonly #waiting = new Map<string, Promise<void>>();
  #failures = 0;
  #retryAfterMs: number | null = null;
  #checkTimer: Timer | null = null;

  constructor(options: ReadingsOptions, choice: Choice) {
    this.#options = options;
    this.#readings = new Readings(options, choice);
  }

  get accounts(): readonly Account[] {
    return this.#readings.accounts;
  }

  start(): void {
    this.#readings.start();
  }

  nextLookMs(ceilingMs: number): number {
    const { changedAt, hasOpenOrders } = this.#readings;
    return pace({
      ceilingMs,
      at: this.#options.clock.now(),
      lastChangeAt: changedAt,
      hasOpenOrders,
      failures: this.#failures,
      retryAfterMs: this.#retryAfterMs,
    });
  }

  /** One at a time; what is asked for again while it still waits is fetched once. */
  async refresh(request: RefreshRequest): Promise<void> {
    if (this.#isOver) throw closed();
    const name = `${request.account ?? ''}|${request.kind ?? ''}`;
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) return await waiting;
    const answer = this.#queue.then(async () => {
      this.#waiting.delete(name);
      await this.#fetch(request);
    });
    this.#waiting.set(name, answer);
    // The queue goes on after a failure; the failure itself is the caller's.
    this.#queue = Promise.allSettled([answer]);
    await answer;
  }

  /** Something happened at Schwab, its streamer says. */
  wake(): void {
    if (!this.#isOver) this.refresh(EVERYTHING).catch((error: unknown) => this.#warn(error));
  }

  /** The streamer was cut off: if Schwab itself is gone, that is better known before the next poll. */
  check(): void {
    if (this.#isOver) return;
    this.refresh(EVERYTHING).catch((error: unknown) => {
      if (this.#isOver || !isOutage(error)) return;
      this.#checkTimer?.cancel();
      this.#checkTimer = this.#options.clock.after(CHECK_EVERY_MS, () => this.check());
    });
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#queue;
  }

  get #isOver(): boolean {
    return this.#closing.signal.aborted;
  }

  #stop(): void {
    this.#closing.abort();
    this.#checkTimer?.cancel();
  }

  async #fetch(request: RefreshRequest): Promise<void> {
    if (this.#isOver) throw closed();
    try {
      await this.#readings.fetch(request, this.#closing.signal);
      this.#failures = 0;
      this.#retryAfterMs = null;
    } catch (error) {
      this.#note(error);
      throw error;
    }
  }

  #note(error: unknown): void {
    if (this.#isOver) return;
    this.#retryAfterMs = error instanceof RateLimited ? error.retryAfterMs : null;
    if (error instanceof RateLimited)
      this.#options.events.update(noticeOf('balances', null, warning('RATE_LIMITED', error.message)));
    if (error instanceof LoginRequired || error instanceof ConfigError) return this.#end(error);
    if (!isOutage(error)) return;
    this.#failures += 1;
    if (this.#failures >= FAILURES_UNTIL_LOST)
      this.#end(new ConnectionLost(sentenceOf(error), { broker: 'schwab', code: 'lost', cause: error }));
  }

  #end(error: BrokerageError): void {
    this.#stop();
    this.#options.events.ended(error);
  }

  #warn(error: unknown): void {
    if (!this.#isOver)
      this.#options.events.update(noticeOf(null, null, warning('BAD_RESPONSE', sentenceOf(error))));
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof ConnectionLost || error instanceof ProtocolError;
}
