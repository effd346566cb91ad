import {
  BrokerageError,
  ConfigError,
  LoginRequired,
  RateLimited,
  Rejected,
  sentenceOf,
} from '../../errors.js';
import { BREAKER_OPEN } from '../../resilience/endpoint-breaker.js';
import type { SchwabApi } from './api.js';
import type { SchwabAccount } from './config.js';
import { endpoints, type Endpoint } from './endpoints.js';
import { isUselessAnswer } from './problem.js';

export interface AccountsAsked {
  /** Every account behind this connection. */
  readonly all: readonly SchwabAccount[];
  /** Those that were asked for. */
  readonly wanted: readonly SchwabAccount[];
}

export interface AccountAnswer {
  /** An account each, as Schwab sent it. */
  readonly rows: readonly unknown[];
  /** Whether it is the list of all accounts: one that is not in it is not behind the login any more. */
  readonly isList: boolean;
  /** account key → why Schwab has no answer for it */
  readonly failed: ReadonlyMap<string, string>;
}

interface Ways {
  readonly read: (answer: unknown) => AccountAnswer;
  /** null = there is no other way, or it has no answer either. */
  readonly instead: () => Promise<AccountAnswer | null>;
  readonly signal: AbortSignal;
}

/**
 * Accounts stand at two addresses, all in a list and each by itself. Where one of the two answers with an error or
 * with nothing that can be read, the other is asked in the same look; a Schwab that cannot be reached is left alone.
 */
export class AccountAnswers {
  readonly #api: SchwabApi;
  /** Resources whose place was taken, with success, when they last failed. */
  readonly #replaced = new Set<string>();

  constructor(api: SchwabApi) {
    this.#api = api;
  }

  /** @throws BrokerageError */
  async ask({ all, wanted }: AccountsAsked, signal: AbortSignal): Promise<AccountAnswer> {
    const [only] = wanted;
    if (only !== undefined && wanted.length === 1 && all.length > 1)
      return await this.#either(endpoints.account(only.hash), {
        signal,
        read: single,
        instead: async () => list(await this.#api.get(endpoints.accounts(), signal)),
      });
    return await this.#either(endpoints.accounts(), {
      signal,
      read: list,
      instead: async () => (all.length > 1 ? await this.#oneByOne(wanted, signal) : null),
    });
  }

  async #either(endpoint: Endpoint, { instead, read, signal }: Ways): Promise<AccountAnswer> {
    const { resource } = endpoint;
    try {
      const answer = read(await this.#api.get(endpoint, signal));
      this.#replaced.delete(resource);
      return answer;
    } catch (error) {
      if (signal.aborted || !this.#isReplaceable(resource, error)) throw error;
      const answer = await unlessUseless(instead);
      if (answer === null) {
        this.#replaced.delete(resource);
        throw error;
      }
      this.#replaced.add(resource);
      return answer;
    }
  }

  /** An open breaker alone is no reason to ask more; but it does not take away what has taken its place. */
  #isReplaceable(resource: string, error: unknown): boolean {
    if (isUselessAnswer(error)) return true;
    return error instanceof BrokerageError && error.code === BREAKER_OPEN && this.#replaced.has(resource);
  }

  /** null = not one of them has an answer. */
  async #oneByOne(wanted: readonly SchwabAccount[], signal: AbortSignal): Promise<AccountAnswer | null> {
    const rows: unknown[] = [];
    const failed = new Map<string, string>();
    let isReachable = true;
    for (const { account, hash } of wanted) {
      if (!isReachable) {
        failed.set(account.key, 'Schwab could not be reached any more.');
        continue;
      }
      try {
        rows.push(await this.#api.get(endpoints.account(hash), signal));
      } catch (error) {
        if (signal.aborted || isAboutAll(error)) throw error;
        failed.set(account.key, sentenceOf(error));
        isReachable = isAboutOne(error);
      }
    }
    return rows.length === 0 ? null : { rows, isList: false, failed };
  }
}

function list(answer: unknown): AccountAnswer {
  return { rows: Array.isArray(answer) ? answer : [answer], isList: true, failed: new Map() };
}

function single(answer: unknown): AccountAnswer {
  return { rows: [answer], isList: false, failed: new Map() };
}

/** null when the replacement is as useless as what it stands for: then that failed, not this. */
async function unlessUseless(instead: Ways['instead']): Promise<AccountAnswer | null> {
  try {
    return await instead();
  } catch (error) {
    if (isAboutOne(error)) return null;
    throw error;
  }
}

/** What ends the look whatever else has answered; a mistake in the program is such a thing, too. */
function isAboutAll(error: unknown): boolean {
  return (
    !(error instanceof BrokerageError) ||
    error instanceof LoginRequired ||
    error instanceof ConfigError ||
    error instanceof RateLimited
  );
}

/** Schwab is there and says no, or is not asked for this one at the moment: the next may be better. */
function isAboutOne(error: unknown): boolean {
  if (isUselessAnswer(error) || error instanceof Rejected) return true;
  return error instanceof BrokerageError && error.code === BREAKER_OPEN;
}
