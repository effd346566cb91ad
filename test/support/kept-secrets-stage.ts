import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { registerWith } from '../../nodes/schwab-config/schwab-config.js';
import { findConnection } from '../../src/node-red/connections.js';
import { eventually, FakeClock } from './clocks.js';
import { folderForEachTest } from './folders.js';
import { settled } from './memory-broker.js';
import { MemoryKeychain } from './memory-keychain.js';
import { helper, startRuntime, stopRuntime } from './nodes.js';
import { json, startScriptedHttp, type ScriptedHttp } from './scripted-http.js';

export const SERVICE = 'TradingHelperBot_Schwab';
export const SECRETS = { appKey: 'a-key-of-thirty-two-characters-x', appSecret: 'a-secret-of-16-c' };
/** What must be in no answer and in no line of the log. */
export const VALUES = [SECRETS.appKey, SECRETS.appSecret, 'I0.access@', 'refresh-token'];

const CODE = 'C0.b2F1dGgyLmJkYy5zY2h3YWIuY29t.Qz3xV-7_kLmN0pQrStUvWxYz0123456789abcdefghi@';
const Begun = z.object({ url: z.url() });
const Credentials = z.record(z.string(), z.string()).nullish();
const HOUR_MS = 3_600_000;
const STEP_MS = 5_000;

/** The fields that hold an account together; all invented. */
const ACCOUNT = {
  securitiesAccount: {
    accountNumber: '12345678',
    type: 'CASH',
    currentBalances: {
      liquidationValue: 100,
      cashBalance: 100,
      moneyMarketFund: 0,
      longMarketValue: 0,
      shortMarketValue: 0,
      longOptionMarketValue: 0,
      shortOptionMarketValue: 0,
    },
  },
};

/** A Schwab, a keychain and a user directory for each test of the surrounding `describe`; Node-RED stops after each. */
export class KeptSecretsStage {
  readonly folder = folderForEachTest();
  clock = new FakeClock();
  keychain = new MemoryKeychain(this.clock);
  logged: string[] = [];
  #schwab: ScriptedHttp | null = null;
  #RED: NodeAPI | null = null;
  /** Requests that Schwab has not answered yet. */
  #open = 0;
  #renewals = 0;

  constructor() {
    before(startRuntime);
    after(stopRuntime);
    beforeEach(async () => {
      this.clock = new FakeClock();
      this.keychain = new MemoryKeychain(this.clock);
      this.logged = [];
      this.#renewals = 0;
      this.#schwab = await startScriptedHttp();
      this.#schwab.answer(({ path }, response) => {
        this.#open += 1;
        response.once('close', () => (this.#open -= 1));
        if (path === '/v1/oauth/token')
          json(response, {
            access_token: `I0.access@${this.#renewals++}`,
            refresh_token: 'refresh-token',
            expires_in: 1800,
            token_type: 'Bearer',
          });
        else if (path.includes('accountNumbers'))
          json(response, [{ accountNumber: '12345678', hashValue: 'A'.repeat(64) }]);
        else if (path.startsWith('/trader/v1/accounts?')) json(response, [ACCOUNT]);
        else json(response, []);
      });
    });
    afterEach(async () => {
      await helper.unload();
      await this.#schwab?.close();
    });
  }

  get schwab(): ScriptedHttp {
    assert.ok(this.#schwab !== null);
    return this.#schwab;
  }

  /** Starts Node-RED. */
  async load(given: object = {}, credentials: object = {}): Promise<void> {
    const keychain = this.keychain.afterRestart();
    const note = (message: unknown): void => void this.logged.push(String(message));
    const plugIn = (RED: NodeAPI): void => {
      this.#RED = RED;
      const settings = { ...RED.settings, userDir: this.folder() };
      const log = { ...RED.log, warn: note, error: note, info: note };
      registerWith({ ...RED, settings, log }, { clock: this.clock, chance: () => 0.5, keychain });
    };
    await helper.load(plugIn, this.flow(given), { c1: credentials });
  }

  async restart(given: object = {}, credentials: object = {}): Promise<void> {
    await helper.unload();
    await this.load(given, credentials);
  }

  /** Deploys this connection, or none, with the credentials that Node-RED has. */
  async deploy(given: object | null, credentials: object = this.credentials()): Promise<void> {
    await helper.setFlows(given === null ? [] : this.flow(given), 'full', { c1: credentials });
  }

  flow(given: object) {
    return [{ id: 'c1', type: 'schwab-config', name: 'Schwab', ...this.#values(), ...given }];
  }

  /** What Node-RED has in its credentials. */
  credentials(): Readonly<Record<string, string>> {
    return Credentials.parse(this.#RED?.nodes.getCredentials('c1')) ?? {};
  }

  post(path: string, body: object) {
    return helper.request().post(`/brokerage/${path}`).send(body);
  }

  async probe() {
    return (await this.post('secrets/c1/probe', { store: 'keychain' })).body;
  }

  async enter(secrets: object = SECRETS): Promise<void> {
    const { body, status } = await this.post('schwab/c1/secrets', secrets);
    assert.equal(status, 200, JSON.stringify(body));
  }

  /** As the dialog does; it leaves out secrets that it does not know. */
  async logIn(given: object = { secretStore: 'keychain' }): Promise<void> {
    const begun = await this.post('schwab/c1/login/begin', { ...this.#values(), ...given });
    assert.equal(begun.status, 200, JSON.stringify(begun.body));
    const url = new URL(Begun.parse(begun.body).url);
    const pasted = `https://127.0.0.1/?code=${encodeURIComponent(CODE)}&state=${url.searchParams.get('state')}`;
    const { body } = await this.post('schwab/c1/login/complete', { pasted });
    assert.equal(body.ok, true, JSON.stringify(body));
  }

  get logins(): number {
    return this.schwab.requests.filter(({ body }) => body.includes('authorization_code')).length;
  }

  /** As an account-sync node does. */
  use(): void {
    const offer = findConnection('c1');
    assert.ok(offer?.kind === 'ready');
    offer.join({ pollMs: HOUR_MS });
  }

  status() {
    const offer = findConnection('c1');
    assert.ok(offer?.kind === 'ready');
    return offer.ways.first.status;
  }

  async until(state: string, reason = /^/): Promise<void> {
    await eventually(() => this.status().state === state && reason.test(this.status().reason ?? ''), {
      what: `${state} ${reason}; it is ${JSON.stringify(this.status())}`,
    }).catch((error: unknown) => assert.fail(`${String(error)}; ${JSON.stringify(this.status())}`));
  }

  /** Lets time pass to the next attempt of a connection that cannot be made, and waits for what becomes of it. */
  async nextAttempt(): Promise<void> {
    const { nextAttemptAt } = this.status();
    assert.ok(nextAttemptAt !== null);
    this.clock.advance(nextAttemptAt - this.clock.now());
    await eventually(() => {
      const next = this.status().nextAttemptAt;
      return this.status().state === 'live' || (next !== null && next > this.clock.now());
    });
  }

  /** Lets time pass in steps that are too short for a request to take too long. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.clock.advance(Math.min(left, STEP_MS));
      await settled();
      await eventually(() => this.#open === 0);
      await settled();
    }
  }

  entry(): string | null {
    return this.keychain.entry(SERVICE, 'c1');
  }

  async files(): Promise<readonly string[]> {
    return (await readdir(join(this.folder(), 'brokerage')))
      .filter((name) => name.startsWith('schwab-'))
      .map((name) => name.replace(/login-[0-9a-f]{8}/, 'login'))
      .toSorted();
  }

  #values() {
    return { callbackUrl: 'https://127.0.0.1', apiUrl: this.schwab.url, accounts: '', streamer: false };
  }
}
