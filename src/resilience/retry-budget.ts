import type { Clock } from '../ports.js';

const WINDOW_MS = 5 * 60_000;
/** Retries are for hiccups; where every tenth request is one, something else is wrong (SRE book, ch. 21). */
const SHARE = 0.1;
/** A connection that asks seldom may retry, too. */
const AT_LEAST = 3;

/** When requests went out, and when retries were granted, in order; ms on the monotonic clock. */
export interface BudgetState {
  readonly requests: readonly number[];
  readonly retries: readonly number[];
}

export const NOTHING_SPENT: BudgetState = { requests: [], retries: [] };

/** Whether one more retry fits: at most a tenth of the requests of the last 5 minutes, but 3 in any case. */
export function affordsRetry(state: BudgetState, at: number): boolean {
  const { requests, retries } = lately(state, at);
  return retries.length < Math.max(AT_LEAST, Math.floor(requests.length * SHARE));
}

export function withRequest(state: BudgetState, at: number): BudgetState {
  const { requests, retries } = lately(state, at);
  return { requests: [...requests, at], retries };
}

export function withRetry(state: BudgetState, at: number): BudgetState {
  const { requests, retries } = lately(state, at);
  return { requests, retries: [...retries, at] };
}

function lately({ requests, retries }: BudgetState, at: number): BudgetState {
  const isLate = (sentAt: number): boolean => at - sentAt < WINDOW_MS;
  return { requests: requests.filter(isLate), retries: retries.filter(isLate) };
}

/** The retries that one connection may still spend. */
export class RetryBudget {
  readonly #clock: Clock;
  #state = NOTHING_SPENT;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  noteRequest(): void {
    this.#state = withRequest(this.#state, this.#clock.monotonic());
  }

  /** Takes one retry; false when there is none left. */
  take(): boolean {
    const at = this.#clock.monotonic();
    if (!affordsRetry(this.#state, at)) return false;
    this.#state = withRetry(this.#state, at);
    return true;
  }
}
