import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import { z } from 'zod';
import { createMarket, type Market } from '../../simulators/index.js';
import { alertMessage } from '../support/alert-message.js';
import { eventually, fastClock } from '../support/clocks.js';
import { comesTrue } from '../support/comes-true.js';
import { brokerConfig, CORE_MQTT } from '../support/core-mqtt.js';
import { asked, dashboard, type Panel, type View } from '../support/dashboards.js';
import { truthOf, type Answers, type Reading } from '../support/dashboard-truth.js';
import { runExample, type RunningExample } from '../support/example-flow.js';
import { folderForEachTest } from '../support/folders.js';
import { startInfluxDb, DATABASE, type InfluxDb, type Row } from '../support/influxdb.js';
import { missingMosquitto } from '../support/mosquitto.js';
import { mosquittoServer, type MosquittoServer } from '../support/mosquitto-server.js';
import { missingPrograms } from '../support/missing-programs.js';
import { helper, startRuntime, stopRuntime } from '../support/nodes.js';
import { poll } from '../support/poll.js';
import { run, type Running } from '../support/session.js';
import { startTelegraf, type Telegraf } from '../support/telegraf.js';

const WITHIN_MS = 20_000;
const { annotations, panels, templating } = dashboard('influxdb');
const FEED = { id: 'feed', z: 'tab', type: 'account-mqtt', name: 'my feed', broker: 'broker', wires: [] };
const About = z.looseObject({ account: z.looseObject({ key: z.string(), label: z.string() }) });

const READING: Reading = {
  newest: (rows, key) => rows.findLast((row) => (row[key] ?? null) !== null)?.[key] ?? null,
  column: (answers, key) => (answers['A'] ?? []).map((row) => row[key] ?? null),
  connected: 'connected',
  live: false,
};

/** Asks an InfluxDB as a dashboard does. */
class Viewer {
  readonly #influx: InfluxDb;
  readonly #market: Market;
  /** Labels of accounts as the store names them, where they are not the end of their numbers. */
  readonly #names: readonly string[];

  constructor(influx: InfluxDb, market: Market, names: readonly string[] = []) {
    this.#influx = influx;
    this.#market = market;
    this.#names = names;
  }

  ledger(index = 0) {
    return this.#market.ledger().ibkr.accounts[index] ?? assert.fail('no account');
  }

  nameOf(index: number): string {
    return this.#names[index] ?? this.ledger(index).account.slice(-4).toLowerCase();
  }

  view({ at = Date.now(), index = 0 } = {}): View {
    return { account: this.nameOf(index), currency: 'USD', at };
  }

  async answersOf({ targets }: Pick<Panel, 'targets'>, view: View = this.view()): Promise<Answers> {
    const answers: Record<string, readonly Row[]> = {};
    for (const target of targets) answers[target.refId] = await this.#influx.ask(asked(target, view));
    return answers;
  }

  /** Waits until all panels show what the ledger says of each account. */
  async seesTheLedger(): Promise<void> {
    for (const index of [0, 1])
      for (const one of panels.filter(({ targets, title }) => targets.length > 0 && title !== 'Alerts')) {
        const title = one.title.replace(' (${currency:text})', '');
        await comesTrue(`${title} as the ledger has it`, async () => {
          const judge = truthOf(this.ledger(index), READING)[title] ?? assert.fail(`nobody judges ${title}`);
          judge(await this.answersOf(one, this.view({ index })));
        });
      }
  }
}

const panel = (title: string): Panel =>
  panels.find((one) => one.title === title) ?? assert.fail(`no panel ${title}`);

describe('the InfluxDB dashboard', function () {
  this.timeout(60_000);
  const folder = folderForEachTest();
  let influx: InfluxDb;
  let market: Market;
  let viewer: Viewer;

  before(async function () {
    const missing = missingMosquitto() ?? missingPrograms(['influxd'], 'influxdb');
    if (missing !== null) {
      console.log(`      skipped: ${missing}`);
      this.skip();
    }
    await startRuntime();
  });
  after(async () => await stopRuntime());
  beforeEach(async () => {
    market = createMarket({ seed: 7, accounts: 2 });
    influx = await startInfluxDb();
    viewer = new Viewer(influx, market);
  });
  afterEach(async () => await influx.close());

  const closesOne = (): void =>
    market.closePosition(viewer.ledger().account, viewer.ledger().positions[0]?.conId ?? 0);
  const closesAll = (): void => {
    for (const { conId } of viewer.ledger().positions) market.closePosition(viewer.ledger().account, conId);
    assert.deepEqual(viewer.ledger().positions, []);
  };
  const alertsIn = async (): Promise<readonly Row[]> =>
    await poll(
      async () => {
        const { A: rows = [] } = await viewer.answersOf(panel('Alerts'));
        return rows.length > 0 ? rows : null;
      },
      { withinMs: WITHIN_MS, what: 'an alert' },
    );
  /** Which names there are; a connection without trouble has no reason. */
  const names = async (): Promise<readonly string[]> => {
    const [tags, fields] = [await influx.ask('SHOW TAG KEYS'), await influx.ask('SHOW FIELD KEYS')];
    return [...tags, ...fields]
      .map((row) => JSON.stringify(row))
      .filter((row) => !row.includes('"reason"'))
      .toSorted();
  };

  describe('behind the example flow', () => {
    let flow: RunningExample;

    const start = async (labels: Readonly<Record<string, string>> = {}): Promise<RunningExample> =>
      await runExample({
        file: 'grafana-influxdb.json',
        rules: [],
        env: { INFLUXDB_URL: influx.url, INFLUXDB_DATABASE: DATABASE, RETRY_SECONDS: '0.05' },
        nodes: { accounts: { coalesceMs: '20', labels } },
        market,
        userDir: folder(),
        clock: fastClock(20),
      });

    beforeEach(async () => {
      flow = await start();
    });
    afterEach(async () => await flow.close());

    it('shows in every panel what the ledger says, and no position that was closed', async () => {
      await viewer.seesTheLedger();
      closesOne();
      await viewer.seesTheLedger();
      closesAll();
      await viewer.seesTheLedger();
    });

    it('has everything again after InfluxDB was away', async () => {
      await viewer.seesTheLedger();
      const lost = flow.heard('refused');
      await influx.halt();
      closesOne();
      const Box = z.object({ attempt: z.number(), lines: z.array(z.string()) });
      const box = () => Box.parse(flow.node('outbox').context().get('box'));
      const { attempt } = await eventually(() =>
        box().lines.some((line) => line.includes('quantity=0,')) ? box() : undefined,
      );
      await eventually(() => box().attempt > attempt + 2);
      await influx.resume();
      await viewer.seesTheLedger();
      assert.deepEqual(lost, []);
    });

    it('takes any label of an account', async () => {
      await flow.close();
      flow = await start({ [viewer.ledger().account]: 'My "IRA", a=b \\ ÄÖ\\' });
      viewer = new Viewer(influx, market, ['my_ira_a_b_ao']);
      await viewer.seesTheLedger();
      const labels = await influx.ask('SHOW TAG VALUES FROM brokerage_summary WITH KEY = "label"');
      assert.ok(
        labels.some(({ value }) => value === 'My "IRA", a=b \\ ÄÖ'),
        JSON.stringify(labels),
      );
    });

    it('says what InfluxDB refuses, and goes on', async () => {
      await viewer.seesTheLedger();
      const refused = flow.heard('refused');
      flow.node('outbox').receive({ lines: [{ series: 'brokerage_summary', line: 'this is no line' }] });
      await eventually(() => refused.length > 0, { withinMs: WITHIN_MS });
      assert.match(JSON.stringify(refused[0]), /this is no line/);
      closesOne();
      await viewer.seesTheLedger();
    });

    it('writes none of two accounts that are called alike', async () => {
      await viewer.seesTheLedger();
      const errors: unknown[] = [];
      const lines: EventEmitter = flow.node('lines');
      lines.on('call:error', (call: unknown) => errors.push(call));
      const heard = flow.heard('outbox');
      const about = { key: 'another', label: viewer.view().account, broker: 'schwab', currency: 'USD' };
      const sync = { kind: 'balances', asOf: null, receivedAt: '2026-11-24T15:00:00.000Z', stale: false };
      flow.node('lines').receive({ account: about, sync, payload: { netLiquidation: 1 } });
      await eventually(() => errors.length > 0);
      const after = heard.length;
      flow.node('accounts').receive({ topic: '' });
      // Ticks come here, too.
      await eventually(() => heard.length > after + 20);
      const written = JSON.stringify(heard.slice(after));
      assert.ok(!written.includes(`account=${about.label},`), written);
      assert.ok(written.includes(`account=${viewer.nameOf(1)},`), 'the other account is written');
      assert.equal(errors.length, 1);
    });

    it('has the accounts of a base currency to choose from', async () => {
      await viewer.seesTheLedger();
      const question = (name: string): string => {
        const { query } = templating.list.find((one) => one.name === name) ?? assert.fail(`no ${name}`);
        return asked({ query: z.string().parse(query) }, viewer.view());
      };
      const values = async (name: string) => (await influx.ask(question(name))).map(({ value }) => value);
      assert.deepEqual(await values('currency'), ['USD']);
      assert.deepEqual(await values('account'), [viewer.nameOf(0), viewer.nameOf(1)]);
    });

    it('says that nobody writes any more, and keeps the last figures', async () => {
      await viewer.seesTheLedger();
      const later = Date.now() + 10 * 60_000;
      for (const title of ['Figures', 'Data age', 'Connection to the broker'])
        assert.deepEqual(await viewer.answersOf(panel(title), viewer.view({ at: later })), { A: [] }, title);
      const { A: rows = [] } = await viewer.answersOf(
        panel('Net liquidation now (${currency:text})'),
        viewer.view({ at: later }),
      );
      assert.deepEqual(
        rows.map((row) => row['net_liquidation']),
        [viewer.ledger().balances.netLiquidation],
      );
    });

    it('shows a figure that is not known any more as not known, and not as it was', async () => {
      await viewer.seesTheLedger();
      await flow.close();
      const { account } = viewer.view();
      const at = Date.now() + 60_000;
      await influx.write([
        `brokerage_summary,account=${account},label=${account},source=ibkr,currency=USD cash=1,stale=false ${at}`,
      ]);
      const { A: rows = [] } = await viewer.answersOf(
        panel('Day P&L (${currency:text})'),
        viewer.view({ at }),
      );
      assert.deepEqual(
        rows.flatMap((row) => row['day_pnl'] ?? []),
        [],
      );
    });
  });

  describe('behind the mqtt feed, mosquitto and what Telegraf is configured to', () => {
    let server: MosquittoServer;
    let running: Running;
    let telegraf: Telegraf;
    let flow: RunningExample | null = null;

    beforeEach(async () => {
      server = await mosquittoServer({ folder: folder() });
      await server.start();
      telegraf = await startTelegraf(`mqtt://127.0.0.1:${server.port}`, influx);
      running = await run({
        market,
        userDir: folder(),
        nodes: CORE_MQTT,
        clock: fastClock(20),
        wiring: { outputs: ['feed'], more: [brokerConfig(server.port), FEED] },
      });
    });
    afterEach(async () => {
      await flow?.close();
      flow = null;
      await running.close();
      await telegraf.close();
      await server.stop();
    });

    it('shows in every panel what the ledger says, and no position that was closed', async () => {
      await viewer.seesTheLedger();
      closesOne();
      await viewer.seesTheLedger();
      closesAll();
      await viewer.seesTheLedger();
    });

    it('tells of alerts, in the table and in the graphs', async () => {
      const { account } = await running.until('balances', About);
      helper.getNode('feed').receive(alertMessage(account));
      const [row] = await alertsIn();
      assert.deepEqual(
        [row?.['severity'], row?.['title'], row?.['alert_state']],
        ['warning', 'Warning: margin cushion low', 'firing'],
      );
      const marks = await viewer.answersOf({ targets: annotations.list.map(({ target }) => target) });
      assert.equal(marks['Anno']?.[0]?.['message'], 'Main: margin cushion is 8 %');
    });

    it('has the same names as behind the example flow', async () => {
      const { account } = await running.until('balances', About);
      helper.getNode('feed').receive(alertMessage(account));
      await alertsIn();
      await viewer.seesTheLedger();
      const behindTelegraf = await names();
      await running.close();
      await influx.close();
      influx = await startInfluxDb();
      viewer = new Viewer(influx, market);
      flow = await runExample({
        file: 'grafana-influxdb.json',
        rules: [],
        env: { INFLUXDB_URL: influx.url, INFLUXDB_DATABASE: DATABASE },
        market,
        clock: fastClock(20),
      });
      await viewer.seesTheLedger();
      flow.node('lines').receive(alertMessage(account));
      await alertsIn();
      assert.deepEqual(await names(), behindTelegraf);
    });
  });
});
