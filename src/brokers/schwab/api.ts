import { ConfigError, RateLimited } from '../../errors.js';
import type { Clock } from '../../ports.js';
import { abortable } from './abortable.js';
import type { Endpoint } from './endpoints.js';
import { exchange, plainPath, type SchwabAnswer } from './exchange.js';
import { jsonOf, problemOf, type Problem } from './problem.js';
import type { RateLimit } from './rate-limit.js';
import type { Tokens } from './tokens.js';

export interface SchwabApiOptions {
  readonly apiUrl: string;
  readonly tokens: Pick<Tokens, 'access' | 'accessInsteadOf'>;
  readonly limit: RateLimit;
  readonly clock: Clock;
}

/** Reads from the Trader API; a token that is refused is replaced once, and the question asked again. */
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
  async get({ path }: Endpoint, signal: AbortSignal): Promise<unknown> {
    const { clock, tokens } = this.#options;
    const what = `GET ${plainPath(path)}`;
    const token = await abortable(tokens.access(), signal);
    const first = await this.#ask(path, token, signal);
    if (first.status >= 200 && first.status < 300) return jsonOf(first, what);
    const problem = problemOf(first, what, clock.now());
    if (problem.kind === 'failed') throw this.#noted(problem);
    const other = await abortable(tokens.accessInsteadOf(token), signal);
    if (other === token) throw notAllowed(what, problem.said);
    const second = await this.#ask(path, other, signal);
    if (second.status >= 200 && second.status < 300) return jsonOf(second, what);
    const again = problemOf(second, what, clock.now());
    throw again.kind === 'failed' ? this.#noted(again) : notAllowed(what, again.said);
  }

  async #ask(path: string, bearer: string, signal: AbortSignal): Promise<SchwabAnswer> {
    const { apiUrl, clock, limit } = this.#options;
    await limit.take(signal);
    const answer = await exchange(apiUrl, { method: 'GET', path, bearer }, { clock, signal });
    if (answer.serverTime !== null) this.#skewMs = answer.serverTime - clock.now();
    return answer;
  }

  #noted({ error }: Extract<Problem, { kind: 'failed' }>): Error {
    if (error instanceof RateLimited) this.#options.limit.block(error.retryAfterMs);
    return error;
  }
}

function notAllowed(what: string, said: string): ConfigError {
  return new ConfigError(
    `Schwab refuses ${what} with a fresh login (401 ${said}). Check at developer.schwab.com that the app has both API products, “Accounts and Trading” and “Market Data”, and is “Ready For Use”.`,
    { broker: 'schwab', code: '401', retrySlowly: true },
  );
}
