import { sentenceOf } from '../../errors.js';
import type { Chance, Clock } from '../../ports.js';
import { GuardedCalls } from '../../resilience/guarded-calls.js';
import { SchwabApi } from './api.js';
import { isNamed } from './config.js';
import { endpoints } from './endpoints.js';
import { readAccounts } from './normalize/accounts.js';
import { readPasted } from './pasted-address.js';
import { authorizeUrl, PendingLogins, type LoginValues, type PendingLogin } from './pending-logins.js';
import type { RateLimit } from './rate-limit.js';
import { tokenEndpoint, type SchwabApp } from './token-endpoint.js';
import type { Tokens } from './tokens.js';

/** What became of a login, for the person in front of the dialog. */
export interface LoginResult {
  readonly ok: boolean;
  readonly message: string;
  readonly accounts: readonly { readonly label: string; readonly type: string | null }[];
  /** ms since the epoch. */
  readonly loginExpiresAt: number | null;
}

/** How the login of one config node stands. */
export interface LoginLook {
  readonly state: 'none' | 'valid' | 'expiring' | 'ended';
  readonly loginExpiresAt: number | null;
  /** Whether one has begun and not come back yet. */
  readonly pending: boolean;
  /** What became of the last one; null while it is pending. */
  readonly result: LoginResult | null;
}

export interface LoginsOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  /** The tokens of one config node and one app, the same ones that its running connection uses. */
  readonly tokensOf: (nodeId: string, app: SchwabApp) => Tokens;
  readonly limitOf: (appKey: string) => RateLimit;
}

const EXPIRES_SOON_MS = 48 * 60 * 60 * 1000;
const TIMED_OUT =
  'This login has timed out, or its address belongs to another attempt. Press “Log in” and sign in again.';

/** Logging in at Schwab from the editor: an address to open, and an address that comes back. */
export class SchwabLogins {
  readonly #options: LoginsOptions;
  readonly #pending: PendingLogins;
  /** node id → the app that it uses, or is about to */
  readonly #apps = new Map<string, SchwabApp>();
  /** node id → what became of its last login */
  readonly #results = new Map<string, LoginResult>();

  constructor(options: LoginsOptions) {
    this.#options = options;
    this.#pending = new PendingLogins(options.clock);
  }

  /** A config node runs with this app. */
  deployed(nodeId: string, app: SchwabApp): void {
    this.#apps.set(nodeId, app);
  }

  begin(nodeId: string, values: LoginValues): { readonly url: string; readonly expiresAt: number } {
    const pending = this.#pending.begin(nodeId, values);
    this.#apps.set(nodeId, values);
    this.#results.delete(nodeId);
    return { url: authorizeUrl(pending), expiresAt: pending.expiresAt };
  }

  /** What the user pasted. A text that is no answer of Schwab's does not use the attempt up. */
  async complete(nodeId: string, pasted: string): Promise<LoginResult> {
    const read = readPasted(pasted);
    if (read.kind === 'wrong') return failed(read.sentence);
    const pending = this.#pending.take(nodeId, read.state);
    return pending === null ? failed(TIMED_OUT) : await this.#finish(pending, read.code);
  }

  /** The browser came back by itself; its state is all that says for whom. */
  async redirected(address: string): Promise<LoginResult> {
    const read = readPasted(address);
    if (read.kind === 'wrong') return failed(read.sentence);
    const pending = read.state === null ? null : this.#pending.takeByState(read.state);
    return pending === null ? failed(TIMED_OUT) : await this.#finish(pending, read.code);
  }

  async look(nodeId: string): Promise<LoginLook> {
    const pending = this.#pending.isPending(nodeId);
    const result = this.#results.get(nodeId) ?? null;
    const app = this.#apps.get(nodeId);
    if (app === undefined) return { state: 'none', loginExpiresAt: null, pending, result };
    const tokens = this.#options.tokensOf(nodeId, app);
    await tokens.load();
    const { expiresAt } = tokens;
    return { state: this.#stateOf(tokens), loginExpiresAt: expiresAt, pending, result };
  }

  #stateOf({ expiresAt, hasEnded }: Tokens): LoginLook['state'] {
    if (hasEnded) return 'ended';
    if (expiresAt === null) return 'none';
    const left = expiresAt - this.#options.clock.now();
    if (left <= 0) return 'ended';
    return left <= EXPIRES_SOON_MS ? 'expiring' : 'valid';
  }

  async #finish({ nodeId, values }: PendingLogin, code: string): Promise<LoginResult> {
    const result = await this.#exchange(nodeId, values, code);
    this.#results.set(nodeId, result);
    return result;
  }

  async #exchange(nodeId: string, values: LoginValues, code: string): Promise<LoginResult> {
    const { chance, clock, limitOf, tokensOf } = this.#options;
    const limit = limitOf(values.appKey);
    const tokens = tokensOf(nodeId, values);
    try {
      await tokens.adopt(await tokenEndpoint({ app: values, limit, clock }).login(code, values.callbackUrl));
    } catch (error) {
      return failed(sentenceOf(error));
    }
    const loginExpiresAt = tokens.expiresAt;
    try {
      const calls = new GuardedCalls({ broker: 'schwab', clock, chance });
      const api = new SchwabApi({ apiUrl: values.apiUrl, tokens, limit, calls, clock });
      const answer = await api.get(endpoints.accounts(), new AbortController().signal);
      const { accounts } = readAccounts(answer, () => null);
      const named = accounts.filter(({ number }) => isNamed(number, values.accounts));
      const found = named.map(({ number, type }) => ({ label: `…${number.slice(-4)}`, type }));
      return { ok: true, message: summary(found.length, accounts.length), accounts: found, loginExpiresAt };
    } catch (error) {
      const message = `Logged in, but the accounts cannot be read yet: ${sentenceOf(error)}`;
      return { ok: true, message, accounts: [], loginExpiresAt };
    }
  }
}

function summary(found: number, all: number): string {
  const accounts = found === 1 ? 'one account' : `${found} accounts`;
  if (found > 0) return `Logged in at Schwab; ${accounts} found.`;
  return all === 0
    ? 'Logged in, but no account was ticked at Schwab. Log in again and tick the accounts.'
    : 'Logged in, but none of the accounts entered in the filter is behind this login.';
}

function failed(message: string): LoginResult {
  return { ok: false, message, accounts: [], loginExpiresAt: null };
}
