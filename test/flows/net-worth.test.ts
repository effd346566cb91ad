import assert from 'node:assert/strict';
import { z } from 'zod';
import { createMarket, startSchwabSimulator, type SchwabSimulator } from '../../simulators/index.js';
import { eventually, hastyClock } from '../support/clocks.js';
import { idInExample, runExample, type RunningExample } from '../support/example-flow.js';
import { folderForEachTest } from '../support/folders.js';
import { FunctionNode, OLD, toldMessage, type ToldOptions } from '../support/function-node.js';
import { suiteWatch } from '../support/leak-watch.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';
import { logInFor } from '../support/schwab-login.js';

const FILE = 'net-worth.json';
const Sum = z.object({
  topic: z.string(),
  payload: z.object({
    total: z.number().nullable(),
    currency: z.string(),
    currencies: z.record(z.string(), z.number().nullable()),
    rates: z.record(z.string(), z.number().nullable()),
    accounts: z.number(),
    missing: z.array(z.object({ account: z.string(), why: z.string() })),
    stale: z.array(z.object({ account: z.string(), since: z.string().nullable() })),
  }),
});
type Sum = z.infer<typeof Sum>;
const TICK = { topic: 'tick' };

describe('the example of one net worth', () => {
  describe('as a function', () => {
    const sum = (env: Readonly<Record<string, string>> = {}, memory = new Map<string, string>()) =>
      new FunctionNode({ file: FILE, short: 'sum', now: () => 0, env, memory });
    const balances = (
      netLiquidation: unknown,
      options: ToldOptions = {},
      ledger: readonly (readonly [string, number])[] = [],
    ) =>
      toldMessage(
        'balances',
        {
          netLiquidation,
          ledger: ledger.map(([currency, exchangeRate]) => ({ currency, exchangeRate })),
        },
        options,
      );
    const of = (key: string, more: Readonly<Record<string, unknown>> = {}) => ({
      account: { key, label: key, ...more },
    });
    const said = (node: FunctionNode): Sum => Sum.parse(node.first(TICK)[0]);

    it('adds up, per currency and in one, by the rate of the account that holds both', () => {
      const node = sum();
      node.receive(balances(1000.5, of('a'), [['EUR', 1.1]]));
      node.receive(balances(200, of('b', { currency: 'EUR' })));
      const { payload, topic } = said(node);
      assert.deepEqual(payload, {
        total: 1220.5,
        currency: 'USD',
        currencies: { USD: 1000.5, EUR: 200 },
        rates: { USD: 1, EUR: 1.1 },
        accounts: 2,
        missing: [],
        stale: [],
      });
      assert.equal(topic, 'Net worth of 2 accounts: 1,220.50 USD');
    });

    it('takes the rate from the other side where only that holds both', () => {
      const node = sum();
      node.receive(balances(1000, of('a')));
      node.receive(balances(200, of('b', { currency: 'EUR' }), [['USD', 0.8]]));
      assert.equal(said(node).payload.total, 1250);
    });

    it('has no total while a rate, a figure or a currency is missing, and says whose', () => {
      const cases = [
        { more: balances(200, of('b', { currency: 'EUR' })), why: 'no rate from EUR to USD' },
        { more: balances(null, of('b')), why: 'its net liquidation is not known' },
        { more: balances('200', of('b')), why: 'its net liquidation is not known' },
        {
          more: balances(200, { ...of('b'), sync: { quality: 'partial' } }),
          why: 'its figures are not complete',
        },
        { more: balances(200, of('b', { currency: null })), why: 'its currency is not known' },
      ];
      for (const { more, why } of cases) {
        const node = sum();
        node.receive(balances(1000, of('a')));
        node.receive(more);
        const { payload, topic } = said(node);
        assert.equal(payload.total, null);
        assert.deepEqual(payload.missing, [{ account: 'b', why }]);
        assert.match(topic, /^Net worth not known: b \(/);
      }
    });

    it('has no total before each connection has told of an account', () => {
      const node = sum();
      const schwab = { account: null, connection: { key: 'c2', label: 'Schwab' } };
      node.receive(toldMessage('status', { state: 'login-required' }, schwab));
      node.receive(balances(1000, of('a')));
      assert.deepEqual(said(node).payload.missing, [
        { account: 'Schwab', why: 'this connection has told of no account yet' },
      ]);
      node.receive(balances(500, { ...of('b'), connection: { key: 'c2' } }));
      assert.equal(said(node).payload.total, 1500);
    });

    it('has no total with fewer accounts than the tab says there are', () => {
      const node = sum({ ACCOUNTS: '3' });
      node.receive(balances(1000, of('a')));
      assert.deepEqual(said(node).payload.missing, [{ account: '2 of 3', why: 'not heard of yet' }]);
    });

    it('counts an account that two connections tell of once, as the one that is current tells it', () => {
      const node = sum();
      const second = { connection: { key: 'c2' } };
      node.receive(balances(1000, of('a')));
      node.receive(balances(1001, { ...of('a'), ...second }));
      assert.equal(said(node).payload.accounts, 1);
      node.receive(balances(1000, { ...of('a'), sync: OLD }));
      const { payload } = said(node);
      assert.deepEqual([payload.total, payload.stale], [1001, []]);
    });

    it('names what is old and since when, and keeps it in the sum', () => {
      const node = sum();
      node.receive(balances(1000, of('a')));
      node.receive(balances(500, { ...of('b'), sync: OLD }));
      const { payload, topic } = said(node);
      assert.equal(payload.total, 1500);
      assert.deepEqual(payload.stale, [{ account: 'b', since: '2026-11-24T20:00:00.000Z' }]);
      assert.match(topic, /1,500\.00 USD; old: b of 2026-11-24T20:00:00\.000Z$/);
      node.receive({ topic: 'forget' });
      assert.equal(said(node).payload.total, 1000);
    });

    it('speaks when the sum has changed, and only then', () => {
      const node = sum();
      node.receive(balances(1000, of('a')));
      assert.equal(node.first(TICK).length, 1);
      node.receive(balances(1000, of('a')));
      assert.deepEqual(node.first(TICK), []);
    });

    it('calls figures from before a restart old until they are told again', () => {
      const memory = new Map<string, string>();
      sum({}, memory).receive(balances(1000, of('a')));
      const again = sum({}, memory);
      assert.equal(said(again).payload.stale.length, 1);
      again.receive(balances(1000, of('a')));
      assert.equal(said(again).payload.stale.length, 0);
    });
  });

  describe('in Node-RED', () => {
    const folder = folderForEachTest();
    let running: RunningExample | null = null;
    let schwab: SchwabSimulator;

    before(startRuntime);
    after(stopRuntime);
    afterEach(async () => {
      await running?.close();
      running = null;
      await schwab.close();
    });

    it('is the sum of both ledgers', async () => {
      const clock = hastyClock(50);
      const now = (): number => clock.now();
      const market = createMarket({ seed: 7, accounts: 3, schwabAccounts: 2, now });
      schwab = await startSchwabSimulator({ market, now });
      const { appKey, appSecret, handedOut, url: apiUrl } = schwab;
      suiteWatch.knows(() => handedOut.map((value) => ({ name: 'a token of the simulator', value })));
      const userDir = folder();
      await logInFor(idInExample(FILE, 'schwab'), { schwab, userDir, clock });
      running = await runExample({
        file: FILE,
        market,
        clock,
        userDir,
        nodes: { schwab: { apiUrl } },
        credentials: { schwab: { appKey, appSecret } },
        env: { ACCOUNTS: '5' },
      });
      const { heard } = running;
      const sums = heard('shown');
      const last = await eventually(() => {
        const parsed = Sum.safeParse(sums.at(-1));
        return parsed.data?.payload.total === null ? undefined : parsed.data;
      });
      const { ibkr, schwab: book } = market.ledger();
      const [first, second, euro] = ibkr.accounts.map(({ balances }) => balances.netLiquidation);
      const [one, two] = book.accounts.map(({ netLiquidation }) => netLiquidation);
      const rate = ibkr.accounts[0]?.balances.ledger.find(({ currency }) => currency === 'EUR')?.exchangeRate;
      const cents = (value: number): number => Number(value.toFixed(2));
      const dollars = (first ?? 0) + (second ?? 0) + (one ?? 0) + (two ?? 0);
      const { accounts, currencies, missing, stale, total } = last.payload;
      assert.deepEqual(
        { accounts, currencies, missing, stale },
        { accounts: 5, currencies: { USD: cents(dollars), EUR: euro }, missing: [], stale: [] },
      );
      assert.ok(Math.abs((total ?? 0) - dollars - (euro ?? 0) * (rate ?? 0)) < 0.02);

      schwab.revokeLogin();
      await schwab.stopListening();
      const old = await eventually(() =>
        sums.map((sum) => Sum.parse(sum)).find(({ payload }) => payload.stale.length === 2),
      );
      assert.equal(old.payload.total, total);
      assert.match(old.topic, /; old: /);
    }).timeout(20_000);
  });
});
