import {
  ConfigError,
  ConnectionLost,
  LoginRequired,
  ProtocolError,
  RateLimited,
  Rejected,
  sentenceOf,
} from '../errors.js';
import type { Clock } from '../ports.js';
import { afterEvent, CLOSED, permits, type BreakerEvent, type BreakerState } from './breaker.js';

/** The code of the error of a call that was not made. */
export const BREAKER_OPEN = 'breaker-open';

/** The breaker of one endpoint at work: it lets calls through or refuses them, and learns from how they end. */
export class EndpointBreaker {
  readonly #broker: string;
  readonly #clock: Clock;
  #state: BreakerState = CLOSED;
  /** What the endpoint failed with last. */
  #last: unknown = null;

  constructor(broker: string, clock: Clock) {
    this.#broker = broker;
    this.#clock = clock;
  }

  get state(): BreakerState {
    return this.#state;
  }

  take(event: BreakerEvent): void {
    this.#state = afterEvent(this.#state, event, this.#clock.monotonic());
  }

  /** @throws ConnectionLost that says when the next trial is; isolated, the error that led to it */
  check(): void {
    if (!permits(this.#state, this.#clock.monotonic())) throw this.#refusal();
  }

  /** A call goes out now. @throws as `check` */
  enter(): void {
    this.check();
    this.take('sent');
  }

  /** Learns from what a call ended with, unless it was `stopped`, and says what that was. */
  note(error: unknown, stopped: boolean): BreakerEvent {
    const verdict = stopped ? 'called-off' : verdictOn(error);
    if (verdict === 'failed' || verdict === 'isolated') this.#last = error;
    this.take(verdict);
    return verdict;
  }

  #refusal(): unknown {
    if (this.#state.kind === 'isolated') return this.#last;
    const when = this.#state.kind === 'open' ? `goes out at ${this.#timeOf(this.#state.trialAt)}` : 'is out';
    return new ConnectionLost(`${sentenceOf(this.#last)} It failed repeatedly; the next trial ${when}.`, {
      broker: this.#broker,
      code: BREAKER_OPEN,
      cause: this.#last,
    });
  }

  /** The time of day and not the seconds that are left: a sentence that is told again must be the same one. */
  #timeOf(at: number): string {
    const wallMs = this.#clock.now() + at - this.#clock.monotonic();
    const time = new Date(Math.round(wallMs / 1000) * 1000);
    return `${time.toISOString().slice(11, 19)} UTC`;
  }
}

/** A refusal of our own making is an answer: the endpoint works. A mistake in the program says nothing of it. */
export function verdictOn(error: unknown): BreakerEvent {
  if (error instanceof LoginRequired) return 'isolated';
  if (error instanceof ConfigError) return error.retrySlowly ? 'failed' : 'isolated';
  if (error instanceof Rejected) return 'succeeded';
  if (error instanceof RateLimited) return 'called-off';
  return error instanceof ConnectionLost || error instanceof ProtocolError ? 'failed' : 'called-off';
}
