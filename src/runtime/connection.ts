import type { BrokerUpdate, Kind, Snapshot, Via } from '../domain/update.js';
import { ConnectionLost, sentenceOf, type BrokerageError } from '../errors.js';
import type {
  Broker,
  BrokerCounters,
  BrokerSession,
  Chance,
  Clock,
  Logger,
  RefreshRequest,
  Timer,
} from '../ports.js';
import { pause, untilAborted } from '../resilience/pause.js';
import { nextStep, type NextStep } from '../resilience/supervise.js';
import { isUnready, needsSecondLook } from '../sync/second-look.js';
import { Journal, type Chronicle } from './journal.js';
import { StatusBoard } from './status-board.js';
import type { Concern } from './concern.js';
import type { ConnectionState, ConnectionStatus } from './status.js';
import { Store } from './store.js';
import { troubleOf } from './trouble.js';

/** A position or order that vanished is asked for again this soon. */
const SECOND_LOOK_MS = 1_000;
/** So often between two polls: what is still in doubt then waits for the next poll. */
const MOST_LOOKS = 2;
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
  #session: BrokerSession | null = null;
  #running: Promise<void> | null = null;
  #pollMs = 60_000;
  #pollTimer: Timer | null = null;
  #lookTimer: Timer | null = null;
  /** `account|kind` of every complete image that came through this session */
  readonly #fresh = new Set<string>();
  /** Second looks since the last poll. */
  #looks = 0;
  /** When balances and positions of every account had come through this session, on the monotonic clock. */
  #loadedAt: number | null = null;
  /** When the last session that brought figures had brought them, ms since the epoch; null = there was none in this process. */
  #goodSince: number | null = null;
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
    this.#board = new StatusBoard({ ...options, onRenewed: () => this.retryNow() });
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
    return this.store.state.link.state !== 'lost' && this.#allFresh();
  }

  /** Whether a complete image of this kind has come through the session that is open now. */
  isFresh(account: string, kind: Kind): boolean {
    return this.#fresh.has(`${account}|${kind}`);
  }

  get pollMs(): number {
    return this.#pollMs;
  }

  set pollMs(pollMs: number) {
    this.#pollMs = pollMs;
    if (this.#pollTimer !== null) this.#schedulePoll();
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
    this.#stopTimers();
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
      if (this.#loadedAt !== null && clock.monotonic() - this.#loadedAt >= STEADY_MS) failures = 0;
      this.#loadedAt = null;
      const step = nextStep(error, failures, chance);
      failures += 1;
      const nextAttemptAt = step.kind === 'retry' ? clock.now() + step.delayMs : null;
      this.#board.tell(this.#stateAfter(step), this.#explained(error), nextAttemptAt);
      const waiting = AbortSignal.any([this.#closing.signal, this.#again.signal]);
      if (step.kind === 'stop') await untilAborted(waiting);
      else await pause(step.delayMs, clock, waiting);
      if (this.#closing.signal.aborted) return;
      if (this.#again.signal.aborted) failures = 0;
      this.#board.tell(this.#stateAfter(step), this.#explained(error), null);
    }
  }

  /** What went wrong, and what the calendar has to say of it. */
  #explained(error: unknown): string {
    const { broker, clock } = this.#options;
    if (!(error instanceof ConnectionLost)) return sentenceOf(error);
    const likely = broker.likelyReason?.(clock.now(), this.#goodSince) ?? null;
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
      this.#fresh.clear();
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
    this.#stopTimers();
    this.#session = null;
    this.#fresh.clear();
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
    this.#looks = 0;
    const isFirst = !this.#wasOpen;
    this.#wasOpen = true;
    const state = this.#hasData() && !isFirst ? 'degraded' : 'connecting';
    this.#board.tell(state, 'Loading the account data.', null);
    this.#poll();
  }

  /** Asks for everything, and again after `pollMs`, whether it worked or not. */
  #poll(): void {
    const session = this.#session;
    if (session === null) return;
    session
      .refresh(EVERYTHING)
      .then(() => this.#answered(session, null))
      .catch((error: unknown) => this.#answered(session, sentenceOf(error)))
      .finally(() => {
        if (session === this.#session && !this.#closing.signal.aborted) this.#schedulePoll();
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
      this.#fresh.clear();
    this.store.apply(news);
    if (news.kind === 'snapshot') this.#noteFresh(news);
    if (this.#loadedAt !== null) this.#tellLink();
    // Rows may be held back, too, until an image confirms them.
    const hasFigures = news.kind === 'snapshot' || (news.kind === 'upsert' && news.of === 'balances');
    if (hasFigures && needsSecondLook(this.store.state)) this.#lookAgain();
  }

  #troubled(): ConnectionState {
    return this.#hasData() ? 'degraded' : 'down';
  }

  #hasData(): boolean {
    return [...this.store.state.accounts.values()].some(({ balances }) => balances !== null);
  }

  #allFresh(): boolean {
    const present = [...this.store.state.accounts].filter(([, account]) => account.present);
    return (
      present.length > 0 &&
      present.every(([key]) => this.isFresh(key, 'balances') && this.isFresh(key, 'positions'))
    );
  }

  /** An image that was refused leaves figures of another time behind: they are not fresh. */
  #noteFresh({ account, from, of }: Snapshot): void {
    const accepted = this.store.state.accounts.get(account)?.[of]?.from === from;
    this.#journal.count(accepted ? 'snapshots' : 'refusedSnapshots');
    if (accepted) this.#fresh.add(`${account}|${of}`);
    else this.#fresh.delete(`${account}|${of}`);
    if (this.#loadedAt !== null || !this.#allFresh()) return;
    const { clock } = this.#options;
    this.#loadedAt = clock.monotonic();
    this.#goodSince = clock.now();
  }

  #lookAgain(): void {
    if (this.#lookTimer !== null || this.#looks >= MOST_LOOKS) return;
    this.#lookTimer = this.#options.clock.after(SECOND_LOOK_MS, () => {
      this.#lookTimer = null;
      this.#looks += 1;
      this.#poll();
    });
  }

  #tellLink(): void {
    const trouble = troubleOf(this.store.state, { failure: this.#failure, complete: this.#allFresh() });
    this.#board.tell(trouble === null ? 'live' : this.#troubled(), trouble, null);
  }

  #stateAfter(step: NextStep): ConnectionState {
    if (step.kind === 'stop') return step.reason;
    if (step.needsUser) return 'misconfigured';
    return this.#troubled();
  }

  #schedulePoll(): void {
    this.#pollTimer?.cancel();
    const wishMs = this.#session?.nextLookMs?.(this.#pollMs) ?? this.#pollMs;
    const delayMs = isUnready(this.store.state) ? Math.min(wishMs, UNREADY_MS) : wishMs;
    this.#pollTimer = this.#options.clock.after(delayMs, () => {
      this.#looks = 0;
      this.#poll();
    });
  }

  #stopTimers(): void {
    this.#pollTimer?.cancel();
    this.#lookTimer?.cancel();
    this.#pollTimer = null;
    this.#lookTimer = null;
  }
}
