import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../ports.js';
import type { SchwabApp } from './token-endpoint.js';

export interface LoginValues extends SchwabApp {
  readonly callbackUrl: string;
  readonly accounts: readonly string[];
}

export interface PendingLogin {
  readonly nodeId: string;
  readonly values: LoginValues;
  readonly state: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
}

const STATE_BYTES = 32;
/** Signing in takes a password, a second factor and four pages. */
const PENDING_MS = 10 * 60_000;
/** More logins than this are not under way at once; the oldest gives way. */
const MOST_PENDING = 20;

/** Logins that have begun, one for each config node, each good for one use. */
export class PendingLogins {
  readonly #clock: Clock;
  /** node id → login */
  readonly #pending = new Map<string, PendingLogin>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(nodeId: string, values: LoginValues): PendingLogin {
    const state = randomBytes(STATE_BYTES).toString('base64url');
    const login = { nodeId, values, state, expiresAt: this.#clock.now() + PENDING_MS };
    this.#pending.delete(nodeId);
    const [oldest] = this.#pending.keys();
    if (oldest !== undefined && this.#pending.size >= MOST_PENDING) this.#pending.delete(oldest);
    this.#pending.set(nodeId, login);
    return login;
  }

  isPending(nodeId: string): boolean {
    return this.#alive(this.#pending.get(nodeId)) !== null;
  }

  /** The login that this node has begun, which is used up with it; a state that came along must be its own. */
  take(nodeId: string, state: string | null): PendingLogin | null {
    const login = this.#alive(this.#pending.get(nodeId));
    if (login === null || (state !== null && !same(state, login.state))) return null;
    this.#pending.delete(nodeId);
    return login;
  }

  /** The login that began with this state. */
  takeByState(state: string): PendingLogin | null {
    for (const login of this.#pending.values())
      if (this.#alive(login) !== null && same(state, login.state)) return this.take(login.nodeId, state);
    return null;
  }

  #alive(login: PendingLogin | undefined): PendingLogin | null {
    return login !== undefined && this.#clock.now() < login.expiresAt ? login : null;
  }
}

/** Takes as long whatever the difference. */
function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Where the user signs in. */
export function authorizeUrl({ state, values }: PendingLogin): string {
  const url = new URL('/v1/oauth/authorize', values.apiUrl);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: values.appKey,
    redirect_uri: values.callbackUrl,
    state,
  }).toString();
  return url.href;
}
