import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import { createMarket } from '../../simulators/index.js';
import { eventually } from '../support/clocks.js';
import { runExample, type RunningExample } from '../support/example-flow.js';
import { FunctionNode, toldMessage } from '../support/function-node.js';
import { startTestMqtt, type TestMqtt } from '../support/mqtt-broker.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';

const FILE = 'order-fills.json';
const TICK = { topic: 'tick' };
const Fill = z.object({
  verb: z.string(),
  name: z.string(),
  quantity: z.number(),
  averagePrice: z.number().nullable(),
  currency: z.string().nullable(),
  fills: z.number(),
  correction: z.string().nullable(),
  executions: z.array(z.looseObject({ executionId: z.string(), revision: z.number() })),
});
const Message = z.object({ topic: z.string(), payload: Fill });

interface Given {
  readonly executionId?: string;
  readonly revision?: number;
  readonly quantity?: number;
  readonly price?: number | null;
  readonly permId?: string | null;
  readonly side?: string;
  readonly commission?: number | null;
  readonly symbol?: string;
}
const execution = ({ symbol = 'AAPL', ...given }: Given = {}) => ({
  executionId: 'e1',
  revision: 1,
  permId: 'p1',
  orderId: null,
  side: 'buy',
  quantity: 10,
  price: 100,
  commission: null,
  instrument: { symbol, currency: 'USD' },
  executedAt: '2026-11-24T15:00:00.000Z',
  ...given,
});

describe('the example of fills as notifications', () => {
  describe('as a function', () => {
    let now = 0;
    beforeEach(() => (now = 1_000_000));
    const fills = (memory = new Map<string, string>()) =>
      new FunctionNode({ file: FILE, short: 'each-once', now: () => now, memory });
    const topics = (messages: readonly unknown[]): readonly string[] =>
      messages.map((message) => Message.parse(message).topic);
    const tell = (node: FunctionNode, after: ReturnType<typeof execution>, before: object | null = null) =>
      topics(
        node.first(toldMessage('executions', [after], { changes: [{ change: 'reported', before, after }] })),
      );
    const later = (node: FunctionNode): readonly string[] => {
      now += 5_000;
      return topics(node.first(TICK));
    };

    it('sums up the fills of one order that come within some seconds, at their average', () => {
      const node = fills();
      assert.deepEqual(tell(node, execution()), []);
      now += 2_000;
      assert.deepEqual(tell(node, execution({ executionId: 'e2', quantity: 30, price: 104 })), []);
      assert.deepEqual(topics(node.first(TICK)), []);
      now += 3_000;
      assert.deepEqual(topics(node.first(TICK)), ['Main: bought 40 AAPL at 103 USD']);
      assert.deepEqual(later(node), []);
    });

    it('keeps orders, legs and accounts apart', () => {
      const node = fills();
      tell(node, execution());
      tell(node, execution({ executionId: 'e2', permId: 'p2' }));
      tell(node, execution({ executionId: 'e3', symbol: 'TSLA', side: 'sell_short' }));
      node.receive(
        toldMessage('executions', [execution()], { account: { key: '00000000000b', label: 'Other' } }),
      );
      assert.deepEqual(later(node), [
        'Main: bought 10 AAPL at 100 USD',
        'Main: bought 10 AAPL at 100 USD',
        'Main: sold short 10 TSLA at 100 USD',
        'Other: bought 10 AAPL at 100 USD',
      ]);
    });

    it('says nothing when a fill is told again, with a commission or after a restart', () => {
      const memory = new Map<string, string>();
      const node = fills(memory);
      tell(node, execution());
      assert.equal(later(node).length, 1);
      tell(node, execution({ commission: 1 }), execution());
      assert.deepEqual(later(node), []);
      const again = fills(memory);
      tell(again, execution());
      assert.deepEqual(later(again), []);
    });

    it('keeps what was collected over a restart', () => {
      const memory = new Map<string, string>();
      tell(fills(memory), execution());
      assert.deepEqual(later(fills(memory)), ['Main: bought 10 AAPL at 100 USD']);
    });

    it('calls a correction one, with what it was, and needs none for what nobody was told', () => {
      const node = fills();
      tell(node, execution());
      tell(node, execution({ revision: 2, price: 101 }), execution());
      assert.deepEqual(later(node), ['Main: bought 10 AAPL at 101 USD']);
      const corrected = execution({ revision: 3, quantity: 9, price: 101 });
      assert.deepEqual(tell(node, corrected, execution({ revision: 2, price: 101 })), [
        'Main: correction: bought 9 AAPL at 101 USD, not 10 at 101',
      ]);
      assert.deepEqual(later(node), []);
      assert.deepEqual(tell(node, execution({ revision: 2, price: 101 })), []);
    });

    it('takes a corrected fill that it hears of for the first time for a fill', () => {
      const node = fills();
      assert.deepEqual(tell(node, execution({ revision: 2 })), []);
      assert.deepEqual(later(node), ['Main: bought 10 AAPL at 100 USD']);
    });

    it('knows no average where one of the prices is not known', () => {
      const node = fills();
      tell(node, execution());
      tell(node, execution({ executionId: 'e2', price: null }));
      assert.deepEqual(later(node), ['Main: bought 20 AAPL at not known']);
    });

    it('tells each share once, however the fills come and are repeated', () => {
      const step = fc.record({
        id: fc.integer({ min: 1, max: 12 }),
        order: fc.constantFrom('p1', 'p2'),
        waitMs: fc.constantFrom(0, 1_000, 7_000),
      });
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
          const node = fills();
          const orders = new Map<string, string>();
          const told: unknown[] = [];
          for (const { id, order, waitMs } of steps) {
            const executionId = `e${id}`;
            const permId = orders.get(executionId) ?? order;
            orders.set(executionId, permId);
            const row = execution({ executionId, permId, quantity: id });
            told.push(...node.first(toldMessage('executions', [row])));
            now += waitMs;
            told.push(...node.first(TICK));
          }
          now += 60_000;
          told.push(...node.first(TICK));
          const ids = told.flatMap((message) =>
            Message.parse(message).payload.executions.map(({ executionId }) => executionId),
          );
          assert.deepEqual(ids.toSorted(), [...orders.keys()].toSorted());
          const shares = told.reduce<number>((sum, one) => sum + Message.parse(one).payload.quantity, 0);
          assert.equal(
            shares,
            [...orders.keys()].reduce((sum, executionId) => sum + Number(executionId.slice(1)), 0),
          );
        }),
        { numRuns: 30 },
      );
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

    it('publishes the fills of the ledger as text and as JSON, and a correction after them', async () => {
      const market = createMarket({ seed: 7, accounts: 1 });
      const [account = ''] = market.accounts;
      running = await runExample({
        file: FILE,
        market,
        env: { SECONDS: '0.3' },
        nodes: { broker: { port: String(broker.port) } },
      });
      const { frames } = broker;
      const { heard, node } = running;
      await eventually(() => Object(node('broker')).connected === true);
      const elsewhere = heard('elsewhere');
      const permId = market.placeOrder({
        account,
        conId: 265598,
        side: 'BUY',
        quantity: 30,
        orderType: 'MKT',
      });
      market.fillOrder(permId, 10);
      market.fillOrder(permId, 20);
      const json = () => frames.filter(({ topic }) => topic === 'brokerage/fills/json');
      await eventually(() => json().length > 0);
      const truth = market.ledger().ibkr.accounts[0]?.executions ?? [];
      const fill = Fill.parse(JSON.parse(json()[0]?.payload ?? ''));
      assert.deepEqual(
        [fill.quantity, fill.fills, fill.averagePrice, fill.correction],
        [30, 2, truth.at(-1)?.averagePrice, null],
      );
      market.correctExecution(truth[0]?.execId ?? '', { price: 230.11 });
      await eventually(() => frames.length > 3);
      const correction = Fill.parse(JSON.parse(json()[1]?.payload ?? ''));
      assert.deepEqual([correction.quantity, correction.averagePrice], [10, 230.11]);
      assert.deepEqual(
        frames.filter(({ topic }) => topic === 'brokerage/fills/text').map(({ payload }) => payload),
        [
          `…0001 bought 30 AAPL at ${fill.averagePrice} USD.`,
          `Correction: …0001 bought 10 AAPL at 230.11 USD, and not 10 at ${truth[0]?.price}.`,
        ],
      );
      assert.equal(elsewhere.length, 2);
    }).timeout(20_000);
  });
});
