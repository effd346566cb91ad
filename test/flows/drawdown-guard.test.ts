import assert from 'node:assert/strict';
import { z } from 'zod';
import { createMarket } from '../../simulators/index.js';
import { parseRules } from '../../src/alerts/schema/rule.js';
import { eventually } from '../support/clocks.js';
import { exampleFlow, runExample, type RunningExample } from '../support/example-flow.js';
import { FunctionNode, OLD, toldMessage } from '../support/function-node.js';
import { listenTo } from '../support/mqtt-ear.js';
import { startTestMqtt, type TestMqtt } from '../support/mqtt-broker.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';

const FILE = 'drawdown-guard.json';
const TICK = { topic: 'list' };
const Guard = z.object({
  account: z.string(),
  state: z.enum(['ok', 'warning', 'critical', 'unknown']),
  reason: z.string().nullable(),
  last_fired: z.string().nullable(),
  as_of: z.string().nullable(),
  ts: z.iso.datetime(),
  ts_ms: z.number(),
});
type Guard = z.infer<typeof Guard>;
const Message = z.object({
  topic: z.string(),
  retain: z.literal(true),
  payload: z.union([Guard, z.literal('')]),
});

const firing = (severity: string, account: string | null = 'Main') => ({
  alerts: [{ account, severity, name: `a ${severity} rule`, ruleId: 'r', value: -5 }],
});
const NONE = { alerts: [] };
const KNOWN = { netLiquidation: 1000, dayPnl: -1 };

describe('the example of a drawdown guard', () => {
  it('has rules that the alert node takes, with thresholds that do not flicker', () => {
    const alert = exampleFlow(FILE).find(({ type }) => type === 'account-alert');
    const { problems, rules } = parseRules(alert?.['rules']);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      rules.map(({ kind, severity }) => `${kind} ${severity}`),
      ['level warning', 'level critical', 'level warning', 'level critical'],
    );
  });

  describe('as a function', () => {
    let now = 0;
    const guard = (memory = new Map<string, string>()) =>
      new FunctionNode({ file: FILE, short: 'guard', now: () => now, memory });
    const messages = (node: FunctionNode) => z.array(Message).parse(node.first(TICK));
    const states = (node: FunctionNode): readonly string[] =>
      messages(node).map(({ payload }) => (payload === '' ? 'cleared' : payload.state));

    it('is ok only with figures that are current and known, and an alert node that answers', () => {
      const node = guard();
      node.receive(toldMessage('balances', KNOWN));
      assert.deepEqual(states(node), ['unknown']);
      node.receive(NONE);
      assert.deepEqual(states(node), ['ok']);
      for (const [payload, sync] of [
        [KNOWN, OLD],
        [KNOWN, { quality: 'partial' }],
        [KNOWN, { quality: 'delayed' }],
        [{ ...KNOWN, dayPnl: null }, {}],
        [{ ...KNOWN, netLiquidation: null }, {}],
        [null, {}],
      ] as const) {
        node.receive(toldMessage('balances', payload, { sync }));
        assert.deepEqual(states(node), ['unknown'], JSON.stringify([payload, sync]));
        node.receive(toldMessage('balances', KNOWN));
        assert.deepEqual(states(node), ['ok']);
      }
      now += 120_000;
      assert.deepEqual(states(node), ['unknown']);
    });

    it('says the worst of what fires for an account, and what fired last while nothing is known', () => {
      const node = guard();
      node.receive(toldMessage('balances', KNOWN));
      node.receive(firing('warning'));
      assert.deepEqual(states(node), ['warning']);
      node.receive({ alerts: [...firing('critical').alerts, ...firing('warning').alerts] });
      assert.deepEqual(states(node), ['critical']);
      node.receive(toldMessage('balances', KNOWN, { sync: OLD }));
      const [message] = messages(node);
      const { last_fired, state } = Guard.parse(message?.payload);
      assert.deepEqual([state, last_fired], ['unknown', 'critical']);
    });

    it('counts what fires for one account for that one, and what has no account that it knows for all', () => {
      const node = guard();
      const other = { key: '00000000000b', label: 'Other' };
      node.receive(toldMessage('balances', KNOWN));
      node.receive(toldMessage('balances', KNOWN, { account: other }));
      node.receive(firing('critical', 'Other'));
      assert.deepEqual(states(node), ['ok', 'critical']);
      node.receive(firing('warning', null));
      assert.deepEqual(states(node), ['warning', 'warning']);
    });

    it('speaks at once when the state changes, and at each tick so that its age can be seen', () => {
      const node = guard();
      node.receive(NONE);
      assert.equal(node.first(toldMessage('balances', KNOWN)).length, 1);
      assert.equal(node.first(toldMessage('balances', { ...KNOWN, dayPnl: -2 })).length, 0);
      assert.equal(node.first(firing('warning')).length, 1);
      assert.equal(node.first(firing('warning')).length, 0);
      assert.equal(node.first(TICK).length, 1);
    });

    it('gives accounts of one label topics of their own, and clears the one that held for both', () => {
      const node = guard();
      node.receive(NONE);
      node.receive(toldMessage('balances', KNOWN, { account: { label: '…4567' } }));
      assert.deepEqual(
        messages(node).map(({ topic }) => topic),
        ['brokerage/guard/4567'],
      );
      const both = z
        .array(Message)
        .parse(
          node.first(toldMessage('balances', KNOWN, { account: { key: '11111111111b', label: '…4567' } })),
        );
      assert.deepEqual(
        both.map(({ payload, topic }) => [topic, payload === '' ? 'cleared' : payload.state]),
        [
          ['brokerage/guard/4567', 'cleared'],
          ['brokerage/guard/4567_000000', 'ok'],
          ['brokerage/guard/4567_111111', 'ok'],
        ],
      );
    });

    it('knows nothing after a restart until it is told again', () => {
      const memory = new Map<string, string>();
      const before = guard(memory);
      before.receive(toldMessage('balances', KNOWN));
      before.receive(NONE);
      const node = guard(memory);
      node.receive(NONE);
      assert.deepEqual(states(node), ['unknown']);
      node.receive(toldMessage('balances', KNOWN));
      assert.deepEqual(states(node), ['ok']);
    });
  });

  describe('in Node-RED', () => {
    let broker: TestMqtt;
    let running: RunningExample | null = null;

    before(startRuntime);
    after(stopRuntime);
    beforeEach(async () => (broker = await startTestMqtt()));
    afterEach(async () => {
      await running?.close();
      running = null;
      await broker.close();
    });

    it('keeps a retained state for each account: ok, critical in a crash, unknown without a gateway', async () => {
      const market = createMarket({ seed: 7, accounts: 1 });
      running = await runExample({
        file: FILE,
        market,
        rules: null,
        nodes: { broker: { port: String(broker.port) } },
      });
      const { frames } = broker;
      const last = (): Guard | undefined =>
        frames
          .filter(({ topic }) => /^brokerage\/guard\/\d{4}$/.test(topic))
          .map(({ payload }) => Guard.parse(JSON.parse(payload)))
          .at(-1);
      await eventually(() => last()?.state === 'ok', { what: 'ok' });
      // Half of what the shares were worth is more than 4 % of the account.
      for (const { conId, quantity, marketPrice, secType } of market.ledger().ibkr.accounts[0]?.positions ??
        [])
        if (secType === 'STK' && quantity > 0) market.setPrice(conId, marketPrice / 2);
      await eventually(() => last()?.state === 'critical', { what: 'critical' });
      assert.match(last()?.reason ?? '', /Day loss beyond 4 %|Drawdown beyond 15 %/);
      await running.gateway.stopListening();
      running.gateway.disconnectAll('reset');
      const unknown = await eventually(() => (last()?.state === 'unknown' ? last() : undefined));
      assert.equal(unknown.last_fired, 'critical');
      assert.match(unknown.reason ?? '', /^the figures are old, as of 20/);
      await running.close();
      running = null;
      await eventually(() => frames.at(-1)?.topic === 'brokerage/guard');
      assert.equal(frames.at(-1)?.payload, 'offline');
      const ear = await listenTo(`mqtt://127.0.0.1:${broker.port}`);
      const kept = await ear.retained();
      await ear.close();
      assert.equal(kept.get('brokerage/guard'), 'offline');
      const own = [...kept].filter(([topic]) => topic.startsWith('brokerage/guard/'));
      assert.deepEqual(
        own.map(([, text]) => Guard.parse(JSON.parse(text)).state),
        ['unknown'],
      );
    }).timeout(20_000);
  });
});
