import assert from 'node:assert/strict';
import { z } from 'zod';
import { alertByHand } from '../support/alert-by-hand.js';
import { eventually } from '../support/clocks.js';
import { runExample, type RunningExample } from '../support/example-flow.js';
import { startTestMqtt, type TestMqtt } from '../support/mqtt-broker.js';
import { freePort } from '../support/node-red-process.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';

const AsJson = z.looseObject({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  ruleId: z.literal('rich'),
  state: z.literal('firing'),
  severity: z.literal('critical'),
  metric: z.literal('netLiquidation'),
  value: z.number(),
  threshold: z.literal(1),
  account: z.object({ label: z.string() }),
  startedAt: z.iso.datetime(),
  title: z.string(),
  line: z.string(),
  text: z.string(),
  priority: z.literal('high'),
});

describe('the example of alerts to MQTT', () => {
  let broker: TestMqtt | null = null;
  let running: RunningExample | null = null;

  before(startRuntime);
  after(stopRuntime);
  afterEach(async () => {
    await running?.close();
    running = null;
    await broker?.close();
    broker = null;
  });

  const start = async (port: number, more: { readonly rules?: readonly object[] } = {}) =>
    (running = await runExample({
      file: 'alerts-mqtt.json',
      env: { RETRY_SECONDS: '0.05', ANSWER_SECONDS: '0.2' },
      nodes: { broker: { port: String(port) } },
      ...more,
    }));

  it('publishes an alert as text and as JSON under topics of their own, not retained', async () => {
    const { frames, port } = (broker = await startTestMqtt());
    const { market } = await start(port);
    await eventually(() => frames.length > 1);
    const [text, json] = frames.toSorted((a, b) => b.topic.localeCompare(a.topic));
    assert.deepEqual([text?.topic, json?.topic], ['brokerage/alerts/text', 'brokerage/alerts/json']);
    assert.deepEqual([text?.retain, json?.retain], [false, false]);
    const alert = AsJson.parse(JSON.parse(json?.payload ?? ''));
    assert.equal(alert.value, market.ledger().ibkr.accounts[0]?.balances.netLiquidation);
    assert.equal(alert.text, text?.payload);
    assert.match(alert.line, /net liquidation/i);
  });

  it('keeps an alert while the broker is away, which mqtt out drops without a word', async () => {
    const port = await freePort();
    const { node } = await start(port, { rules: [] });
    node('outbox').receive(alertByHand());
    await eventually(() => Object(node('outbox')).status.lastCall?.firstArg.fill === 'red');
    broker = await startTestMqtt(port);
    const { frames } = broker;
    await eventually(() => frames.some(({ topic }) => topic === 'brokerage/alerts/json'));
    assert.deepEqual(
      new Set(frames.map(({ topic }) => topic)),
      new Set(['brokerage/alerts/text', 'brokerage/alerts/json']),
    );
  });
});
