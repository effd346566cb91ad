import type { BrokerUpdate, Kind, Via } from '../domain/update.js';
import { ConnectionLost, sentenceOf, type BrokerageError } from '../errors.js';
import type {
  Broker,
  BrokerCounters,
  BrokerSession,
  Chance,
  Clock,
  Logger,
  RefreshRequest,
} from '../ports.js';
import { pause, untilAborted } from '../resilience/pause.js';
import { nextStep, type NextStep } from '../resilience/supervise.js';
import { isUnready, needsSecondLook } from '../sync/second-look.js';
import { Journal, type Chronicle } from './journal.js';
import { Looks } from './looks.js';
import { SessionImages } from './session-images.js';
import { StatusBoard } from './status-board.js';
import type { Concern } from './concern.js';
import type { ConnectionState, ConnectionStatus } from './status.js';
import { Store } from './store.js';
import { troubleOf } from './trouble.js';

/** Figures that the broker itself calls unready are asked for again this soon, however seldom the user polls. */
const UNREADY_MS = 60_000;
/** A session must have brought figures for this long before its end counts as the first failure. */
const STEADY_MS = 60_000;
const EVERYTHING: RefreshRequest = { kind: null, account: null };

export interface ConnectionOptions {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
  /** What is worth a word although the figures are good. */
  readonly concern?: Concern;
}

/**
 * The spine: keeps one session with a broker open, asks it for everything again every `pollMs`, and tells
 * how it is. It holds no rule of its own: what follows an error is `nextStep`, what follows an update `reconcile`.
 */
export class Connection {
  readonly store = new Store();
  readonly #options: ConnectionOptions;
  readonly #closing = new AbortController();
  readonly #board: StatusBoard;
  readonly #journal: Journal;
  readonly #images: SessionImages;
  readonly #looks: Looks;
  #session: BrokerSession | null = null;
  #running: Promise<void> | null = null;
  #pollMs = 60_000;
  /** Why the last request for everything failed, null when it did not. */
  #failure: string | null = null;
  /** Ends the wait for the next attempt: the user has done something about it. */
  #again = new AbortController();
  /** Whether there was a session in this process; what was remembered from before it is no loss of a connection. */
  #wasOpen = false;
  #end: (error: BrokerageError) => void = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#journal = new Journal(options.clock);
    this.#images = new SessionImages(options.clock);
    this.#looks = new Looks(options.clock, () => this.#look());
    this.#board = new StatusBoard({
      ...options,
      isReached: () => this.#isReached,
      onRenewed: () => this.retryNow(),
    });
    this.#board.listen((status) => this.#journal.became(status));
  }

  get status(): ConnectionStatus {
    return this.#board.status;
  }

  get via(): Via {
    return this.#options.broker.via;
  }

  get address(): string {
    return this.#options.broker.address;
  }

  /** What has become of its broker's requests; null where nothing is counted. */
  get requestCounters(): BrokerCounters | null {
    return this.#options.broker.counters?.() ?? null;
  }

  get chronicle(): Chronicle {
    return this.#journal.chronicle;
  }

  /** Whether complete figures of every account have come through the session that is open now. */
  get isServing(): boolean {
    return this.store.state.link.state !== 'lost' && this.#images.isComplete(this.store.state);
  }

  /** Whether a complete image of this kind has come through the session that is open now. */
  isFresh(account: string, kind: Kind): boolean {
    return this.#images.isFresh(account, kind);
  }

  get pollMs(): number {
    return this.#pollMs;
  }

  set pollMs(pollMs: number) {
    this.#pollMs = pollMs;
    if (this.#looks.isWaiting) this.#lookLater();
  }

  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    return this.#board.listen(listener);
  }

  /** Idempotent; the connection then lives until `close`. */
  start(): void {
    this.#board.watch();
    this.#running ??= this.#run().catch((error: unknown) => {
      this.#options.logger.error(
        `The connection to ${this.#options.broker.address} stopped: ${sentenceOf(error)}`,
      );
    });
  }

  /** The user has done something about what is wrong: look now. While a session runs there is nothing to wait for. */
  retryNow(): void {
    if (this.#session === null) this.#again.abort();
  }

  /** Ends the session and opens the next one at once; what is known stays. */
  reopen(): void {
    this.#again.abort();
    this.#end(new ConnectionLost('Connecting anew.', { broker: this.#options.broker.name, code: 'reopen' }));
  }

  /**
   * Fetches anew and resolves when the answer is in the store.
   * @throws ConnectionLost while there is no session; what the session throws
   */
  async refresh(request: RefreshRequest): Promise<void> {
    if (this.#session === null) {
      const { broker } = this.#options;
      throw new ConnectionLost(this.#board.status.reason ?? `Not connected to ${broker.address}.`, {
        broker: broker.name,
        code: 'not-connected',
      });
    }
    await this.#session.refresh(request);
  }

  /** Idempotent; resolves when no socket and no timer is left. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#again.abort();
    this.#looks.stop();
    this.#board.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { chance, clock } = this.#options;
    let failures = 0;
    while (!this.#closing.signal.aborted) {
      this.#again = new AbortController();
      const error = await this.#live();
      if (this.#closing.signal.aborted) return;
      this.#journal.failed(sentenceOf(error));
      if ((this.#images.end() ?? 0) >= STEADY_MS) failures = 0;
      const step = nextStep(error, failures, chance);
      failures += 1;
      const nextAttemptAt = step.kind === 'retry' ? clock.now() + step.delayMs : null;
      this.#board.tell(this.#stateAfter(step), this.#explained(error), nextAttemptAt);
      // Closing ends this wait, too; a signal made of both would hang on the one that lives long.
      const { signal } = this.#again;
      if (step.kind === 'stop') await untilAborted(signal);
      else await pause(step.delayMs, clock, signal);
      if (this.#closing.signal.aborted) return;
      if (signal.aborted) failures = 0;
      this.#board.tell(this.#stateAfter(step), this.#explained(error), null);
    }
  }

  /** What went wrong, and what the calendar has to say of it. */
  #explained(error: unknown): string {
    const { broker, clock } = this.#options;
    if (!(error instanceof ConnectionLost)) return sentenceOf(error);
    const likely = broker.likelyReason?.(clock.now(), this.#images.goodSince) ?? null;
    return likely === null ? sentenceOf(error) : `${sentenceOf(error)} ${likely}`;
  }

  /** One session from its first byte to its last; returns what ended it. */
  async #live(): Promise<unknown> {
    const { broker } = this.#options;
    const { signal } = this.#closing;
    const ended = new Promise<BrokerageError>((resolve) => (this.#end = resolve));
    const end = this.#end;
    let over = false;
    const update = (news: BrokerUpdate): void => {
      if (!over && !signal.aborted) this.#take(news);
    };
    let session: BrokerSession;
    this.#journal.count('attempts');
    try {
      session = await broker.open({ update, ended: (error) => end(error) }, signal);
    } catch (error) {
      over = true;
      this.#images.age();
      return error;
    }
    this.#journal.count('sessions');
    const closed = (): void =>
      end(new ConnectionLost('The connection was closed.', { broker: broker.name, code: 'closed' }));
    if (signal.aborted) closed();
    else {
      signal.addEventListener('abort', closed, { once: true });
      this.#session = session;
      this.#load();
    }
    const error = await ended;
    over = true;
    signal.removeEventListener('abort', closed);
    this.#looks.stop();
    this.#session = null;
    this.#images.age();
    this.#failure = null;
    await this.#leave(session);
    return error;
  }

  /** A session that cannot even be closed must not end the spine. */
  async #leave(session: BrokerSession): Promise<void> {
    try {
      await session.close();
    } catch (error) {
      this.#options.logger.warn(`The session did not close cleanly: ${sentenceOf(error)}`);
    }
  }

  #load(): void {
    const isFirst = !this.#wasOpen;
    this.#wasOpen = true;
    const state = this.#hasData() && !isFirst ? 'degraded' : 'connecting';
    this.#board.tell(state, 'Loading the account data.', null);
    this.#looks.begin();
  }

  /** Asks for everything, and again after `pollMs`, whether it worked or not. */
  #look(): void {
    const session = this.#session;
    if (session === null) return;
    session
      .refresh(EVERYTHING)
      .then(() => this.#answered(session, null))
      .catch((error: unknown) => this.#answered(session, sentenceOf(error)))
      .finally(() => {
        if (session === this.#session && !this.#closing.signal.aborted) this.#lookLater();
      });
  }

  #answered(session: BrokerSession, failure: string | null): void {
    if (session !== this.#session || this.#closing.signal.aborted) return;
    this.#failure = failure;
    this.#journal.count(failure === null ? 'polls' : 'failedPolls');
    if (failure !== null) {
      this.#journal.failed(failure);
      this.#options.logger.warn(failure);
    }
    this.#tellLink();
  }

  #take(news: BrokerUpdate): void {
    // What the gateway sent while it was cut off from its servers, and before, is as old as the cut.
    if (news.kind === 'link' && this.store.state.link.state === 'lost' && news.state !== 'lost')
      this.#images.age();
    this.store.apply(news);
    if (news.kind === 'snapshot') {
      const isTaken = this.#images.note(news, this.store.state);
      this.#journal.count(isTaken ? 'snapshots' : 'refusedSnapshots');
    }
    if (this.#images.loadedAt !== null) this.#tellLink();
    // Rows may be held back, too, until an image confirms them.
    const hasFigures = news.kind === 'snapshot' || (news.kind === 'upsert' && news.of === 'balances');
    if (hasFigures && needsSecondLook(this.store.state)) this.#looks.again();
  }

  get #isReached(): boolean {
    return this.#session !== null && this.#images.hasAny && this.store.state.link.state !== 'lost';
  }

  #troubled(): ConnectionState {
    return this.#hasData() ? 'degraded' : 'down';
  }

  #hasData(): boolean {
    return [...this.store.state.accounts.values()].some(({ balances }) => balances !== null);
  }

  #tellLink(): void {
    const trouble = troubleOf(this.store.state, {
      failure: this.#failure,
      complete: this.#images.isComplete(this.store.state),
    });
    this.#board.tell(trouble === null ? 'live' : this.#troubled(), trouble, null);
  }

  #stateAfter(step: NextStep): ConnectionState {
    if (step.kind === 'stop') return step.reason;
    if (step.needsUser) return 'misconfigured';
    return this.#troubled();
  }

  #lookLater(): void {
    const wishMs = this.#session?.nextLookMs?.(this.#pollMs) ?? this.#pollMs;
    this.#looks.after(isUnready(this.store.state) ? Math.min(wishMs, UNREADY_MS) : wishMs);
  }
}
