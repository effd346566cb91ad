import { ConfigError, ConnectionLost, RateLimited } from '../../errors.js';
import type { Clock } from '../../ports.js';
import { NoRetry } from '../../resilience/bounded-call.js';
import type { GuardedCalls } from '../../resilience/guarded-calls.js';
import { abortable, closed } from './abortable.js';
import type { Endpoint } from './endpoints.js';
import { exchange, plainPath, type SchwabAnswer } from './exchange.js';
import { jsonOf, problemOf, type Problem } from './problem.js';
import type { RateLimit } from './rate-limit.js';
import type { Tokens } from './tokens.js';

export interface SchwabApiOptions {
  readonly apiUrl: string;
  readonly tokens: Pick<Tokens, 'access' | 'accessInsteadOf'>;
  readonly limit: RateLimit;
  readonly calls: GuardedCalls;
  readonly clock: Clock;
}

interface Question {
  readonly path: string;
  /** For people. */
  readonly what: string;
  /** Another one once Schwab has refused it. */
  token: string;
}

/**
 * Reads from the Trader API. What passes by itself is tried again, within `calls`; in each attempt a token that is
 * refused is replaced once, and the question asked again.
 */
export class SchwabApi {
  readonly #options: SchwabApiOptions;
  #skewMs = 0;

  constructor(options: SchwabApiOptions) {
    this.#options = options;
  }

  /** By how much Schwab's clock is ahead of ours, ms, to a second; 0 until it has said. */
  get skewMs(): number {
    return this.#skewMs;
  }

  /**
   * The value in Schwab's answer; a schema judges it next.
   * @throws BrokerageError of the class that says what to do
   */
  async get({ path, resource }: Endpoint, signal: AbortSignal): Promise<unknown> {
    const { calls, limit, tokens } = this.#options;
    const question = { path, what: `GET ${plainPath(path)}`, token: '' };
    const attempt = async (stop: AbortSignal, count: number): Promise<unknown> => {
      if (count > 1) await limit.take(stop);
      return await this.#attempt(question, stop);
    };
    const prepare = async (): Promise<void> => {
      question.token = await abortable(tokens.access(), signal);
      await limit.take(signal);
    };
    try {
      return await calls.call(attempt, {
        endpoint: resource,
        timedOut: () => timedOut(question.what),
        signal,
        prepare,
        hasRoom: () => limit.hasRoom,
      });
    } catch (error) {
      throw signal.aborted ? closed() : error;
    }
  }

  async #attempt(question: Question, signal: AbortSignal): Promise<unknown> {
    const { clock, limit } = this.#options;
    const { path, token, what } = question;
    const first = await this.#ask(path, token, signal);
    if (first.status >= 200 && first.status < 300) return jsonOf(first, what);
    const problem = problemOf(first, what, clock.now());
    if (problem.kind === 'failed') throw this.#noted(problem);
    const other = await this.#otherToken(token, signal);
    if (other === token) throw notAllowed(what, problem.said);
    question.token = other;
    await limit.take(signal);
    const second = await this.#ask(path, other, signal);
    if (second.status >= 200 && second.status < 300) return jsonOf(second, what);
    const again = problemOf(second, what, clock.now());
    throw again.kind === 'failed' ? this.#noted(again) : notAllowed(what, again.said);
  }

  /** A refresh token may be good for one use only: what its exchange fails with is not tried again here. */
  async #otherToken(refused: string, signal: AbortSignal): Promise<string> {
    try {
      return await abortable(this.#options.tokens.accessInsteadOf(refused), signal);
    } catch (error) {
      throw error instanceof Error ? new NoRetry(error) : error;
    }
  }

  async #ask(path: string, bearer: string, signal: AbortSignal): Promise<SchwabAnswer> {
    const { apiUrl, clock } = this.#options;
    const answer = await exchange(apiUrl, { method: 'GET', path, bearer }, { clock, signal });
    if (answer.serverTime !== null) this.#skewMs = answer.serverTime - clock.now();
    return answer;
  }

  #noted({ error }: Extract<Problem, { kind: 'failed' }>): Error {
    if (error instanceof RateLimited) this.#options.limit.block(error.retryAfterMs);
    return error;
  }
}

function timedOut(what: string): ConnectionLost {
  return new ConnectionLost(`Schwab did not finish its answer in time. Request: ${what}.`, {
    broker: 'schwab',
    code: 'timeout',
  });
}

function notAllowed(what: string, said: string): ConfigError {
  return new ConfigError(
    `Schwab refuses ${what} with a fresh login (401 ${said}). Check at developer.schwab.com that the app has both API products, “Accounts and Trading” and “Market Data”, and is “Ready For Use”.`,
    { broker: 'schwab', code: '401', retrySlowly: true },
  );
}
