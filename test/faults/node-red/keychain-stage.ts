import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeAPI, NodeDef } from 'node-red';
import { z } from 'zod';
import { registerWith as registerAccountSync } from '../../../nodes/account-sync/account-sync.js';
import { registerWith as registerSchwabConfig } from '../../../nodes/schwab-config/schwab-config.js';
import { createMarket, startSchwabSimulator, type SchwabSimulator } from '../../../simulators/index.js';
import { findConnection } from '../../../src/node-red/connections.js';
import type { Chance } from '../../../src/ports.js';
import { FakeClock } from '../../support/clocks.js';
import { MemoryKeychain } from '../../support/memory-keychain.js';
import { helper, startRuntime } from '../../support/nodes.js';
import type { Stage } from '../scenario.js';
import { rest, within } from '../within.js';
import { requestsUnderWay } from './outgoing.js';
import { SchwabEar } from './schwab-ear.js';

const Begun = z.object({ url: z.url() });
const STEP_WITHIN_MS = 5_000;
/** Of the product's clock: too short for a request to take too long. */
const STEP_MS = 5_000;
/** Real time from an answer to the next request; a login is written to the disk in between. */
const QUIET_MS = 2;
const OUTPUTS = ['balances', 'positions', 'orders', 'status'] as const;

let runtime: Promise<void> | null = null;

/** Node-RED with a connection to Schwab whose secrets and login are in a keychain of many moods; time passes as told. */
export class KeychainStage {
  readonly chance: Chance;
  readonly clock: FakeClock;
  readonly keychain: MemoryKeychain;
  readonly schwab: SchwabSimulator;
  readonly ear: SchwabEar;
  readonly words: string[] = [];
  readonly #folder: string;

  private constructor(parts: Pick<KeychainStage, 'chance' | 'clock' | 'schwab'>, folder: string) {
    this.chance = parts.chance;
    this.clock = parts.clock;
    this.schwab = parts.schwab;
    this.keychain = new MemoryKeychain(parts.clock);
    this.#folder = folder;
    this.ear = new SchwabEar(parts.schwab.market, () => this.clock.now());
  }

  static async open({ chance, seed }: Stage): Promise<KeychainStage> {
    requestsUnderWay();
    runtime ??= startRuntime();
    await within(STEP_WITHIN_MS, 'the server of Node-RED starts', runtime);
    const clock = new FakeClock();
    const now = (): number => clock.now();
    const market = createMarket({ seed, accounts: 0, schwabAccounts: 2, now });
    const schwab = await startSchwabSimulator({ market, now });
    const folder = await mkdtemp(join(tmpdir(), 'brokerage-fault-'));
    return new KeychainStage({ chance, clock, schwab }, folder);
  }

  /** Node-RED starts. */
  async load(): Promise<void> {
    const keychain = this.keychain.afterRestart();
    const { chance, clock } = this;
    const note = (word: unknown): void => void this.words.push(String(word));
    const inFolder = (RED: NodeAPI): NodeAPI => {
      const log = { ...RED.log, warn: note, error: note };
      return { ...RED, log, settings: { ...RED.settings, userDir: this.#folder } };
    };
    const nodes = [
      (RED: NodeAPI) => registerSchwabConfig(inFolder(RED), { clock, chance, keychain }),
      (RED: NodeAPI) => registerAccountSync(inFolder(RED), { clock }),
      (RED: NodeAPI) => this.#registerEars(RED),
    ];
    await within(STEP_WITHIN_MS, 'Node-RED starts the flow', helper.load(nodes, this.#flow(), {}));
  }

  async unload(): Promise<void> {
    await within(STEP_WITHIN_MS, 'Node-RED stops', Promise.resolve(helper.unload()));
    this.ear.silence();
  }

  /** What the user types into the dialog. */
  async enter(): Promise<void> {
    const { appKey, appSecret } = this.schwab;
    await this.#post('schwab/c1/secrets', { appKey, appSecret });
  }

  /** The user logs in at Schwab, in the dialog. */
  async logIn(): Promise<void> {
    const url = new URL(Begun.parse(await this.#post('schwab/c1/login/begin', this.#config())).url);
    const pasted = this.schwab.authorize(url.searchParams.get('state') ?? '');
    await this.#post('schwab/c1/login/complete', { pasted });
  }

  /** The button behind the choice of the keychain. */
  async probe(): Promise<void> {
    await this.#post('secrets/c1/probe', { store: 'keychain' });
  }

  get status() {
    const offer = findConnection('c1');
    if (offer?.kind !== 'ready') throw new Error('There is no connection.');
    return offer.ways.first.status;
  }

  get logins(): number {
    return this.schwab.tokenRequests.filter(({ grant }) => grant === 'authorization_code').length;
  }

  /** Time passes, until `isOver` or for so long; ms of the product's clock. Returns whether it was over. */
  async pass(ms: number, isOver: () => boolean = () => false): Promise<boolean> {
    for (let left = ms; left > 0 && !isOver(); left -= STEP_MS) {
      this.clock.advance(Math.min(left, STEP_MS));
      await this.#answered();
    }
    return isOver();
  }

  trade(): void {
    this.schwab.market.schwab.trade();
    this.ear.look();
  }

  /** Closes everything; returns what was left behind. */
  async close(): Promise<readonly string[]> {
    const ends = await Promise.allSettled([this.unload()]);
    const timers = this.clock.pending;
    ends.push(...(await Promise.allSettled([within(STEP_WITHIN_MS, 'Schwab closes', this.schwab.close())])));
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
    return [
      ...ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : [])),
      ...(timers === 0 ? [] : [`${timers} timers wait after Node-RED was closed`]),
    ];
  }

  /** One answer leads to the next question: waits until there is none any more. */
  async #answered(): Promise<void> {
    const until = performance.now() + STEP_WITHIN_MS;
    for (let quietMs = 0; quietMs < QUIET_MS; quietMs = requestsUnderWay() > 0 ? 0 : quietMs + 1) {
      if (performance.now() > until) throw new Error(`Schwab did not answer within ${STEP_WITHIN_MS} ms.`);
      await rest(1);
    }
  }

  async #post(path: string, body: object): Promise<unknown> {
    const answer = await within(
      STEP_WITHIN_MS,
      `an answer to ${path}`,
      Promise.resolve(helper.request().post(`/brokerage/${path}`).send(body)),
    );
    if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}: ${answer.text}`);
    return answer.body;
  }

  #config() {
    const { callbackUrl, url: apiUrl } = this.schwab;
    return { callbackUrl, apiUrl, accounts: '', streamer: false, secretStore: 'keychain' };
  }

  #flow() {
    return [
      { id: 'tab', type: 'tab', label: 'test' },
      { id: 'c1', type: 'schwab-config', name: 'Schwab', ...this.#config() },
      {
        id: 'sync',
        z: 'tab',
        type: 'account-sync',
        connection: 'c1',
        coalesceMs: '250',
        wires: OUTPUTS.map((output) => [output]),
      },
      ...OUTPUTS.map((id) => ({ id, z: 'tab', type: 'ear' })),
    ];
  }

  #registerEars(RED: NodeAPI): void {
    const { ear } = this;
    RED.nodes.registerType('ear', function (config: NodeDef) {
      RED.nodes.createNode(this, config);
      this.on('input', (message, _send, done) => {
        ear.hear(message);
        done();
      });
    });
  }
}
