import assert from 'node:assert/strict';
import { z } from 'zod';
import { createMarket, type Market } from '../../simulators/index.js';
import { alertMessage } from '../support/alert-message.js';
import { eventually, fastClock } from '../support/clocks.js';
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
    market = createMarket({ seed: 7, accounts: 1 });
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
  const ledger = () => market.ledger().ibkr.accounts[0] ?? assert.fail('no account');
  const view = (at = Date.now()): View => ({
    account: ledger().account.slice(-4).toLowerCase(),
    currency: '840',
    at,
  });
  const answersOf = async ({ targets }: Pick<Panel, 'targets'>): Promise<Answers> => {
    const answers: Record<string, readonly Row[]> = {};
    const now = view();
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
  /** Waits until all panels show what the ledger says. */
  const showTheLedger = async (): Promise<void> => {
    for (const one of panels.filter(({ targets }) => targets.length > 0)) {
      if (one.title === 'Alerts') continue;
      const title = one.title.replace(' (${currency:text})', '');
      const judge = truthOf(ledger(), READING)[title] ?? assert.fail(`nobody judges ${title}`);
      let trouble: unknown = null;
      await poll(
        async () => {
          try {
            judge(await answersOf(one));
            return true;
          } catch (error) {
            trouble = error;
            return null;
          }
        },
        { withinMs: WITHIN_MS, what: `${title} as the ledger has it` },
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}: ${String(trouble)}`);
      });
    }
  };

  it('shows in every panel what the ledger says, and no position that was closed', async () => {
    await start();
    await showTheLedger();
    const [first] = ledger().positions;
    market.closePosition(ledger().account, first?.conId ?? 0);
    await showTheLedger();
    assert.equal(((await answersOf(panel('Positions')))['quantity'] ?? []).length, ledger().positions.length);
  });

  it('offers the accounts of a base currency', async () => {
    await start();
    const variable = templating.list.find(({ name }) => name === 'account');
    const { query: wrapped } = z.object({ query: z.string() }).parse(variable?.query);
    // Around it Grafana's own word for "as it is".
    const query = /^query_result\((.+)\)$/.exec(wrapped)?.[1] ?? assert.fail(wrapped);
    const ask = async (currency: string) =>
      (await prometheus?.ask(asked({ query }, { ...view(), currency }), Date.now())) ?? [];
    const rows = await poll(async () => ((await ask('840')).length > 0 ? await ask('840') : null), {
      withinMs: WITHIN_MS,
      what: 'an account in dollars',
    });
    assert.deepEqual(
      rows.map(({ account }) => account),
      [view().account],
    );
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
    assert.equal(((await answersOf(panel('Positions')))['quantity'] ?? []).length, ledger().positions.length);
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
