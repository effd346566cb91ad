import assert from 'node:assert/strict';
import { createMarket, startTwsSimulator, type Market, type TwsSimulator } from '../../simulators/index.js';
import { T0 } from '../support/builders.js';
import { hastyClock, SkippingClock } from '../support/clocks.js';
import { brokerConfig, CORE_MQTT } from '../support/core-mqtt.js';
import { folderForEachTest } from '../support/folders.js';
import { entitiesFrom } from '../support/home-assistant.js';
import { missingMosquitto } from '../support/mosquitto.js';
import { certificates, mosquittoServer, type MosquittoServer } from '../support/mosquitto-server.js';
import { listenTo, type MqttEar } from '../support/mqtt-ear.js';
import { flowOf, helper, nodesWith, startRuntime, stopRuntime } from '../support/nodes.js';

const MINUTE_MS = 60_000;
const WITHIN = { withinMs: 20_000 };
const LOOK_EVERY_MS = 1_000;

describe('what an mqtt feed leaves at a real MQTT broker, over TLS', () => {
  const folder = folderForEachTest();
  let market: Market;
  let gateway: TwsSimulator;
  let server: MosquittoServer;
  let ear: MqttEar;
  let clock: SkippingClock;

  before(async function () {
    if (missingMosquitto() !== null) return this.skip();
    await startRuntime();
  });
  after(async () => await stopRuntime());
  beforeEach(async () => {
    market = createMarket({ seed: 11, accounts: 2 });
    gateway = await startTwsSimulator({ market });
  });
  afterEach(async () => {
    await helper.unload();
    await ear.close();
    await gateway.close();
    await server.stop();
  });

  const [first = '', second = ''] = createMarket({ seed: 11, accounts: 2 }).accounts;
  const ACCOUNT_TOPIC = /^brokerage\/(?!bridge\/)([^/]+)\//;
  const flow = (sync: object, ca: string, isThere = true) =>
    flowOf({
      port: gateway.port,
      outputs: isThere ? ['feed'] : [],
      sync: { labels: { [first]: 'Main', [second]: 'Rest' }, ...sync },
      more: [
        {
          id: 'tls',
          type: 'tls-config',
          name: '',
          cert: '',
          key: '',
          ca,
          servername: '',
          verifyservercert: true,
        },
        brokerConfig(server.port, { protocolVersion: '5', usetls: true, tls: 'tls' }),
        ...(isThere
          ? [{ id: 'feed', z: 'tab', type: 'account-mqtt', name: '', broker: 'broker', wires: [] }]
          : []),
      ],
    });
  const start = async (): Promise<string> => {
    const { ca, cert, key } = certificates(folder());
    const lines = ['allow_anonymous true', `cafile ${ca}`, `certfile ${cert}`, `keyfile ${key}`];
    server = await mosquittoServer({ folder: folder(), lines });
    await server.start();
    ear = await listenTo(`mqtts://127.0.0.1:${server.port}`, { rejectUnauthorized: false });
    clock = new SkippingClock(T0);
    await helper.load(
      [...CORE_MQTT, ...nodesWith(hastyClock(25), folder(), Math.random, clock)],
      flow({}, ca),
    );
    return ca;
  };
  /** Waits for it, in a time that runs ahead by a second at each look. */
  const comesTrue = async (what: string, isTrue: () => Promise<boolean>): Promise<void> => {
    const until = performance.now() + WITHIN.withinMs;
    while (!(await isTrue())) {
      assert.ok(performance.now() < until, `never: ${what}`);
      clock.skip(LOOK_EVERY_MS);
    }
  };
  const levels = async (): Promise<readonly string[]> => [
    ...new Set([...(await ear.retained()).keys()].flatMap((topic) => ACCOUNT_TOPIC.exec(topic)?.[1] ?? [])),
  ];
  const entities = async () => entitiesFrom(await ear.retained(), new Map());
  const quantities = (): number =>
    market.ledger().ibkr.accounts.reduce((sum, { positions }) => sum + positions.length, 0);
  const rows = async (): Promise<number> =>
    [...(await ear.retained()).keys()].filter((topic) => topic.includes('/positions/')).length;
  const allThere = async (): Promise<void> => {
    await comesTrue('every position has its topic', async () => (await rows()) === quantities());
    await comesTrue(
      'every position has its entity',
      async () =>
        [...(await entities()).values()].filter(({ uniqueId }) => uniqueId.includes('_pos_')).length ===
        quantities(),
    );
  };

  it('takes a closed position away, and brings it back as the entity that it was', async () => {
    await start();
    await allThere();
    const [position] = market.positions(first);
    assert.ok(position !== undefined);
    const of = async () =>
      [...(await entities()).values()].find(
        ({ id, uniqueId }) => id.startsWith('sensor.main_') && uniqueId.endsWith(`_pos_${position.conId}`),
      );
    const before = await of();
    assert.ok(before !== undefined);
    for (let times = 0; times < 2; times++) {
      market.closePosition(first, position.conId);
      await comesTrue('its entity has gone', async () => (await of()) === undefined);
      await allThere();
      market.addPosition(first, { conId: position.conId, quantity: 3 });
      await comesTrue('it is there again', async () => (await of()) !== undefined);
      const after = await of();
      assert.deepEqual([after?.id, after?.uniqueId], [before.id, before.uniqueId]);
      await allThere();
    }
  });

  it('moves an account that is renamed, empties one that is gone, and leaves nothing when it is deleted', async () => {
    const ca = await start();
    await allThere();
    assert.deepEqual((await levels()).toSorted(), ['main', 'rest']);
    const ids = async () => [...(await entities()).values()].map(({ uniqueId }) => uniqueId).toSorted();
    const before = await ids();

    await helper.setFlows(flow({ labels: { [first]: 'Pension', [second]: 'Rest' } }, ca), 'nodes');
    await comesTrue('it has its new name, and only that', async () => {
      const there = await levels();
      return there.includes('pension') && !there.includes('main');
    });
    await allThere();
    await comesTrue('its entities are called after it', async () =>
      [...(await entities()).keys()].some((id) => id.startsWith('sensor.pension_')),
    );
    assert.deepEqual(await ids(), before);

    await helper.setFlows(flow({ labels: { [first]: 'Pension' }, accounts: 'Pension' }, ca), 'nodes');
    await comesTrue('the account is doubted, and then gone', async () => {
      clock.skip(MINUTE_MS);
      return (await levels()).join() === 'pension';
    });
    assert.ok(![...(await entities()).keys()].some((id) => id.includes('.rest_')));

    await helper.setFlows(flow({ labels: { [first]: 'Pension' }, accounts: 'Pension' }, ca, false), 'nodes');
    assert.deepEqual([...(await ear.retained()).keys()], []);
  });
});
