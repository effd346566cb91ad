import assert from 'node:assert/strict';
import { z } from 'zod';
import { createMarket, type Market } from '../../simulators/index.js';
import { alertMessage } from '../support/alert-message.js';
import { eventually, fastClock } from '../support/clocks.js';
import { comesTrue } from '../support/comes-true.js';
import { listenTo, type MqttEar } from '../support/mqtt-ear.js';
import { brokerConfig, CORE_MQTT } from '../support/core-mqtt.js';
import { asked, dashboard, type Panel, type View } from '../support/dashboards.js';
import { truthOf, type Answers, type Reading } from '../support/dashboard-truth.js';
import { folderForEachTest } from '../support/folders.js';
import type { Row } from '../support/influxdb.js';
import { missingMosquitto } from '../support/mosquitto.js';
import { mosquittoServer, type MosquittoServer } from '../support/mosquitto-server.js';
import { missingPrograms } from '../support/missing-programs.js';
import { helper, startRuntime, stopRuntime } from '../support/nodes.js';
import { poll } from '../support/poll.js';
import { startPrometheus, type Prometheus } from '../support/prometheus.js';
import { run, type Running } from '../support/session.js';

const WITHIN_MS = 20_000;
const { annotations, panels, templating } = dashboard('prometheus');
const FEED = { id: 'feed', z: 'tab', type: 'account-mqtt', name: 'my feed', broker: 'broker', wires: [] };
const Account = z.looseObject({ account: z.object({ key: z.string(), label: z.string() }) });

/** An answer has labels and a number, whatever it is about. */
const READING: Reading = {
  newest: (rows) => rows.at(-1)?.['value'] ?? null,
  column: (answers, key) => (answers[key] ?? []).map(({ value }) => value ?? null),
  connected: 1,
  live: 0,
};

describe('the Prometheus dashboard, behind the mqtt feed, mosquitto and mqtt2prometheus', function () {
  this.timeout(60_000);
  const folder = folderForEachTest();
  let market: Market;
  let server: MosquittoServer;
  let running: Running;
  let prometheus: Prometheus | null = null;
  let ear: MqttEar | null = null;

  before(async function () {
    const missing =
      missingMosquitto() ??
      missingPrograms(['prometheus', 'prometheus-mqtt-exporter'], 'prometheus prometheus-mqtt-exporter');
    if (missing !== null) {
      console.log(`      skipped: ${missing}`);
      this.skip();
    }
    await startRuntime();
  });
  after(async () => await stopRuntime());
  beforeEach(async () => {
    market = createMarket({ seed: 7, accounts: 2 });
    server = await mosquittoServer({ folder: folder() });
    await server.start();
    running = await run({
      market,
      userDir: folder(),
      nodes: CORE_MQTT,
      clock: fastClock(20),
      wiring: { outputs: ['feed'], more: [brokerConfig(server.port), FEED] },
    });
  });
  afterEach(async () => {
    await ear?.close();
    ear = null;
    await running.close();
    await prometheus?.close();
    prometheus = null;
    await server.stop();
  });

  const start = async (forgetsAfter?: string): Promise<Prometheus> =>
    (prometheus = await startPrometheus({
      mqttPort: server.port,
      ...(forgetsAfter === undefined ? {} : { forgetsAfter }),
    }));
  const ledger = (index = 0) => market.ledger().ibkr.accounts[index] ?? assert.fail('no account');
  const nameOf = (index: number): string => ledger(index).account.slice(-4).toLowerCase();
  const view = (account = nameOf(0)): View => ({ account, currency: '840', at: Date.now() });
  const answersOf = async ({ targets }: Pick<Panel, 'targets'>, account = nameOf(0)): Promise<Answers> => {
    const answers: Record<string, readonly Row[]> = {};
    const now = view(account);
    for (const target of targets) {
      const question = asked(target, now);
      answers[target.refId] =
        (await (target.range ? prometheus?.askRange(question, now.at) : prometheus?.ask(question, now.at))) ??
        [];
    }
    return answers;
  };
  const panel = (title: string): Panel =>
    panels.find((one) => one.title === title) ?? assert.fail(`no panel ${title}`);
  /** Waits until all panels show what the ledger says of each account. */
  const showTheLedger = async (): Promise<void> => {
    for (const index of [0, 1])
      for (const one of panels.filter(({ targets, title }) => targets.length > 0 && title !== 'Alerts')) {
        const title = one.title.replace(' (${currency:text})', '');
        await comesTrue(`${title} as the ledger has it`, async () => {
          const judge = truthOf(ledger(index), READING)[title] ?? assert.fail(`nobody judges ${title}`);
          judge(await answersOf(one, nameOf(index)));
        });
      }
  };
  const quantities = async (): Promise<number> =>
    ((await answersOf(panel('Positions')))['quantity'] ?? []).length;

  it('shows in every panel what the ledger says, and no position that was closed', async () => {
    await start();
    await showTheLedger();
    const [first, ...others] = ledger().positions;
    market.closePosition(ledger().account, first?.conId ?? 0);
    await showTheLedger();
    for (const { conId } of others) market.closePosition(ledger().account, conId);
    assert.deepEqual(ledger().positions, []);
    await showTheLedger();
  });

  it('offers the accounts of a base currency', async () => {
    await start();
    const variable = templating.list.find(({ name }) => name === 'account');
    const { query: wrapped } = z.object({ query: z.string() }).parse(variable?.query);
    // Around it Grafana's own word for "as it is".
    const query = /^query_result\((.+)\)$/.exec(wrapped)?.[1] ?? assert.fail(wrapped);
    const ask = async (currency: string) =>
      (await prometheus?.ask(asked({ query }, { ...view(), currency }), Date.now())) ?? [];
    const rows = await poll(
      async () => {
        const all = await ask('840');
        return all.length === 2 ? all : null;
      },
      { withinMs: WITHIN_MS, what: 'two accounts in dollars' },
    );
    assert.deepEqual(rows.map(({ account }) => String(account)).toSorted(), [nameOf(0), nameOf(1)]);
    assert.deepEqual(await ask('978'), []);
  });

  // The feed says everything every three seconds here.
  it('says that the feed is silent, and shows the last figures beside their age', async () => {
    await start('6s');
    await showTheLedger();
    await helper.unload();
    const isEmpty = async (title: string): Promise<void> => {
      const isSo = async (): Promise<true | null> =>
        Object.values(await answersOf(panel(title))).every((rows) => rows.length === 0) || null;
      await poll(isSo, { withinMs: WITHIN_MS, what: `nothing in ${title}` });
    };
    for (const title of ['Connection to the broker', 'Figures', 'Net liquidation (${currency:text})'])
      await isEmpty(title);
    assert.deepEqual(
      ((await answersOf(panel('Net liquidation now (${currency:text})')))['A'] ?? []).map(
        ({ value }) => value,
      ),
      [ledger().balances.netLiquidation],
    );
    const [age] = (await answersOf(panel('Data age')))['A'] ?? [];
    assert.ok(Number(age?.['value']) > 3);
    assert.equal(await quantities(), ledger().positions.length);
  });

  it('shows nothing for a figure that is not known any more, and draws none that is stale', async () => {
    await start('3s');
    ear = await listenTo(`mqtt://127.0.0.1:${server.port}`);
    const told = { net_liquidation: 10, day_pnl: 5, stale: false, ts_ms: Date.now() };
    const say = async (more: object): Promise<void> =>
      await ear?.publish('brokerage/by_hand/summary', JSON.stringify({ ...told, ...more }), true);
    const values = async (title: string): Promise<readonly unknown[]> =>
      Object.values(await answersOf(panel(`${title} (\${currency:text})`), 'by_hand')).flatMap((rows) =>
        rows.map(({ value }) => value),
      );
    const shows = async (more: object, shown: Readonly<Record<string, readonly number[]>>): Promise<void> =>
      await comesTrue(JSON.stringify(shown), async () => {
        await say(more);
        for (const [title, expected] of Object.entries(shown))
          assert.deepEqual(await values(title), expected, title);
      });
    await shows({}, { 'Day P&L': [5], 'Net liquidation now': [10], 'Net liquidation': [10] });
    await shows({ day_pnl: null }, { 'Day P&L': [], 'Net liquidation now': [10] });
    await shows({ stale: true }, { 'Net liquidation now': [10], 'Net liquidation': [] });
  });

  it('marks an alert at its own time', async () => {
    await start();
    const { account } = await running.until('balances', Account);
    await eventually(() => helper.getNode('feed') !== null);
    const sentAt = Date.now();
    helper.getNode('feed').receive(alertMessage(account));
    const rows = await poll(
      async () => {
        const answers = await answersOf(panel('Alerts'));
        return (answers['severity'] ?? []).length > 0 ? answers : null;
      },
      { withinMs: WITHIN_MS, what: 'an alert' },
    );
    assert.deepEqual([rows['severity']?.[0]?.['value'], rows['alert_state']?.[0]?.['value']], [2, 1]);
    assert.ok(Number(rows['ts_ms']?.[0]?.['value']) >= sentAt);
    const marks = await answersOf({ targets: annotations.list.map(({ target }) => target) });
    assert.equal(marks['Anno']?.at(-1)?.['value'], rows['ts_ms']?.[0]?.['value']);
  });
});
