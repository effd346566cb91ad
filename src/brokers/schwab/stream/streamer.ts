import type { Chance, Clock } from '../../../ports.js';
import { refusalOf } from './address.js';
import { converse, type Outcome } from './conversation.js';
import { News } from './news.js';
import { endingOf, nextStep, type Ending, type Trouble } from './next-step.js';
import type { StreamLogin, StreamState } from './state.js';
import { pause, within } from './waiting.js';
import { WakeUps } from './wake-ups.js';
import type { Frame } from './wire.js';

export type { StreamLogin, StreamState } from './state.js';

const WELL_AFTER_MS = 60_000;
const LOGIN_WITHIN_MS = 60_000;
const NO_TROUBLE: Trouble = { endings: 0, refusals: 0 };

export interface StreamerOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  /**
   * Called for each attempt, so that token and address are fresh. `refusedToken` = the access token that the
   * streamer has just refused: another one is wanted, even if this one still works with REST.
   */
  readonly login: (refusedToken: string | null) => Promise<StreamLogin>;
  /** Something happened: ask REST. */
  readonly wake: () => void;
  readonly tell: (state: StreamState) => void;
}

/** Schwab's streamer as an alarm clock for polling; it books nothing. Once stopped it stays so: make another. */
export class Streamer {
  readonly #options: StreamerOptions;
  readonly #stop = new AbortController();
  readonly #wakeUps: WakeUps;
  readonly #news: News;
  #running: Promise<void> | null = null;
  #isOpen = false;
  #received = 0;
  #understood = 0;
  #trouble = NO_TROUBLE;
  #refusedToken: string | null = null;

  constructor(options: StreamerOptions) {
    this.#options = options;
    this.#wakeUps = new WakeUps(options.clock, () => this.#wake());
    this.#news = new News(options.clock);
  }

  start(): void {
    this.#running ??= this.#run().catch(() => this.#stopped('The stream met a mistake of its own.'));
  }

  /** Idempotent; leaves no timer, no socket, no listener. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#wakeUps.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { chance, clock } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#tell({ kind: 'connecting' });
      const ending = await this.#attempt();
      const step = nextStep(ending, this.#trouble, chance);
      this.#trouble = {
        endings: this.#trouble.endings + 1,
        refusals: this.#trouble.refusals + (ending.kind === 'refused' ? 1 : 0),
      };
      if (step.kind === 'stop') return this.#stopped(step.reason);
      if (step.kind === 'again') continue;
      this.#tell({ kind: 'waiting', reason: step.reason, retryInMs: step.delayMs });
      await pause(clock, step.delayMs, signal);
    }
  }

  async #attempt(): Promise<Ending> {
    const login = await this.#login();
    if ('kind' in login) return login;
    const refusal = refusalOf(login.url);
    if (refusal !== null) return { kind: 'final', reason: refusal };
    const { ending, openForMs } = await this.#converse(login);
    if (openForMs >= WELL_AFTER_MS) this.#trouble = NO_TROUBLE;
    this.#refusedToken = ending.kind === 'refused' ? login.accessToken : null;
    return ending;
  }

  async #login(): Promise<StreamLogin | Ending> {
    const { clock, login } = this.#options;
    try {
      const limits = { clock, ms: LOGIN_WITHIN_MS, signal: this.#stop.signal };
      const ready = await within(login(this.#refusedToken), limits);
      return ready ?? { kind: 'lost', reason: 'No login for Schwab’s streamer within 60 s.' };
    } catch (error) {
      return endingOf(error);
    }
  }

  async #converse(login: StreamLogin): Promise<Outcome> {
    const onSubscribed = (): void => {
      this.#isOpen = true;
      this.#tellCounts();
      // What happened while nobody listened is asked for once.
      this.#wake();
    };
    const onFrame = (frame: Frame): void => this.#take(frame);
    const { clock } = this.#options;
    const outcome = await converse({ clock, login, onSubscribed, onFrame }, this.#stop.signal);
    this.#isOpen = false;
    return outcome;
  }

  #take({ activities, unreadable }: Frame): void {
    const told = activities.filter(({ kind }) => kind !== 'subscribed');
    const events = activities.filter((activity) => activity.kind === 'event');
    this.#received += told.length + unreadable;
    this.#understood += events.filter(({ understood }) => understood).length;
    if (told.length + unreadable > 0 && this.#isOpen) this.#tellCounts();
    const news = events.filter(({ identity }) => this.#news.isNew(identity));
    if (news.length > 0 && !this.#stop.signal.aborted) this.#wakeUps.happened();
  }

  #tellCounts(): void {
    this.#tell({ kind: 'open', received: this.#received, understood: this.#understood });
  }

  #stopped(reason: string): void {
    this.#tell({ kind: 'stopped', reason });
  }

  #tell(state: StreamState): void {
    this.#safely(() => this.#options.tell(state));
  }

  #wake(): void {
    this.#safely(() => this.#options.wake());
  }

  /** Timers and sockets call from here: what is thrown would end Node-RED, and nobody above could act on it. */
  #safely(call: () => void): void {
    if (this.#stop.signal.aborted) return;
    try {
      call();
    } catch {
      // The next state and the next wake-up come in any case.
    }
  }
}
