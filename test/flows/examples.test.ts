import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { startMqttBroker } from '../../demo/mqtt-broker.js';
import { createMarket, startTwsSimulator } from '../../simulators/index.js';
import { DEFAULT_RULES } from '../../src/alerts/index.js';
import { awake, eventually, fastClock } from '../support/clocks.js';
import { CORE_MQTT } from '../support/core-mqtt.js';
import {
  BalancesMessage,
  ErrorMessage,
  OrdersMessage,
  PositionsMessage,
  StatusMessage,
} from '../support/messages.js';
import { listenTo } from '../support/mqtt-ear.js';
import { helper, nodesWith, startRuntime, stopRuntime } from '../support/nodes.js';

const FOLDER = new URL('../../../examples/flows/', import.meta.url);
const FlowNode = z.looseObject({ id: z.string(), type: z.string(), name: z.string().default('') });

/** An example as it is imported; what only shows is replaced by nodes that tests can listen to. */
function example(file: string, port: number): z.infer<typeof FlowNode>[] {
  const flow = z.array(FlowNode).parse(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));
  return flow
    .filter(({ type }) => type !== 'comment')
    .map((node) => {
      if (node.type === 'ibkr-config') return { ...node, port: String(port) };
      return node.type === 'debug' || node.type === 'inject' ? { ...node, type: 'helper' } : node;
    });
}

describe('the example flows', () => {
  before(startRuntime);
  after(stopRuntime);
  afterEach(async () => {
    await helper.unload();
  });

  it('each explain themselves in a comment and hold no account number', () => {
    for (const file of readdirSync(FOLDER)) {
      const text = readFileSync(new URL(file, FOLDER), 'utf8');
      const flow = z.array(FlowNode).parse(JSON.parse(text));
      assert.ok(
        flow.some(({ type }) => type === 'comment'),
        `${file} has no comment`,
      );
      assert.doesNotMatch(text, /\b[DU][UF]?\d{6,}\b/);
    }
  });

  it('first-sync shows balances, positions, orders and the state, and refreshes at a press', async () => {
    const gateway = await startTwsSimulator({ market: createMarket({ seed: 5, accounts: 1 }) });
    const flow = example('first-sync.json', gateway.port);
    await helper.load(nodesWith(awake(fastClock(20))), flow);
    const heard = new Map<string, unknown[]>();
    const idOf = (name: string): string =>
      flow.find((node) => node.name === name)?.id ?? assert.fail(`no node ${name}`);
    for (const name of ['balances', 'positions', 'orders and executions', 'state of the connection']) {
      heard.set(name, []);
      helper.getNode(idOf(name)).on('input', (message: unknown) => heard.get(name)?.push(message));
    }
    const first = (name: string): unknown => heard.get(name)?.[0];
    await eventually(() => [...heard.values()].every((messages) => messages.length > 0));
    BalancesMessage.parse(first('balances'));
    PositionsMessage.parse(first('positions'));
    OrdersMessage.parse(first('orders and executions'));
    StatusMessage.parse(first('state of the connection'));
    const before = heard.get('balances')?.length ?? 0;
    helper.getNode(idOf('refresh now')).send({ topic: '' });
    await eventually(() => (heard.get('balances')?.length ?? 0) > before);
    await gateway.close();
  });

  it('first-sync shows what only the user can mend', async () => {
    const gateway = await startTwsSimulator({
      market: createMarket({ seed: 5, accounts: 1 }),
      faults: ['refuse'],
    });
    const flow = example('first-sync.json', gateway.port);
    await helper.load(nodesWith(awake(fastClock(20))), flow);
    const errors: unknown[] = [];
    helper
      .getNode(flow.find(({ name }) => name === 'errors')?.id ?? '')
      .on('input', (message: unknown) => errors.push(message));
    await eventually(() => errors.length > 0);
    assert.match(ErrorMessage.parse(errors[0]).error.message, /refuses connections/);
    await gateway.close();
  });

  it('alerts holds the rules that are on from the start, and tells what goes on when it is asked', async () => {
    const gateway = await startTwsSimulator({ market: createMarket({ seed: 5, accounts: 1 }) });
    const flow = example('alerts.json', gateway.port);
    await helper.load(nodesWith(awake(fastClock(20))), flow);
    const alerts = flow.find(({ type }) => type === 'account-alert');
    const idOf = (name: string): string =>
      flow.find((node) => node.name === name)?.id ?? assert.fail(`no node ${name}`);
    assert.deepEqual(
      alerts?.['rules'],
      DEFAULT_RULES.filter(({ raw }) => raw.enabled).map(({ raw }) => raw),
    );
    const heard: unknown[] = [];
    helper.getNode(idOf('what an alert says')).on('input', (message: unknown) => heard.push(message));
    const errors: unknown[] = [];
    helper.getNode(idOf('errors')).on('input', (message: unknown) => errors.push(message));
    helper.getNode(idOf('what goes on now')).send({ topic: 'list' });
    await eventually(() => heard.length > 0);
    assert.match(String(Object(heard[0]).topic), /^(No alert goes on|Alerts that go on: \d+)$/);
    assert.deepEqual(errors, []);
    await gateway.close();
  });

  it('mqtt puts the accounts on an MQTT broker, and tells Home Assistant of them', async () => {
    const gateway = await startTwsSimulator({ market: createMarket({ seed: 5, accounts: 1 }) });
    const broker = await startMqttBroker(0);
    const ear = await listenTo(`mqtt://127.0.0.1:${broker.port}`);
    const flow = example('mqtt.json', gateway.port).map((node) =>
      node.type === 'mqtt-broker' ? { ...node, port: String(broker.port), protocolVersion: '4' } : node,
    );
    await helper.load([...CORE_MQTT, ...nodesWith(awake(fastClock(20)))], flow);
    for (const topic of [
      /^brokerage\/\d+\/summary$/,
      /^brokerage\/\d+\/positions\/[a-z0-9_-]+$/,
      /^homeassistant\/device\/.*\/config$/,
    ])
      await eventually(() => ear.frames.some((frame) => topic.test(frame.topic) && frame.text !== ''), {
        what: `${topic}`,
      });
    await helper.unload();
    await ear.close();
    await broker.close();
    await gateway.close();
  });
});
