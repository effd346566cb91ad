import assert from 'node:assert/strict';
import { createMarket, type Market } from '../../simulators/index.js';
import type { AlertMessage } from '../../src/alerts/text/message.js';
import { testMessage } from '../../src/node-red/alert/test-message.js';
import { eventually, hastyClock } from '../support/clocks.js';
import { brokerConfig, CORE_MQTT } from '../support/core-mqtt.js';
import { folderForEachTest } from '../support/folders.js';
import { BalancesMessage, OrdersMessage, PositionsMessage } from '../support/messages.js';
import { missingMosquitto } from '../support/mosquitto.js';
import { mosquittoServer, type MosquittoServer } from '../support/mosquitto-server.js';
import { listenTo, payloadOf, type MqttEar } from '../support/mqtt-ear.js';
import { freePort } from '../support/node-red-process.js';
import { helper, startRuntime, stopRuntime } from '../support/nodes.js';
import { run, type Running } from '../support/session.js';

const WITHIN = { withinMs: 30_000 };
const ALERTS = 3_000;
const ALERT_TOPIC = /^brokerage\/bridge\/nr-[0-9a-f]{8}\/alerts$/;

/** Each with an id of its own. */
function alertNumber(number: number): AlertMessage {
  const message = testMessage(null, Date.UTC(2026, 10, 24));
  return { ...message, alert: { ...message.alert, id: number.toString(16).padStart(16, '0') } };
}

describe('an mqtt feed loses nothing', () => {
  const folder = folderForEachTest();
  let market: Market;
  let server: MosquittoServer;
  let running: Running | null = null;
  let ear: MqttEar | null = null;

  before(async function () {
    if (missingMosquitto() !== null) return this.skip();
    await startRuntime();
  });
  after(async () => await stopRuntime());
  beforeEach(async () => {
    market = createMarket({ seed: 11, accounts: 2 });
    server = await mosquittoServer({ folder: folder() });
  });
  afterEach(async () => {
    await running?.close();
    await ear?.close();
    await server.stop();
    running = null;
    ear = null;
  });

  const startNodes = async ({
    port,
    protocolVersion = '5',
  }: { port?: number; protocolVersion?: string } = {}): Promise<void> => {
    running = await run({
      market,
      userDir: folder(),
      nodes: CORE_MQTT,
      clock: hastyClock(25),
      ...(port === undefined ? {} : { port }),
      wiring: {
        outputs: ['feed'],
        more: [
          brokerConfig(server.port, { protocolVersion }),
          { id: 'feed', z: 'tab', type: 'account-mqtt', name: 'my feed', broker: 'broker', wires: [] },
        ],
      },
    });
  };
  /** What account-sync said last of each account. */
  const told = () => {
    const latest = new Map<
      string,
      { quantities: Record<string, number>; netLiquidation: number | null; open: number }
    >();
    const of = (label: string) => {
      const known = latest.get(label) ?? { quantities: {}, netLiquidation: null, open: 0 };
      latest.set(label, known);
      return known;
    };
    for (const message of running?.said.get('balances') ?? []) {
      const { account, payload } = BalancesMessage.parse(message);
      of(account.label).netLiquidation = payload.netLiquidation;
    }
    for (const message of running?.said.get('positions') ?? []) {
      const { account, payload } = PositionsMessage.parse(message);
      of(account.label).quantities = Object.fromEntries(
        payload.map(({ instrument, quantity }) => [instrument.symbol, quantity]),
      );
    }
    for (const message of running?.said.get('orders') ?? []) {
      const parsed = OrdersMessage.safeParse(message);
      if (parsed.success && parsed.data.sync.kind === 'orders')
        of(parsed.data.account.label).open = parsed.data.payload.filter(({ isOpen }) => isOpen).length;
    }
    return Object.fromEntries(latest);
  };
  /** The same from what stands on the MQTT broker. */
  const stands = async () => {
    const latest: Record<
      string,
      { quantities: Record<string, number>; netLiquidation: unknown; open: number }
    > = {};
    for (const [topic, text] of (await ear?.retained()) ?? []) {
      const [prefix, , kind] = topic.split('/');
      if (prefix !== 'brokerage' || topic.includes('/bridge/') || kind === undefined) continue;
      const payload = payloadOf(text);
      const one = (latest[String(payload['label'])] ??= { quantities: {}, netLiquidation: null, open: 0 });
      if (kind === 'summary') one.netLiquidation = payload['net_liquidation'];
      if (kind === 'positions') one.quantities[String(payload['symbol'])] = Number(payload['quantity']);
      if (kind === 'orders') one.open += 1;
    }
    return latest;
  };
  const standsAsTold = async (): Promise<void> => {
    const until = performance.now() + WITHIN.withinMs;
    for (;;) {
      const [there, said] = [await stands(), told()];
      try {
        return assert.deepEqual(there, said);
      } catch (error) {
        if (performance.now() > until) throw error;
      }
    }
  };

  const ORDERS: Readonly<Record<string, () => Promise<void>>> = {
    'the MQTT broker, the gateway, Node-RED': async () => {
      await server.start();
      await startNodes();
    },
    'Node-RED and the gateway before the MQTT broker': async () => {
      await startNodes();
      await running?.until('positions', PositionsMessage);
      await server.start();
    },
    'Node-RED before the gateway': async () => {
      await server.start();
      const port = await freePort();
      await startNodes({ port });
      await eventually(() => (running?.statuses ?? []).some((text) => /refuses/.test(text)), WITHIN);
      const { gateway } = running ?? {};
      await helper.unload();
      await gateway?.close();
      await startNodes();
    },
  };
  for (const [order, begin] of Object.entries(ORDERS))
    it(`holds what account-sync told, started in the order: ${order}`, async () => {
      await begin();
      ear = await listenTo(`mqtt://127.0.0.1:${server.port}`);
      await eventually(
        () =>
          market.accounts.length === (running?.said.get('positions') ?? []).length ||
          (running?.said.get('positions') ?? []).length > 3,
        WITHIN,
      );
      for (let step = 0; step < 5; step++) market.trade();
      await standsAsTold();
      assert.equal(Object.keys(await stands()).length, 2);
    });

  for (const protocolVersion of ['4', '5'])
    it(`brings every alert while the MQTT broker is restarted three times, and holds what account-sync told, MQTT ${protocolVersion}`, async function () {
      this.timeout(120_000);
      await server.start();
      ear = await listenTo(`mqtt://127.0.0.1:${server.port}`, {
        clientId: 'durable-ear',
        clean: false,
        protocolVersion: 4,
      });
      await startNodes({ protocolVersion });
      await eventually(() => ear?.frames.some(({ text }) => text === 'online'), WITHIN);
      const ids = (): readonly string[] =>
        (ear?.frames ?? [])
          .filter(({ topic }) => ALERT_TOPIC.test(topic))
          .map(({ text }) => String(payloadOf(text)['id']));
      let sent = 0;
      const send = (): void => {
        for (const until = sent + 100; sent < until; sent++) {
          helper.getNode('feed').receive({ ...alertNumber(sent) });
          if (sent % 10 === 0) market.tick();
        }
        market.trade();
      };
      for (const how of ['SIGTERM', 'SIGKILL', 'SIGKILL'] as const) {
        for (let times = 0; times < 9; times++) {
          send();
          // No more than the outbox holds.
          await eventually(() => new Set(ids()).size > sent - 500, {
            ...WITHIN,
            what: `alert ${sent - 500}`,
          });
        }
        // Some are under way, and some come while nobody is there.
        await server.stop(how);
        send();
        await server.start();
      }
      await eventually(() => new Set(ids()).size === ALERTS, { ...WITHIN, what: `${ALERTS} ids` });
      const expected = Array.from({ length: ALERTS }, (_, number) => alertNumber(number).alert.id);
      assert.deepEqual([...new Set(ids())].toSorted(), expected.toSorted());
      // What is under way when the line breaks may come twice.
      assert.ok(ids().length <= ALERTS + 3 * 200, `${ids().length} frames for ${ALERTS} alerts`);
      await standsAsTold();
    });
});
