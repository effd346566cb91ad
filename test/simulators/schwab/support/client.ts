import {
  createMarket,
  startSchwabSimulator,
  type SchwabSimulator,
  type SchwabSimulatorOptions,
} from '../../../../simulators/index.js';
import { OF_A_TEST } from '../../../support/recorder.js';

export const NOW = Date.parse('2026-11-24T15:00:00Z');
export const DAY_MS = 86_400_000;

/** What a test has started, and its time, which stands still until the test moves it. */
export class SchwabBench {
  now = NOW;
  readonly #simulators: SchwabSimulator[] = [];

  async start(options: SchwabSimulatorOptions = {}): Promise<SchwabSimulator> {
    const now = (): number => this.now;
    const market = options.market ?? createMarket({ seed: 5, accounts: 0, now });
    const simulator = await startSchwabSimulator({ now, ...options, market });
    this.#simulators.push(simulator);
    return simulator;
  }

  async close(): Promise<void> {
    await Promise.all(this.#simulators.splice(0).map((simulator) => simulator.close()));
    this.now = NOW;
  }
}

export interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly expires_in: number;
}

/** A client that shares no code with the product: fetch, and what the document says. */
export class PlainClient {
  readonly #simulator: SchwabSimulator;
  accessToken = '';
  refreshToken = '';

  constructor(simulator: SchwabSimulator) {
    this.#simulator = simulator;
  }

  /** Through the whole login. */
  static async loggedIn(simulator: SchwabSimulator): Promise<PlainClient> {
    const client = new PlainClient(simulator);
    await client.logIn();
    return client;
  }

  async logIn(): Promise<void> {
    const answer = await this.redeem(codeIn(this.#simulator.authorize()));
    this.take(await answer.text());
  }

  take(text: string): void {
    const tokens: TokenAnswer = JSON.parse(text);
    this.accessToken = tokens.access_token;
    this.refreshToken = tokens.refresh_token ?? '';
  }

  redeem(code: string, redirectUri = this.#simulator.callbackUrl): Promise<Response> {
    return this.token({ grant_type: 'authorization_code', code, redirect_uri: redirectUri });
  }

  refresh(token = this.refreshToken): Promise<Response> {
    return this.token({ grant_type: 'refresh_token', refresh_token: token });
  }

  token(
    form: Record<string, string>,
    secret = this.#simulator.appSecret,
    init: RequestInit = {},
  ): Promise<Response> {
    const basic = Buffer.from(`${this.#simulator.appKey}:${secret}`).toString('base64');
    return fetch(`${this.#simulator.url}/v1/oauth/token`, {
      ...init,
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, [OF_A_TEST]: 'yes' },
      body: new URLSearchParams(form),
    });
  }

  /** `/accounts` and the like; what starts with `/marketdata` is taken as it is. */
  get(path: string, query: Record<string, string> = {}, init: RequestInit = {}): Promise<Response> {
    const url = new URL(path.startsWith('/marketdata') ? path : `/trader/v1${path}`, this.#simulator.url);
    url.search = new URLSearchParams(query).toString();
    return fetch(url, {
      redirect: 'manual',
      ...init,
      headers: { authorization: `Bearer ${this.accessToken}`, [OF_A_TEST]: 'yes' },
    });
  }

  async read<T>(path: string, query: Record<string, string> = {}): Promise<T> {
    const response = await this.get(path, query);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
    const value: T = JSON.parse(text);
    return value;
  }
}

export const codeIn = (address: string): string => new URL(address).searchParams.get('code') ?? '';
