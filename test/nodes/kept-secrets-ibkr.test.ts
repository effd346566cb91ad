import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { registerWith as registerAccountSync } from '../../nodes/account-sync/account-sync.js';
import { registerWith as registerIbkrConfig } from '../../nodes/ibkr-config/ibkr-config.js';
import { createMarket, startTwsSimulator, type TwsSimulator } from '../../simulators/index.js';
import { findConnection } from '../../src/node-red/connections.js';
import { eventually, fastClock } from '../support/clocks.js';
import { folderForEachTest } from '../support/folders.js';
import { MemoryKeychain } from '../support/memory-keychain.js';
import { flowOf, helper, startRuntime, stopRuntime } from '../support/nodes.js';

const TOKEN = '123456789012345678901234';
const LOCKED = /The system keychain is locked/;

describe('the Flex token of a connection to TWS', () => {
  const folder = folderForEachTest();
  const clock = fastClock(20);
  let gateway: TwsSimulator;
  let keychain: MemoryKeychain;
  let api: NodeAPI | null;
  let balances: unknown[];
  before(startRuntime);
  after(stopRuntime);
  beforeEach(async () => {
    gateway = await startTwsSimulator({ market: createMarket({ seed: 7, accounts: 1 }) });
    keychain = new MemoryKeychain(clock);
  });
  afterEach(async () => {
    await helper.unload();
    await gateway.close();
  });

  const flow = (config: object) =>
    flowOf({ port: gateway.port, config: { secretStore: 'keychain', ...config } });
  const load = async (flexToken: string | null = null, config: object = {}) => {
    const chance = () => 0.5;
    const plugIn = (RED: NodeAPI): void => {
      api = RED;
      const own = { ...RED, settings: { ...RED.settings, userDir: folder() } };
      registerIbkrConfig(own, { clock, chance, keychain: keychain.afterRestart() });
    };
    const plugIns = [plugIn, (RED: NodeAPI) => registerAccountSync(RED, { clock })];
    await helper.load(plugIns, flow(config), flexToken === null ? {} : { ibkr: { flexToken } });
    balances = [];
    helper.getNode('balances').on('input', (message: unknown) => balances.push(message));
  };
  const status = () => {
    const offer = findConnection('ibkr');
    return offer?.kind === 'ready' ? offer.ways.first.status : null;
  };
  const post = (path: string, body: object) => helper.request().post(`/brokerage/${path}`).send(body);
  const entry = () => keychain.entry('TradingHelperBot_IBKR', 'ibkr');
  const isSet = async () => (await helper.request().get('/brokerage/ibkr/ibkr/secrets')).body;

  it('is entered in the dialog, kept in the keychain and never given out', async () => {
    await load();
    const { status: code, text } = await post('ibkr/ibkr/secrets', { flexToken: TOKEN });
    assert.equal(code, 200, text);
    assert.ok(entry()?.includes(TOKEN));
    assert.deepEqual(await isSet(), { isSet: { flexToken: true } });
    assert.ok(!text.includes(TOKEN));
    assert.equal((await post('ibkr/ibkr/secrets', { appKey: 'x' })).status, 400);
  });

  it('does not disturb the data when it is entered', async () => {
    await load();
    await eventually(() => status()?.state === 'live');
    const since = status()?.since;
    await post('ibkr/ibkr/secrets', { flexToken: TOKEN });
    assert.deepEqual([status()?.state, status()?.since], ['live', since]);
  });

  it('that came with a deploy moves to the keychain', async () => {
    await load(TOKEN);
    await eventually(() => entry()?.includes(TOKEN) === true);
    await eventually(() => JSON.stringify(api?.nodes.getCredentials('ibkr')) === '{}');
    assert.deepEqual(await isSet(), { isSet: { flexToken: true } });
  });

  it('that the user wants in Node-RED stays there, and nobody asks the keychain', async () => {
    keychain.mood = 'locked';
    await load(TOKEN, { secretStore: 'node-red' });
    await eventually(() => status()?.state === 'live');
    assert.deepEqual(api?.nodes.getCredentials('ibkr'), { flexToken: TOKEN });
    assert.deepEqual([keychain.asked, status()?.reason], [[], null]);
  });

  it('may be locked away: the figures of TWS flow, and the editor says it until it is open again', async () => {
    await load();
    await post('ibkr/ibkr/secrets', { flexToken: TOKEN });
    await helper.unload();
    keychain.mood = 'locked';
    await load();
    await eventually(() => status()?.state === 'live' && LOCKED.test(status()?.reason ?? ''));
    await eventually(() => balances.length > 0);
    keychain.mood = 'open';
    assert.equal((await post('secrets/ibkr/probe', { store: 'keychain' })).body.state, 'available');
    await eventually(() => status()?.state === 'live' && status()?.reason === null);
  });

  it('goes with the node that is deleted, and stays with one that is disabled', async () => {
    await load();
    await post('ibkr/ibkr/secrets', { flexToken: TOKEN });
    await helper.setFlows(flow({ d: true }), 'full');
    await eventually(() => findConnection('ibkr') === null);
    assert.ok(entry()?.includes(TOKEN));
    await helper.setFlows(flow({}), 'full');
    await eventually(() => status() !== null);
    await helper.setFlows([], 'full');
    await eventually(() => entry() === null);
  });
});
