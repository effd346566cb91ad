import assert from 'node:assert/strict';
import { z } from 'zod';
import { createMarket, startTwsSimulator, type TwsSimulator } from '../../simulators/index.js';
import { eventually } from '../support/clocks.js';
import { runExample, type RunningExample } from '../support/example-flow.js';
import { FunctionNode, OLD, toldMessage } from '../support/function-node.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';

const FILE = 'failover.json';
const TICK = { topic: 'tick' };
const Change = z.object({
  topic: z.string(),
  payload: z.string(),
  priority: z.string(),
  way: z.object({
    now: z.string(),
    before: z.string(),
    vias: z.array(z.string()),
    state: z.string().nullable(),
  }),
});
const NO_WAY = 'no way: the last figures are shown, and they are old';

describe('the example of two gateways and a fallback', () => {
  describe('as a function', () => {
    const which = () => new FunctionNode({ file: FILE, short: 'which', now: () => 0 });
    const state = (word: string, reason: string | null = null) =>
      toldMessage('status', { state: word, reason }, { account: null });
    const balances = (via: string, more: Readonly<Record<string, unknown>> = {}) =>
      toldMessage('balances', {}, { sync: { via }, ...more });

    it('takes the first way for a beginning and tells each change of it once', () => {
      const node = which();
      node.receive(state('live'));
      node.receive(balances('tws'));
      assert.deepEqual(node.first(TICK), []);
      node.receive(toldMessage('balances', {}, { sync: OLD }));
      node.receive(state('degraded', '127.0.0.1:4002 refuses connections.'));
      const lost = Change.parse(node.first(TICK)[0]);
      assert.deepEqual([lost.topic, lost.priority], [`Figures come through ${NO_WAY}`, 'high']);
      assert.match(
        lost.payload,
        /^Before: the gateway\.\nNow: no way.*\n127\.0\.0\.1:4002 refuses connections\.$/,
      );
      assert.deepEqual(node.first(TICK), []);
    });

    it('says nothing between two messages that belong together', () => {
      const node = which();
      node.receive(state('degraded', 'It refuses.'));
      node.receive(toldMessage('balances', {}, { sync: OLD }));
      node.first(TICK);
      assert.deepEqual(node.first(balances('tws')), []);
      node.receive(
        state('degraded', 'The data are 20 minutes old. Reading through 10.0.0.2:4002. It refuses.'),
      );
      assert.equal(Change.parse(node.first(TICK)[0]).way.now, 'the gateway at 10.0.0.2:4002');
    });

    it('names each of the ways where accounts take different ones', () => {
      const node = which();
      node.receive(balances('tws'));
      node.first(TICK);
      node.receive(balances('flex', { account: { key: '00000000000b', label: 'Other' } }));
      const { way } = Change.parse(node.first(TICK)[0]);
      assert.equal(way.now, "the gateway; in part IBKR's daily report, of another day");
    });
  });

  describe('in Node-RED', () => {
    let running: RunningExample | null = null;
    let others: readonly TwsSimulator[] = [];

    before(startRuntime);
    after(stopRuntime);
    afterEach(async () => {
      await running?.close();
      running = null;
      for (const gateway of others) await gateway.close();
    });

    it('says which way the figures take, down to none, and up again', async () => {
      const market = createMarket({ seed: 7, accounts: 1 });
      const second = await startTwsSimulator({ market });
      const third = await startTwsSimulator({ market });
      others = [second, third];
      running = await runExample({
        file: FILE,
        market,
        nodes: { connection: { backupPort: String(second.port) }, spare: { port: String(third.port) } },
      });
      const { gateway, heard, node } = running;
      const changes = heard('change');
      const told = heard('which');
      const ways = (): readonly string[] => changes.map((change) => Change.parse(change).way.now);
      const stop = async (one: TwsSimulator): Promise<void> => {
        await one.stopListening();
        one.disconnectAll('reset');
      };
      const Live = z.looseObject({
        sync: z.looseObject({ kind: z.literal('balances'), quality: z.literal('live') }),
      });
      await eventually(() => told.some((message) => Live.safeParse(message).success));
      await eventually(() => Object(node('which')).status.lastCall?.firstArg.text === 'the gateway');
      assert.deepEqual(ways(), []);

      await stop(gateway);
      await eventually(() => ways().at(-1) === `the second gateway at 127.0.0.1:${second.port}`);
      await stop(second);
      await eventually(() => ways().at(-1) === `the gateway at 127.0.0.1:${third.port}`);
      await stop(third);
      await eventually(() => ways().at(-1) === NO_WAY);
      await gateway.startListening();
      await eventually(() => ways().at(-1) === 'the gateway', { withinMs: 10_000 });
      const known = [NO_WAY, 'the gateway', ...others.map(({ port }) => `127.0.0.1:${port}`)];
      assert.deepEqual(
        ways().filter((way) => !known.some((one) => way.endsWith(one))),
        [],
      );
    }).timeout(30_000);
  });
});
