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
    if (permits(this.#state, this.#clock.monotonic())) return;
    throw this.#refusal();
  }

  /** Learns from what a call ended with, unless it was `stopped`. */
  note(error: unknown, stopped: boolean): void {
    const verdict = stopped ? 'called-off' : verdictOn(error);
    if (verdict === 'failed' || verdict === 'isolated') this.#last = error;
    this.take(verdict);
  }

  #refusal(): unknown {
    if (this.#state.kind === 'isolated') return this.#last;
    const when = this.#state.kind === 'open' ? `goes out in ${this.#untilTrialS(this.#state)} s` : 'is out';
    return new ConnectionLost(`${sentenceOf(this.#last)} It failed repeatedly; the next trial ${when}.`, {
      broker: this.#broker,
      code: BREAKER_OPEN,
      cause: this.#last,
    });
  }

  #untilTrialS({ trialAt }: Extract<BreakerState, { kind: 'open' }>): number {
    return Math.max(1, Math.ceil((trialAt - this.#clock.monotonic()) / 1000));
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
