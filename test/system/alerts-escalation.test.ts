import assert from 'node:assert/strict';
import { z } from 'zod';
import { createMarket } from '../../simulators/index.js';
import { alertByHand } from '../support/alert-by-hand.js';
import { eventually } from '../support/clocks.js';
import { CASH, RICH, runExample, type RunningExample } from '../support/example-flow.js';
import { startTestMqtt, type TestMqtt } from '../support/mqtt-broker.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';

/** 0.6 s, which is enough to acknowledge on a busy machine. */
const MINUTES = '0.01';
const Listed = z.object({ id: z.string(), acknowledged: z.boolean() });

describe('the example of an escalation', function () {
  this.timeout(20_000);
  let broker: TestMqtt;
  let running: RunningExample | null = null;

  before(startRuntime);
  after(stopRuntime);
  beforeEach(async () => {
    broker = await startTestMqtt();
  });
  afterEach(async () => {
    await running?.close();
    running = null;
    await broker.close();
  });

  const start = async (rules: readonly object[], market = createMarket({ seed: 7, accounts: 1 })) =>
    (running = await runExample({
      file: 'alerts-escalation.json',
      rules,
      market,
      env: { ESCALATE_MINUTES: MINUTES },
      nodes: { broker: { port: String(broker.port) } },
    }));
  /** What is sent before is dropped. */
  const connected = async ({ node }: RunningExample): Promise<unknown> =>
    await eventually(() => Object(node('broker')).connected === true);
  const on = (channel: 'first' | 'second') =>
    broker.frames
      .filter(({ topic }) => topic === `brokerage/alerts/${channel}`)
      .map(({ payload }) => payload);

  it('tells the second channel once of what nobody has acknowledged', async () => {
    const { node } = await start([RICH]);
    await eventually(() => on('second').length > 0);
    assert.equal(on('first').length, 1);
    assert.match(on('second')[0] ?? '', /^Not acknowledged for 0\.01 minutes: .*net liquidation/i);
    // A repeat has the id of its beginning, and an alert that comes later its own time.
    node('escalate').receive(alertByHand());
    node('escalate').receive(alertByHand());
    await eventually(() => on('second').length > 1);
    assert.deepEqual([on('first').length, on('second').length], [3, 2]);
    assert.match(on('second')[1] ?? '', /By hand/);
  });

  it('leaves alone what is acknowledged in time, and tells the alert node of it', async () => {
    const { heard, node } = await start([RICH, { ...CASH, severity: 'critical' }]);
    const [atEscalation, atAlerts] = [heard('escalate'), heard('alerts')];
    await eventually(() => on('first').length > 1);
    node('all-seen').receive({});
    await eventually(() => atAlerts.filter((message) => Object(message).topic === 'ack').length > 1);
    node('alerts').receive({ topic: 'list' });
    const list = await eventually(() =>
      atEscalation.find((message) => Array.isArray(Object(message).alerts)),
    );
    const rows = z.array(Listed).parse(Object(list).alerts);
    assert.deepEqual(
      rows.map(({ acknowledged }) => acknowledged),
      [true, true],
    );
    await ended(node);
    assert.deepEqual(on('second'), ['Not acknowledged for 0.01 minutes: By hand.']);
  });

  it('takes the id of an alert over MQTT, and leaves the others', async () => {
    const { node } = await start([]);
    await connected(running ?? assert.fail());
    const other = { ...alertByHand().alert, id: '00000000000000bb' };
    node('escalate').receive(alertByHand({ payload: 'One.' }));
    node('escalate').receive(alertByHand({ topic: 'Main: two', payload: 'Two.', alert: other }));
    // The node has subscribed when its own first message has passed the broker.
    await eventually(() => on('first').length > 1);
    await broker.publish('brokerage/alerts/ack', ' 00000000000000aa ');
    await eventually(() => on('second').length > 0);
    assert.deepEqual(on('second'), ['Not acknowledged for 0.01 minutes: Two.']);
  });

  it('leaves alone what is over in time', async () => {
    const market = createMarket({ seed: 7, accounts: 1 });
    const [account] = market.ledger().ibkr.accounts;
    const { netLiquidation } = account?.balances ?? assert.fail('no account');
    const rule = { ...RICH, threshold: netLiquidation * 0.95, clearAt: netLiquidation * 0.94 };
    const { node } = await start([rule], market);
    await eventually(() => on('first').length > 0);
    market.depositCash(account?.account ?? '', -netLiquidation * 0.1);
    await eventually(() => on('first').length > 1);
    assert.match(on('first')[1] ?? '', /no longer|ended|over/i);
    await ended(node);
    assert.deepEqual(on('second'), ['Not acknowledged for 0.01 minutes: By hand.']);
  });

  it('lets each test alert take the whole way', async () => {
    const { node } = await start([]);
    await connected(running ?? assert.fail());
    const test = alertByHand({
      payload: 'A test.',
      alert: { id: '0'.repeat(16), state: 'firing', severity: 'warning' },
    });
    node('escalate').receive(test);
    await eventually(() => on('second').length > 0);
    node('escalate').receive(test);
    await eventually(() => on('second').length > 1);
  });

  it('tells what comes together together, and nothing of what is only of interest', async () => {
    const { node } = await start([]);
    await connected(running ?? assert.fail());
    const items = ['a', 'b'].map((id) => ({ id, ruleId: 'r', state: 'firing', severity: 'critical' }));
    node('escalate').receive(alertByHand({ alert: { ...items[0], count: 2, items } }));
    node('escalate').receive(
      alertByHand({ payload: 'Filled.', alert: { id: 'c', ruleId: 'f', state: 'firing', severity: 'info' } }),
    );
    await eventually(() => on('second').length > 0);
    await ended(node);
    assert.deepEqual(on('second').slice(0, 1), ['Not acknowledged for 0.01 minutes: By hand.']);
    assert.equal(on('second').length, 2);
  });

  /** When an alert that comes now has been escalated, so would have been all before it. */
  async function ended(node: RunningExample['node']): Promise<void> {
    const before = on('second').length;
    node('escalate').receive(
      alertByHand({ alert: { id: 'last', ruleId: 'last', state: 'firing', severity: 'warning' } }),
    );
    await eventually(() => on('second').length > before);
  }
});
