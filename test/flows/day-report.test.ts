import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { compileFunction } from 'node:vm';
import { z } from 'zod';
import { createMarket, type LedgerPosition } from '../../simulators/index.js';
import { marketDay } from '../../src/domain/market-days.js';
import { eventually } from '../support/clocks.js';
import { runExample, type RunningExample } from '../support/example-flow.js';
import { FunctionNode, OLD, toldMessage } from '../support/function-node.js';
import { startMailServer, type MailServer } from '../support/mail-server.js';
import { MAIL_TO, mailNode } from '../support/mail-example.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';

const FILE = 'day-report.json';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const TICK = { topic: 'tick' };
const NOW = { topic: 'report' };
const Report = z.object({ topic: z.string(), payload: z.string(), alert: z.object({ id: z.string() }) });

/** What must have come before a report can be whole. */
const Known = [
  z.object({ payload: z.object({ netLiquidation: z.number(), dayPnl: z.number() }) }),
  z.object({ payload: z.array(z.object({ quantity: z.number(), dayPnl: z.number() })).min(1) }),
  z.object({ payload: z.array(z.object({ isOpen: z.boolean() })).min(1) }),
  z.object({ payload: z.array(z.object({ executionId: z.string() })).min(1) }),
];

describe('the example of a report of the day', () => {
  it('knows the days on which US exchanges trade', () => {
    const file = new URL('../../../example-flows/functions/trading-day.js', import.meta.url);
    const made: unknown = compileFunction(`${readFileSync(file, 'utf8')}\nreturn isTradingDay;`)();
    if (typeof made !== 'function') throw new Error('no function');
    const wrong: string[] = [];
    for (let at = Date.UTC(2020, 0, 1); at < Date.UTC(2045, 0, 1); at += DAY_MS) {
      const day = new Date(at);
      const calendar = { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate() };
      const date = day.toISOString().slice(0, 10);
      if (made(date) !== (marketDay(calendar) !== 'closed')) wrong.push(date);
    }
    assert.deepEqual(wrong, []);
  });

  describe('as a function', () => {
    let now = 0;
    const report = (memory = new Map<string, string>(), env: Readonly<Record<string, string>> = {}) =>
      new FunctionNode({ file: FILE, short: 'the-day', now: () => now, env, memory });
    const told = (node: FunctionNode): string => Report.parse(node.first(NOW)[0]).payload;
    /** When reports came, tick by tick. */
    const timesOf = (node: FunctionNode, from: string, until: string): readonly string[] => {
      const times: string[] = [];
      for (now = Date.parse(from); now < Date.parse(until); now += 10 * MINUTE_MS)
        if (node.first(TICK).length > 0) times.push(new Date(now).toISOString());
      return times;
    };

    beforeEach(() => (now = Date.parse('2026-11-24T18:00:00Z')));

    it('comes at 16:10 in New York on days of trading, also when its clocks change', () => {
      // Thanksgiving is the 26th, and the 27th closes early.
      assert.deepEqual(timesOf(report(), '2026-11-24T05:00Z', '2026-12-01T05:00Z'), [
        '2026-11-24T21:10:00.000Z',
        '2026-11-25T21:10:00.000Z',
        '2026-11-27T21:10:00.000Z',
        '2026-11-30T21:10:00.000Z',
      ]);
      // New York changes its clocks on 8 March, Europe three weeks later.
      assert.deepEqual(timesOf(report(), '2026-03-06T05:00Z', '2026-03-10T04:00Z'), [
        '2026-03-06T21:10:00.000Z',
        '2026-03-09T20:10:00.000Z',
      ]);
    });

    it('comes at another time where the tab says so, and at 16:10 where that is no time', () => {
      const at = (REPORT_AT: string) =>
        timesOf(report(new Map(), { REPORT_AT }), '2026-11-24T05:00Z', '2026-11-25T05:00Z');
      assert.deepEqual(at('9:30'), ['2026-11-24T14:30:00.000Z']);
      assert.deepEqual(at('25:00'), ['2026-11-24T21:10:00.000Z']);
    });

    it('does not come twice when Node-RED is restarted in the evening, with context in files or without', () => {
      const memory = new Map<string, string>();
      assert.equal(timesOf(report(memory), '2026-11-24T20:00Z', '2026-11-24T22:00Z').length, 1);
      assert.deepEqual(timesOf(report(memory), '2026-11-24T22:00Z', '2026-11-25T04:00Z'), []);
      const forgetful = report();
      assert.deepEqual(timesOf(forgetful, '2026-11-24T22:00Z', '2026-11-25T04:00Z'), []);
      assert.match(forgetful.status, /^began after today's report was due/);
    });

    it('comes late on the same day when it was due while Node-RED was down, once its figures have had time to come', () => {
      const memory = new Map<string, string>();
      timesOf(report(memory), '2026-11-24T18:00Z', '2026-11-24T20:00Z');
      now = Date.parse('2026-11-24T23:00Z');
      assert.deepEqual(timesOf(report(memory), '2026-11-24T23:00Z', '2026-11-25T04:00Z'), [
        '2026-11-24T23:10:00.000Z',
      ]);
    });

    it('calls not known what is null, and lists the movers of which it knows', () => {
      const node = report();
      node.receive(toldMessage('balances', { netLiquidation: 1234.5, dayPnl: null }));
      const position = (symbol: string, dayPnl: number | null) => ({
        instrument: { symbol },
        dayPnl,
        currency: 'EUR',
      });
      node.receive(toldMessage('positions', [position('A', 1), position('B', -2), position('C', null)]));
      const text = told(node);
      assert.match(text, /Net liquidation: 1,234\.50 USD\n {2}Result of the day: not known\n/);
      assert.match(
        text,
        /Biggest movers:\n {4}B: -2\.00 EUR\n {4}A: \+1\.00 EUR\n {4}1 position of 3: not known\n/,
      );
      assert.match(text, /Open orders \(not known\):$/);
    });

    it('says what is old and of when, and which connection is in trouble', () => {
      const node = report();
      node.receive(toldMessage('status', { state: 'down', reason: 'Nobody answers.' }, { account: null }));
      node.receive(toldMessage('balances', { netLiquidation: 1, dayPnl: 1 }, { sync: OLD }));
      node.receive(
        toldMessage('positions', [], { sync: { ...OLD, receivedAt: '2026-11-23T15:00:00.000Z' } }),
      );
      const { payload, topic } = Report.parse(node.first(NOW)[0]);
      assert.equal(topic, 'Accounts on 2026-11-24: some figures are not current');
      assert.match(payload, /^my gateway: Nobody answers\.$/m);
      assert.match(payload, /^Main \(OLD, as of 15:00\)$/m);
      assert.match(payload, /^ {2}Biggest movers \(OLD, as of 10:00 on 2026-11-23\):$/m);
    });

    it('says that a connection has told of no account', () => {
      const node = report();
      node.receive(toldMessage('status', { state: 'live' }, { account: null }));
      const { payload, topic } = Report.parse(node.first(NOW)[0]);
      assert.equal(topic, 'Accounts on 2026-11-24: no figures');
      assert.match(payload, /my gateway has told of no account: what it holds is not known\./);
    });

    it('lists the fills of this day in New York, each once, as they were corrected, and says since when', () => {
      const node = report();
      const fill = (executionId: string, revision: number, price: number, executedAt: string) => ({
        executionId,
        revision,
        side: 'buy',
        quantity: 10.5,
        price,
        instrument: { symbol: 'AAPL', currency: 'USD' },
        executedAt,
      });
      node.receive(toldMessage('balances', { netLiquidation: 1, dayPnl: 0 }));
      node.receive(toldMessage('executions', [fill('a', 1, 100, '2026-11-24T15:00:00.000Z')]));
      node.receive(toldMessage('executions', [fill('a', 2, 101.125, '2026-11-24T15:00:00.000Z')]));
      node.receive(toldMessage('executions', [fill('a', 1, 100, '2026-11-24T15:00:00.000Z')]));
      node.receive(toldMessage('executions', [fill('b', 1, 99, '2026-11-24T03:00:00.000Z')]));
      assert.match(
        told(node),
        /Fills of the day:\n {4}10:00 buy 10\.5 AAPL at 101\.125 USD\n {4}\(noted since 13:00 only\)\n/,
      );
      now += DAY_MS;
      assert.match(told(node), /Fills of the day:\n {4}none was told\n {2}Open/);
    });
  });

  describe('in Node-RED', () => {
    let server: MailServer;
    let running: RunningExample | null = null;

    before(startRuntime);
    after(stopRuntime);
    beforeEach(async () => (server = await startMailServer()));
    afterEach(async () => {
      await running?.close();
      running = null;
      await server.close();
    });

    it('mails what the ledger says', async () => {
      const market = createMarket({ seed: 7, accounts: 1 });
      const [account = ''] = market.accounts;
      const order = { account, conId: 265598, side: 'BUY', quantity: 10 } as const;
      market.fillOrder(market.placeOrder({ ...order, orderType: 'MKT' }));
      market.placeOrder({ ...order, quantity: 7, orderType: 'LMT', limitPrice: 200.5 });
      running = await runExample({
        file: FILE,
        market,
        env: { RETRY_SECONDS: '0.001', MOVERS: '3' },
        packages: ['node-red-node-email/61-email.js'],
        nodes: { mail: mailNode(server), minute: { repeat: '' } },
        credentials: { mail: server.login },
      });
      const { heard, node } = running;
      const messages = heard('the-day');
      const [ledger] = market.ledger().ibkr.accounts;
      if (ledger === undefined) throw new Error('no account');
      await eventually(() =>
        Known.every((known) => messages.some((message) => known.safeParse(message).success)),
      );
      node('the-day').receive(NOW);
      const mail = await eventually(() => server.mails[0]);
      const text = mail.parsed.text ?? '';
      const money = (value: number): string =>
        value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
      const { dayPnl, netLiquidation } = ledger.balances;
      assert.match(text, new RegExp(`^  Net liquidation: ${money(netLiquidation)} USD$`, 'm'));
      assert.match(text, new RegExp(`^  Result of the day: [+]?${money(dayPnl)} USD$`, 'm'));
      const byMove = (one: LedgerPosition, other: LedgerPosition): number =>
        Math.abs(other.dailyPnl) - Math.abs(one.dailyPnl);
      const movers = ledger.positions
        .toSorted(byMove)
        .slice(0, 3)
        .map(({ dailyPnl }) => `${dailyPnl > 0 ? '+' : ''}${money(dailyPnl)}`);
      const [, told = ''] = /Biggest movers:\n((?: {4}.*\n)*)/.exec(text) ?? [];
      assert.deepEqual(
        [...told.matchAll(/: ([+-][\d,.]+) /g)].map(([, figure]) => figure),
        movers,
      );
      assert.match(text, /Open orders:\n {4}buy 7 AAPL at 200\.5 \(limit\)/);
      assert.match(text, new RegExp(`buy 10 AAPL at ${ledger.executions[0]?.price} USD`));
      assert.match(mail.parsed.subject ?? '', /^Accounts on \d{4}-\d{2}-\d{2}$/);
      assert.deepEqual(mail.to, [MAIL_TO]);
    }).timeout(20_000);
  });
});
