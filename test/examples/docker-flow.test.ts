import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { createMarket, startTwsSimulator, type TwsSimulator } from '../../simulators/index.js';
import { eventually, fastClock } from '../support/clocks.js';
import { helper, nodesWith, startRuntime, stopRuntime } from '../support/nodes.js';

const text = readFileSync(new URL('../../../examples/docker/flow.json', import.meta.url), 'utf8');
const flow = z.array(z.looseObject({ id: z.string(), type: z.string() })).parse(JSON.parse(text));
const message = z.looseObject({ topic: z.string() });

describe('the flow of the Docker example', () => {
  let gateway: TwsSimulator;

  before(startRuntime);
  after(stopRuntime);
  beforeEach(async () => {
    gateway = await startTwsSimulator({ market: createMarket({ seed: 5, accounts: 1 }) });
    process.env['IB_HOST'] = '127.0.0.1';
    process.env['IB_PORT'] = String(gateway.port);
  });
  afterEach(async () => {
    await helper.unload();
    await gateway.close();
    delete process.env['IB_HOST'];
    delete process.env['IB_PORT'];
  });

  it('reads from the gateway that the environment names and publishes each kind of message under its topic', async () => {
    const topics = new Set<string>();
    const asked = flow
      .filter(({ type }) => type !== 'comment' && type !== 'mqtt-broker')
      .map((node) => (node.type === 'mqtt out' ? { ...node, type: 'helper' } : node));
    await helper.load(nodesWith(fastClock(20)), asked);
    const out = flow.find(({ type }) => type === 'mqtt out') ?? assert.fail('no mqtt out');
    helper.getNode(out.id).on('input', (heard: unknown) => topics.add(message.parse(heard).topic));
    const kinds = ['balances', 'positions', 'orders', 'status'];
    await eventually(() => kinds.every((kind) => [...topics].some((topic) => topic.endsWith(`/${kind}`))));
  });

  it('asks for paper data only, and holds neither an address nor a password', () => {
    const [connection] = flow.filter(({ type }) => type === 'ibkr-config');
    assert.equal(connection?.['tradingMode'], 'paper');
    assert.equal(connection?.['host'], '${IB_HOST}');
    assert.doesNotMatch(text, /"(user|password|credentials)"|\b[DU][UF]?\d{6,}\b/);
  });
});
