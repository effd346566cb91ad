import type { ConnectionLost } from '../errors.js';
import type { BrokerCounters, Chance, Clock } from '../ports.js';
import { boundedCall, NoRetry } from './bounded-call.js';
import { EndpointBreaker, verdictOn } from './endpoint-breaker.js';
import { RequestWindow } from './request-window.js';
import { RetryBudget } from './retry-budget.js';
import { summaryOf } from './summary.js';

export interface GuardedCallsOptions {
  readonly broker: string;
  readonly clock: Clock;
  readonly chance: Chance;
}

export interface GuardedCall {
  /** What fails and recovers together: it has one breaker. */
  readonly endpoint: string;
  /** Gets what the call needs and what takes its own time, such as a turn or a token. It is not tried again. */
  readonly prepare: () => Promise<void>;
  /** What an attempt fails with that takes too long. */
  readonly timedOut: () => ConnectionLost;
  readonly signal: AbortSignal;
  /** Whether a retry could go out at once; one that waits in a queue would only lengthen it. */
  readonly hasRoom: () => boolean;
}

/**
 * The calls of one connection: each one bounded, its retries within a budget, one breaker for each endpoint. It
 * outlives the sessions, so that a new one does not begin with the old one's mistakes.
 */
export class GuardedCalls {
  readonly #options: GuardedCallsOptions;
  readonly #budget: RetryBudget;
  readonly #recent: RequestWindow;
  /** endpoint → its breaker */
  readonly #breakers = new Map<string, EndpointBreaker>();
  #requests = 0;
  #failures = 0;
  #retries = 0;

  constructor(options: GuardedCallsOptions) {
    this.#options = options;
    this.#budget = new RetryBudget(options.clock);
    this.#recent = new RequestWindow(options.clock);
  }

  get counters(): BrokerCounters {
    const { clock } = this.#options;
    return {
      requests: this.#requests,
      failures: this.#failures,
      recent: this.#recent.tally,
      retries: this.#retries,
      ...summaryOf(
        [...this.#breakers.values()].map(({ state }) => state),
        clock,
      ),
    };
  }

  /**
   * @throws ConnectionLost without a call while the breaker is open; what `prepare` throws; else as `boundedCall`
   */
  async call<T>(
    work: (signal: AbortSignal, attempt: number) => Promise<T>,
    { endpoint, hasRoom, prepare, signal, timedOut }: GuardedCall,
  ): Promise<T> {
    const { chance, clock } = this.#options;
    const breaker = this.#breaker(endpoint);
    breaker.check();
    await prepare().catch((error: unknown) => {
      if (verdictOn(error) === 'isolated') breaker.note(error, signal.aborted);
      throw error;
    });
    return await boundedCall(work, {
      clock,
      chance,
      signal,
      timedOut,
      mayRetry: () => this.#mayRetry(breaker, hasRoom),
      around: async (attempt) => await this.#attempt(attempt, breaker, signal),
    });
  }

  /** Somebody with a backoff of their own tries anew: every endpoint that was given up gets its trial now. */
  allowTrials(): void {
    for (const breaker of this.#breakers.values()) breaker.take('due');
  }

  /** What was wrong has been mended. */
  reset(): void {
    for (const breaker of this.#breakers.values()) breaker.take('reset');
  }

  async #attempt<T>(attempt: () => Promise<T>, breaker: EndpointBreaker, signal: AbortSignal): Promise<T> {
    breaker.enter();
    this.#requests += 1;
    this.#recent.note('requests');
    this.#budget.noteRequest();
    try {
      const result = await attempt();
      breaker.take('succeeded');
      return result;
    } catch (thrown) {
      const error = thrown instanceof NoRetry ? thrown.originalError : thrown;
      if (breaker.note(error, signal.aborted) === 'failed') {
        this.#failures += 1;
        this.#recent.note('failures');
      }
      throw thrown;
    }
  }

  /** The budget is asked last: it takes what it grants. */
  #mayRetry({ state }: EndpointBreaker, hasRoom: () => boolean): boolean {
    if (state.kind !== 'closed' || !hasRoom() || !this.#budget.take()) return false;
    this.#retries += 1;
    return true;
  }

  #breaker(endpoint: string): EndpointBreaker {
    const { broker, clock } = this.#options;
    const found = this.#breakers.get(endpoint) ?? new EndpointBreaker(broker, clock);
    this.#breakers.set(endpoint, found);
    return found;
  }
}
