import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { startMqttBroker } from '../../demo/mqtt-broker.js';
import { createMarket, startTwsSimulator, type TwsSimulator } from '../../simulators/index.js';
import { eventually, fastClock } from '../support/clocks.js';
import { CORE_MQTT } from '../support/core-mqtt.js';
import { listenTo } from '../support/mqtt-ear.js';
import { helper, nodesWith, startRuntime, stopRuntime } from '../support/nodes.js';

const text = readFileSync(new URL('../../../examples/docker/flow.json', import.meta.url), 'utf8');
const flow = z.array(z.looseObject({ id: z.string(), type: z.string() })).parse(JSON.parse(text));

describe('the flow of the Docker example', () => {
  let gateway: TwsSimulator;

  before(startRuntime);
  after(stopRuntime);
  beforeEach(async () => {
    gateway = await startTwsSimulator({ market: createMarket({ seed: 5, accounts: 1 }) });
    process.env['IB_HOST'] = '127.0.0.1';
    process.env['IB_PORT'] = String(gateway.port);
    process.env['MQTT_HOST'] = '127.0.0.1';
  });
  afterEach(async () => {
    await helper.unload();
    await gateway.close();
    delete process.env['IB_HOST'];
    delete process.env['IB_PORT'];
    delete process.env['MQTT_HOST'];
  });

  it('reads from the gateway that the environment names and publishes what Telegraf hears', async () => {
    const broker = await startMqttBroker(0);
    const ear = await listenTo(`mqtt://127.0.0.1:${broker.port}`);
    const asked = flow
      .filter(({ type }) => type !== 'comment')
      .map((node) => (node.type === 'mqtt-broker' ? { ...node, port: String(broker.port) } : node));
    await helper.load([...CORE_MQTT, ...nodesWith(fastClock(20))], asked);
    const topics = [
      /^brokerage\/\d+\/summary$/,
      /^brokerage\/\d+\/connection$/,
      /^brokerage\/\d+\/positions\/\w+/,
    ];
    await eventually(() =>
      topics.every((topic) => ear.frames.some((frame) => topic.test(frame.topic) && frame.text !== '')),
    );
    await helper.unload();
    await ear.close();
    await broker.close();
  });

  it('asks for paper data only, and holds neither an address nor a password', () => {
    const [connection] = flow.filter(({ type }) => type === 'ibkr-config');
    assert.equal(connection?.['tradingMode'], 'paper');
    assert.equal(connection?.['host'], '${IB_HOST}');
    assert.doesNotMatch(text, /"(user|password|credentials)"|\b[DU][UF]?\d{6,}\b/);
  });
});
