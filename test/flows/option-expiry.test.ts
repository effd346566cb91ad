import assert from 'node:assert/strict';
import { z } from 'zod';
import { createMarket } from '../../simulators/index.js';
import { DEFAULT_RULES } from '../../src/alerts/index.js';
import { eventually } from '../support/clocks.js';
import { exampleFlow, runExample, type RunningExample } from '../support/example-flow.js';
import { FunctionNode, OLD, toldMessage } from '../support/function-node.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';

const FILE = 'option-expiry.json';
const NOW = { topic: 'now' };
const TICK = { topic: 'tick' };
const List = z.object({
  topic: z.string(),
  payload: z.string(),
  priority: z.string(),
  options: z.array(
    z.looseObject({
      name: z.string(),
      quantity: z.number(),
      daysLeft: z.number().nullable(),
      underlyingPrice: z.number().nullable(),
      inTheMoney: z.boolean().nullable(),
    }),
  ),
  alert: z.object({ severity: z.string() }),
});
type List = z.infer<typeof List>;

const stock = (symbol: string, marketPrice: number | null, currency = 'USD') => ({
  instrument: { symbol, assetClass: 'stock', currency },
  quantity: 1,
  marketPrice,
});
const option = (more: Readonly<Record<string, unknown>> = {}, quantity = -1) => ({
  instrument: {
    symbol: 'AAPL',
    underlying: 'AAPL',
    assetClass: 'option',
    currency: 'USD',
    expiry: '2026-11-27',
    strike: 250,
    right: 'call',
    multiplier: 100,
    ...more,
  },
  quantity,
  marketValue: -10,
});

describe('the example of options that expire', () => {
  it('has the expiry rules that the editor offers, switched on', () => {
    const own = exampleFlow(FILE).find(({ type }) => type === 'account-alert')?.['rules'];
    const ids = z.array(z.looseObject({ id: z.string() })).parse(own);
    assert.deepEqual(
      ids,
      DEFAULT_RULES.filter(({ raw }) => ids.some(({ id }) => id === raw.id)).map(({ raw }) => ({
        ...raw,
        enabled: true,
      })),
    );
    assert.equal(ids.length, 3);
  });

  describe('as a function', () => {
    let now = 0;
    beforeEach(() => (now = Date.parse('2026-11-24T18:00:00Z')));
    const watch = (env: Readonly<Record<string, string>> = {}, memory = new Map<string, string>()) =>
      new FunctionNode({ file: FILE, short: 'expiring', now: () => now, env, memory });
    const list = (node: FunctionNode): List => List.parse(node.first(NOW)[0]);
    const listOf = (rows: readonly object[], env: Readonly<Record<string, string>> = {}): List => {
      const node = watch(env);
      node.receive(toldMessage('positions', rows));
      return list(node);
    };
    const lines = (rows: readonly object[]): readonly string[] => listOf(rows).payload.split('\n');

    it('puts short ones in the money first, then short ones of which nobody knows, then the rest by their day', () => {
      const rows = [
        option({ expiry: '2026-11-25', strike: 1 }, 2),
        option({ expiry: '2026-11-26', symbol: 'TSLA', underlying: 'TSLA' }),
        option({ expiry: '2026-11-30', strike: 300 }),
        option({ expiry: '2026-12-01' }),
        option({ expiry: '2026-11-24', right: 'put', strike: 240 }),
        stock('AAPL', 260),
      ];
      const text = listOf(rows);
      assert.deepEqual(text.payload.split('\n'), [
        'Main: SHORT 1 AAPL 2026-12-01 250 call: expires in 7 days, IN the money (AAPL at 260 USD)',
        'Main: SHORT 1 TSLA 2026-11-26 250 call: expires in 2 days, price of TSLA not known',
        'Main: SHORT 1 AAPL 2026-11-24 240 put: expires today, out of the money (AAPL at 260 USD)',
        'Main: long 2 AAPL 2026-11-25 1 call: expires in 1 day, IN the money (AAPL at 260 USD)',
        'Main: SHORT 1 AAPL 2026-11-30 300 call: expires in 6 days, out of the money (AAPL at 260 USD)',
      ]);
      assert.equal(text.topic, '5 options expire within 7 days, 1 short and in the money');
      assert.deepEqual([text.priority, text.alert.severity], ['high', 'warning']);
    });

    it('leaves out what expires later, by as many days as the tab says', () => {
      const rows = [option({ expiry: '2026-12-02' }), option({ expiry: '2026-11-24' })];
      assert.deepEqual(
        listOf(rows).options.map(({ daysLeft }) => daysLeft),
        [0],
      );
      assert.deepEqual(
        listOf(rows, { DAYS: '8' }).options.map(({ daysLeft }) => daysLeft),
        [0, 8],
      );
      assert.equal(listOf(rows, { DAYS: '0' }).options.length, 1);
    });

    it('takes no price but that of the underlying, in its currency, from the same account', () => {
      const unknown = 'Main: SHORT 1 AAPL 2026-11-27 250 call: expires in 3 days, price of AAPL not known';
      assert.deepEqual(lines([option(), stock('AAPL', 260, 'EUR')]), [unknown]);
      assert.deepEqual(lines([option(), stock('AAPL', null)]), [unknown]);
      assert.deepEqual(
        lines([option(), { ...option({ strike: 1, expiry: '2027-01-01' }), marketPrice: 260 }]),
        [unknown],
      );
      const node = watch();
      const other = { account: { key: '00000000000b', label: 'Other' } };
      node.receive(toldMessage('positions', [stock('AAPL', 260)], other));
      node.receive(toldMessage('positions', [option()]));
      assert.equal(list(node).payload, unknown);
    });

    it('lists what it cannot place: a day or a strike that is not known, and what should be gone', () => {
      assert.match(listOf([option({ expiry: null })]).topic, /^0 options expire within 7 days, 1 on a day/);
      assert.deepEqual(
        lines([
          option({ expiry: null }),
          option({ expiry: '2026-12' }),
          option({ strike: null }),
          option({ expiry: '2026-11-23' }, 1),
          stock('AAPL', 260),
        ]),
        [
          'Main: SHORT 1 AAPL 250 call: day of expiry not known, IN the money (AAPL at 260 USD)',
          'Main: SHORT 1 AAPL 2026-12 250 call: day of expiry not known, IN the money (AAPL at 260 USD)',
          'Main: SHORT 1 AAPL 2026-11-27 call: expires in 3 days, whether it is in the money is not known',
          'Main: long 1 AAPL 2026-11-23 250 call: expired on 2026-11-23, and still there, IN the money (AAPL at 260 USD)',
        ],
      );
    });

    it('says whose positions are old or not known, and never that nothing expires there', () => {
      const node = watch();
      const schwab = { account: null, connection: { key: 'c2', label: 'Schwab' } };
      assert.match(list(node).payload, /^Positions are not known: nothing has come yet\n/);
      node.receive(toldMessage('status', { state: 'login-required' }, schwab));
      node.receive(toldMessage('positions', [], { sync: OLD }));
      const { payload, topic } = list(node);
      assert.equal(topic, '0 options expire within 7 days, not all is known');
      assert.equal(
        payload,
        'Main: positions are old, as of 2026-11-24T20:00:00.000Z\nSchwab: positions are not known\nNo option is known to expire.',
      );
    });

    it('comes at nine in New York, once a day, and not when there is nothing to say', () => {
      const node = watch();
      const days: string[] = [];
      const rows = [option({ expiry: '2026-12-02' })];
      for (now = Date.parse('2026-11-24T05:00Z'); now < Date.parse('2026-11-28T05:00Z'); now += 600_000) {
        node.receive(toldMessage('positions', rows));
        if (node.first(TICK).length > 0) days.push(new Date(now).toISOString());
      }
      assert.deepEqual(days, [
        '2026-11-25T14:00:00.000Z',
        '2026-11-26T14:00:00.000Z',
        '2026-11-27T14:00:00.000Z',
      ]);
    });
  });

  describe('in Node-RED', () => {
    let running: RunningExample | null = null;

    before(startRuntime);
    after(stopRuntime);
    afterEach(async () => {
      await running?.close();
      running = null;
    });

    it('lists the options of the ledger, and the rule about short ones in the money speaks, too', async () => {
      const market = createMarket({ seed: 7, accounts: 1 });
      const [account = ''] = market.accounts;
      const call = market.ledger().ibkr.accounts[0]?.positions.find(({ right }) => right === 'C');
      if (call === undefined) throw new Error('no call');
      const sold = { account, conId: call.conId, side: 'SELL', quantity: call.quantity + 2 } as const;
      market.fillOrder(market.placeOrder({ ...sold, orderType: 'MKT' }));
      market.setPrice(265598, 260.25);
      running = await runExample({
        file: FILE,
        market,
        rules: [{ id: 'short', metric: 'inTheMoney', operator: '>', threshold: 0, severity: 'warning' }],
        env: { DAYS: '4000' },
        nodes: { tick: { repeat: '' } },
      });
      const { heard, node } = running;
      const [told, lists, alerts] = [heard('expiring'), heard('list'), heard('alert')];
      const Held = z.looseObject({ payload: z.array(z.unknown()).min(1) });
      await eventually(() => told.some((message) => Held.safeParse(message).success));
      node('expiring').receive(NOW);
      const text = List.parse(await eventually(() => lists[0]));
      const [first] = text.options;
      assert.deepEqual(
        [first?.quantity, first?.['strike'], first?.underlyingPrice, first?.inTheMoney],
        [-2, call.strike, 260.25, true],
      );
      assert.equal(
        text.options.length,
        market.ledger().ibkr.accounts[0]?.positions.filter(({ secType }) => secType === 'OPT').length,
      );
      await eventually(() => alerts.length > 0, { what: 'the alert' });
    }).timeout(20_000);
  });
});
