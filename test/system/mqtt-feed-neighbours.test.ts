import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { createMarket, startTwsSimulator, type Market, type TwsSimulator } from '../../simulators/index.js';
import { eventually } from '../support/clocks.js';
import { brokerConfig } from '../support/core-mqtt.js';
import { shownIn } from '../support/feed-installation.js';
import { folderForEachTest } from '../support/folders.js';
import { missingMosquitto } from '../support/mosquitto.js';
import { mosquittoServer, type MosquittoServer } from '../support/mosquitto-server.js';
import { listenTo, payloadOf, type MqttEar } from '../support/mqtt-ear.js';
import { startNodeRed, type NodeRedProcess } from '../support/node-red-process.js';
import { flowOf } from '../support/nodes.js';

const WITHIN_MS = 20_000;

/** A Node-RED, the market behind its gateway, and what its accounts are called. */
interface Site {
  readonly market: Market;
  readonly gateway: TwsSimulator;
  readonly labels: Readonly<Record<string, string>>;
  nodeRed: NodeRedProcess | null;
}

describe('two Node-REDs at one MQTT broker, below one prefix', function () {
  this.timeout(120_000);
  const folder = folderForEachTest();
  let server: MosquittoServer;
  let ear: MqttEar;
  let sites: Site[] = [];

  before(function () {
    if (missingMosquitto() !== null) this.skip();
  });
  beforeEach(async () => {
    server = await mosquittoServer({ folder: folder() });
    await server.start();
    ear = await listenTo(`mqtt://127.0.0.1:${server.port}`);
    sites = await Promise.all([
      site(createMarket({ seed: 21, accounts: 2 }), ['Main', 'Rest']),
      site(createMarket({ seed: 22, accounts: 2 }), ['Main', 'Other']),
    ]);
  });
  afterEach(async () => {
    await Promise.all(sites.map(async ({ nodeRed }) => await nodeRed?.stop()));
    await Promise.all(sites.map(async ({ gateway }) => await gateway.close()));
    await ear.close();
    await server.stop();
  });

  const flows = ({ gateway, labels }: Site, isThere = true): readonly object[] =>
    flowOf({
      port: gateway.port,
      outputs: isThere ? ['feed'] : [],
      sync: { version: 1, labels, x: 100, y: 100 },
      config: { version: 1 },
      more: [
        brokerConfig(server.port, { protocolVersion: '5' }),
        ...(isThere
          ? [
              {
                id: 'feed',
                z: 'tab',
                type: 'account-mqtt',
                version: 1,
                name: '',
                broker: 'broker',
                x: 300,
                y: 100,
                wires: [],
              },
            ]
          : []),
      ],
    }).filter(({ type }) => type !== 'helper' && type !== 'catch');
  const start = async (one: Site): Promise<void> => {
    one.nodeRed ??= await startNodeRed({ flows: flows(one) });
  };
  /** Label, value and positions of each account, as the markets have them. */
  const ledgers = (...which: readonly Site[]) =>
    which
      .flatMap(({ labels, market }) =>
        market.ledger().ibkr.accounts.map(({ account, balances, positions }) => ({
          label: labels[account],
          value: balances.netLiquidation,
          symbols: positions
            .map(({ symbol }) => symbol)
            .toSorted()
            .join(),
        })),
      )
      .toSorted((a, b) => a.value - b.value);
  const shown = async () =>
    shownIn(await ear.retained())
      .map(({ label, symbols, value }) => ({ label, value: Number(value), symbols }))
      .toSorted((a, b) => a.value - b.value);
  const standsAsIn = async (...which: readonly Site[]): Promise<void> => {
    const until = performance.now() + WITHIN_MS;
    for (;;) {
      const [there, wanted] = [await shown(), ledgers(...which)];
      if (isDeepStrictEqual(there, wanted)) break;
      if (performance.now() > until) assert.deepEqual(there, wanted);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    for (const { instances } of shownIn(await ear.retained())) assert.match(instances, /^nr-[0-9a-f]{8}$/);
  };
  const namesOf = async (label: string) =>
    shownIn(await ear.retained())
      .filter((one) => one.label === label)
      .map(({ instances, level }) => ({ instances, level }))
      .toSorted((a, b) => a.level.length - b.level.length);

  for (const order of [
    [0, 1],
    [1, 0],
  ] as const)
    it(`shows the accounts of both, started in the order ${order.join()}, killed and started again, and one of them deleted`, async () => {
      const [first, second] = order.map((index) => sites[index]);
      assert.ok(first !== undefined && second !== undefined);
      await start(first);
      await standsAsIn(first);
      await start(second);
      await standsAsIn(first, second);
      const names = await namesOf('Main');
      assert.match(names.map(({ level }) => level).join(), /^main,main-[0-9a-f]{4}$/);

      const [account = ''] = first.market.accounts;
      await first.nodeRed?.killAndLaunch();
      first.market.closePosition(account, first.market.positions(account)[0]?.conId ?? 0);
      await first.nodeRed?.listening();
      await standsAsIn(first, second);
      await second.nodeRed?.restart('SIGKILL');
      await standsAsIn(first, second);
      const from = ear.frames.length;
      await server.stop('SIGKILL');
      await server.start();
      const back = (): number =>
        new Set(
          ear.frames
            .slice(from)
            .flatMap(({ isRetained, text, topic }) => (!isRetained && text === 'online' ? [topic] : [])),
        ).size;
      await eventually(() => back() === 2, {
        withinMs: WITHIN_MS,
        what: 'both say that they are there again',
      });
      await standsAsIn(first, second);
      assert.deepEqual(await namesOf('Main'), names);

      await first.nodeRed?.deploy(flows(first, false));
      await standsAsIn(second);
      const bridges = [...(await ear.retained()).keys()].filter((topic) =>
        topic.startsWith('brokerage/bridge/'),
      );
      assert.equal(new Set(bridges.map((topic) => topic.split('/')[2])).size, 1);
      const documents = [...(await ear.retained())].filter(([topic]) =>
        topic.startsWith('homeassistant/device/'),
      );
      assert.equal(documents.length, 1 + second.market.accounts.length);
      for (const [, text] of documents)
        assert.ok(JSON.stringify(payloadOf(text)['availability']).includes(names[1]?.instances ?? 'nobody'));
    });
});

async function site(market: Market, labels: readonly string[]): Promise<Site> {
  const named = market.accounts.map((account, index) => [account, labels[index] ?? ''] as const);
  return {
    market,
    gateway: await startTwsSimulator({ market }),
    labels: Object.fromEntries(named),
    nodeRed: null,
  };
}
