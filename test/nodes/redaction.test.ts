import { MemoryKeychain } from '../support/memory-keychain.js';
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { NodeAPI } from 'node-red';
import { registerWith as registerAccountSync } from '../../nodes/account-sync/account-sync.js';
import { registerWith as registerSchwabConfig } from '../../nodes/schwab-config/schwab-config.js';
import { createMarket, startSchwabSimulator, startTwsSimulator } from '../../simulators/index.js';
import { knownSecrets } from '../../src/node-red/known-secrets.js';
import { eventually, fastClock } from '../support/clocks.js';
import { folderForEachTest } from '../support/folders.js';
import { LeakWatch, suiteWatch } from '../support/leak-watch.js';
import { flowOf, helper, nodeRedUtil, nodesWith, startRuntime, stopRuntime } from '../support/nodes.js';
import { logInFor } from '../support/schwab-login.js';

const APP = { appKey: 'redaction-test-key/32+characters', appSecret: 'redaction/secret' };

describe('brokers that repeat what they should not', () => {
  const folder = folderForEachTest();
  let watch: LeakWatch;
  let stop: () => void;

  before(startRuntime);
  after(stopRuntime);
  beforeEach(() => {
    watch = new LeakWatch();
    stop = watch.listenTo(nodeRedUtil, 'redaction');
  });
  afterEach(async () => {
    stop();
    mock.restoreAll();
    await helper.unload();
  });

  /** Whether Node-RED has been told, in a message, what the broker said. */
  const told = async (words: RegExp): Promise<void> => {
    const said: string[] = [];
    helper.getNode('status').on('input', (message: unknown) => said.push(JSON.stringify(message)));
    await eventually(() => said.some((text) => words.test(text)), { what: `a status with ${words}` });
  };

  /** Schwab's token server puts what it was sent into its error. */
  async function withSchwab(): Promise<void> {
    const schwab = await startSchwabSimulator({
      ...APP,
      market: createMarket({ accounts: 0 }),
      lifetimes: { accessMs: 1_000 },
    });
    watch.knows(() => [
      ...Object.entries(APP).map(([name, value]) => ({ name, value })),
      ...schwab.handedOut.map((value) => ({ name: 'token', value })),
    ]);
    try {
      await logInFor('c1', { schwab, userDir: folder() });
      schwab.fault('schwab-token-echo');
      const clock = fastClock(20);
      const plugIns = [
        (RED: NodeAPI) =>
          registerSchwabConfig(
            { ...RED, settings: { ...RED.settings, userDir: folder() } },
            { clock, chance: Math.random, keychain: new MemoryKeychain(clock).keychain },
          ),
        (RED: NodeAPI) => registerAccountSync(RED, { clock }),
      ];
      const connection = { id: 'c1', type: 'schwab-config', name: 'Schwab', apiUrl: schwab.url };
      const flow = [
        ...flowOf({ port: 1, sync: { connection: 'c1' } }).filter(({ id }) => id !== 'ibkr'),
        connection,
      ];
      await helper.load(plugIns, flow, { c1: APP });
      await told(/Schwab refused the login/);
    } finally {
      await schwab.close();
    }
  }

  /** TWS names its accounts in an error, so that only who knows the numbers finds them. */
  async function withTws(): Promise<void> {
    const gateway = await startTwsSimulator({ market: createMarket({ accounts: 14, positions: 1 }) });
    // The last ones: no other test of this process has made them known.
    const numbers = gateway.market
      .ledger()
      .ibkr.accounts.map(({ account }) => account)
      .slice(-2);
    watch.knows(() => numbers.map((value) => ({ name: 'account number', value })));
    try {
      await helper.load(
        nodesWith(fastClock(20)),
        flowOf({ port: gateway.port, config: { accounts: numbers[0] } }),
      );
      await told(/"state":"live"/);
      gateway.notice(320, `Unable to parse field of_${numbers.join('_and_')}_`);
      await told(/could not read a request/);
    } finally {
      await helper.unload();
      await gateway.close();
    }
  }

  for (const [name, stage] of [
    ['app key and secret, by Schwab', withSchwab],
    ['account numbers, also of accounts that nobody asked for, by TWS', withTws],
  ] as const) {
    it(`are not repeated in turn: ${name}`, async () => {
      await stage();
      assert.deepEqual(watch.leaks(), []);
    });

    it(`would be, without the redactor: ${name}`, async () => {
      mock.method(knownSecrets, 'clean', (text: string) => text);
      await suiteWatch.deafTo(stage);
      const leaking = new Set(watch.leaks().map(({ where }) => where));
      assert.deepEqual([...leaking], ['message']);
    });
  }
});
