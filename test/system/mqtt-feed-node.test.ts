import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { startMqttBroker, type MqttBroker } from '../../demo/mqtt-broker.js';
import { createMarket, type Market } from '../../simulators/index.js';
import { eventually, hastyClock } from '../support/clocks.js';
import { brokerConfig, CORE_MQTT } from '../support/core-mqtt.js';
import { folderForEachTest } from '../support/folders.js';
import { listenTo, payloadOf, type Frame, type MqttEar } from '../support/mqtt-ear.js';
import { freePort } from '../support/node-red-process.js';
import { flowOf, helper, startRuntime, stopRuntime } from '../support/nodes.js';
import { run, type Running } from '../support/session.js';

const FEED = { id: 'feed', z: 'tab', type: 'account-mqtt', name: 'my feed', broker: 'broker', wires: [] };
const RULE = {
  id: 'rich',
  name: 'Rich',
  metric: 'netLiquidation',
  operator: '>',
  threshold: 1,
  severity: 'critical',
};
const WITHIN = { withinMs: 8_000 };
const FeedError = z.looseObject({
  error: z.looseObject({ message: z.string(), source: z.looseObject({ id: z.literal('feed') }) }),
});
const Document = z.object({ cmps: z.record(z.string(), z.looseObject({ p: z.string() })) });

describe('an mqtt feed behind account-sync', () => {
  const folder = folderForEachTest();
  let market: Market;
  let broker: MqttBroker;
  let ear: MqttEar;
  let running: Running | null = null;

  before(async () => await startRuntime());
  after(async () => await stopRuntime());
  beforeEach(async () => {
    market = createMarket({ seed: 7, accounts: 1 });
    broker = await startMqttBroker(0);
    ear = await listenTo(`mqtt://127.0.0.1:${broker.port}`);
  });
  afterEach(async () => {
    await stop();
    await ear.close();
    await broker.close();
  });

  const wiring = (more: object = {}, port = broker.port) => ({
    outputs: ['feed', 'alert'],
    more: [
      brokerConfig(port),
      { ...FEED, ...more },
      { id: 'alert', z: 'tab', type: 'account-alert', name: 'my alerts', rules: [RULE], wires: [['feed']] },
    ],
  });
  /** Alerts wait by the clock on the wall. */
  const stage = () => ({ market, userDir: folder(), nodes: CORE_MQTT, clock: hastyClock(25) });
  const start = async (more: object = {}, port = broker.port): Promise<Running> => {
    running = await run({ ...stage(), wiring: wiring(more, port) });
    return running;
  };
  const stop = async (): Promise<void> => {
    await running?.close();
    running = null;
  };
  const [account] = createMarket({ seed: 7, accounts: 1 }).accounts;
  const name = (account ?? '').slice(-4).toLowerCase();
  const of = (topic: string): string => `brokerage/${name}/${topic}`;
  const last = (topic: string): string | undefined => ear.on(topic).at(-1);
  const said = async (
    topic: string,
    fits: (text: string) => boolean = (text) => text !== '',
  ): Promise<string> =>
    await eventually(() => ear.on(topic).findLast(fits), {
      ...WITHIN,
      what: `${topic}; it holds ${last(topic)}`,
    });
  const ledger = () => market.ledger().ibkr.accounts[0];
  /** What the Catch node was given of the feed. */
  const complaints = (): readonly string[] =>
    (running?.said.get('errors') ?? []).flatMap((message) => {
      const { error } = FeedError.safeParse(message).data ?? {};
      return error === undefined ? [] : [error.message];
    });
  const document = (): z.infer<typeof Document> | undefined => {
    const text = ear.frames.findLast(({ topic }) =>
      /homeassistant\/device\/brokerage_[0-9a-f]{12}\/config/.test(topic),
    )?.text;
    return text === undefined || text === '' ? undefined : Document.parse(JSON.parse(text));
  };
  const positions = async (): Promise<readonly string[]> =>
    [...(await ear.retained()).keys()].filter((topic) => topic.startsWith(of('positions/')));
  const bridge = (): string =>
    ear.frames
      .find(({ topic }) => topic.startsWith('brokerage/bridge/'))
      ?.topic.split('/')
      .slice(0, 3)
      .join('/') ?? '';

  it('keeps the figures of the account there, and Home Assistant told, without the number of the account', async () => {
    await start();
    const summary = payloadOf(await said(of('summary'), (text) => payloadOf(text)['stale'] === false));
    assert.equal(summary['net_liquidation'], ledger()?.balances.netLiquidation);
    const connection = payloadOf(
      await said(of('connection'), (text) => payloadOf(text)['connected'] === true),
    );
    assert.deepEqual([connection['state'], connection['stale']], ['connected', false]);
    const held = ledger()?.positions ?? [];
    await eventually(
      () =>
        Object.keys(document()?.cmps ?? {}).filter((key) => key.startsWith('pos_')).length === held.length,
      WITHIN,
    );
    const retained = await ear.retained();
    assert.equal(retained.get(`${bridge()}/status`), 'online');
    const rows = [...retained]
      .filter(([topic]) => topic.startsWith(of('positions/')))
      .map(([, text]) => payloadOf(text));
    assert.deepEqual(
      rows.map(({ quantity, symbol }) => `${String(symbol)} ${String(quantity)}`).toSorted(),
      held.map(({ quantity, symbol }) => `${symbol} ${quantity}`).toSorted(),
    );
    assert.ok(!JSON.stringify(ear.frames).includes(account ?? 'nothing'));
    assert.deepEqual(complaints(), []);
  });

  it('takes a position that was closed away from Home Assistant first, and then from its topic', async () => {
    await start();
    await eventually(() => Object.keys(document()?.cmps ?? {}).some((key) => key.startsWith('pos_')), WITHIN);
    const [first] = ledger()?.positions ?? [];
    assert.ok(first !== undefined);
    market.closePosition(account ?? '', first.conId);
    const isEmptied = ({ text, topic }: Frame): boolean => text === '' && topic.startsWith(of('positions/'));
    await eventually(() => ear.frames.some(isEmptied), WITHIN);
    const before = ear.frames
      .slice(0, ear.frames.findIndex(isEmptied))
      .findLast(({ topic }) => topic.endsWith('/config') && !topic.includes('bridge'));
    assert.deepEqual(Document.parse(JSON.parse(before?.text ?? '')).cmps[`pos_${first.conId}`], {
      p: 'sensor',
    });
    const emptied = ear.frames.findIndex(isEmptied);
    const { text } =
      ear.frames.slice(0, emptied).findLast(({ topic }) => topic === ear.frames[emptied]?.topic) ??
      assert.fail('nothing was said there');
    const ending = payloadOf(text);
    assert.deepEqual([ending['symbol'], ending['quantity']], [first.symbol, 0]);
    assert.equal((await positions()).length, ledger()?.positions.length);
  });

  it('says offline when it stops, and clears away at the next start what has ended meanwhile', async () => {
    await start();
    await eventually(() => document() !== undefined, WITHIN);
    await said(of('summary'));
    const count = ledger()?.positions.length ?? 0;
    await stop();
    assert.equal(last(`${bridge()}/status`), 'offline');
    const conId = ledger()?.positions[0]?.conId ?? 0;
    market.closePosition(account ?? '', conId);
    assert.equal((await positions()).length, count);
    await start();
    await said(`${bridge()}/status`, (text) => text === 'online');
    await eventually(
      () => ear.frames.some(({ text, topic }) => text === '' && topic.startsWith(of('positions/'))),
      WITHIN,
    );
    assert.equal((await positions()).length, count - 1);
    await eventually(
      () =>
        !Object.hasOwn(document()?.cmps ?? {}, `pos_${conId}`) ||
        document()?.cmps[`pos_${conId}`]?.['unique_id'] === undefined,
      WITHIN,
    );
  });

  it('leaves nothing behind when it is deleted', async () => {
    await start();
    await eventually(() => document() !== undefined, WITHIN);
    const more = wiring().more.filter(({ id }) => id !== 'feed');
    await helper.setFlows(flowOf({ port: running?.gateway.port ?? 0, outputs: ['alert'], more }), 'nodes');
    assert.deepEqual([...(await ear.retained()).keys()], []);
  });

  it('publishes an alert once, not retained, under its id, and keeps the last one', async () => {
    await start();
    const event = payloadOf(await said(of('alerts')));
    assert.deepEqual(
      [event['event_type'], event['alert_state'], event['severity'], event['value']],
      ['net_liquidation', 'firing', 'critical', ledger()?.balances.netLiquidation],
    );
    assert.match(String(event['id']), /^[0-9a-f]{16}$/);
    const retained = await ear.retained();
    assert.equal(payloadOf(retained.get(of('last_alert')))['id'], event['id']);
    assert.ok(!retained.has(of('alerts')));
    assert.equal(ear.on(of('alerts')).length, 1);
  });

  it('brings alerts after a restart that nobody could take before it, and tells the Catch node why', async () => {
    const port = await freePort();
    await start({}, port);
    const complaint = await eventually(() => complaints()[0], WITHIN);
    assert.match(complaint, new RegExp(`^127.0.0.1:${port} refuses connections: is the MQTT broker running`));
    const file = join(folder(), 'brokerage', 'mqtt-feed-feed.json');
    const kept = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    await eventually(() => kept().includes('net_liquidation'), WITHIN);
    assert.equal(complaints().length, 1, 'one outage is one error');
    await stop();
    await start();
    await said(of('alerts'));
    assert.equal(ear.on(of('alerts')).length, 1);
    await stop();
    assert.ok(!kept().includes('net_liquidation'));
    assert.ok(!kept().includes(account ?? 'nothing'));
  });

  it('refreshes when it is told to, and not more often than four times a minute', async () => {
    await start();
    await said(of('connection'), (text) => payloadOf(text)['connected'] === true);
    const asked = (): number =>
      running?.gateway.requests.filter(({ fields }) => fields[0] === '61').length ?? 0;
    await ear.publish(`${bridge()}/command`, 'sell everything');
    const before = asked();
    for (let times = 0; times < 12; times++) await ear.publish(`${bridge()}/command`, 'refresh');
    await eventually(() => asked() > before, WITHIN);
    await said(of('summary'));
    assert.ok(asked() - before <= 4, `${asked() - before} refreshes`);
  });

  it('sends everything again when Home Assistant has started', async () => {
    await start();
    await eventually(() => document() !== undefined, WITHIN);
    const count = (): number => ear.frames.filter(({ topic }) => topic.endsWith('/config')).length;
    const before = count();
    await ear.publish('homeassistant/status', 'online');
    await eventually(() => count() >= before + 2, WITHIN);
  });

  it('hears of what was there before it when it is deployed alone', async () => {
    const { more, outputs } = wiring();
    running = await run({ ...stage(), wiring: { outputs, more: more.filter(({ id }) => id !== 'feed') } });
    await running.until('positions', z.looseObject({ sync: z.looseObject({ quality: z.literal('live') }) }));
    await helper.setFlows(flowOf({ port: running.gateway.port, outputs, more }), 'nodes');
    await said(of('connection'), (text) => payloadOf(text)['connected'] === true);
    await said(of('summary'));
    await eventually(() => document() !== undefined, WITHIN);
  });

  it('publishes shares and nothing else where that is wanted', async () => {
    await start({ privacy: 'relative' });
    const summary = payloadOf(await said(of('summary'), (text) => payloadOf(text)['stale'] === false));
    assert.deepEqual([summary['net_liquidation'], summary['cash']], [null, null]);
    assert.equal(typeof summary['cash_pct'], 'number');
    const event = payloadOf(await said(of('alerts')));
    assert.deepEqual([event['value'], event['threshold']], [null, null]);
  });

  it('refuses what is no message of ours, and goes on', async () => {
    await start();
    await said(of('summary'));
    helper.getNode('feed').receive({ topic: 'x', payload: 'y' });
    const complaint = await eventually(() => complaints()[0], WITHIN);
    assert.match(complaint, /This message is none of account-sync and none of an alert node/);
  });

  it('says what is wrong with its settings', async () => {
    for (const [more, sentence] of [
      [{ broker: '' }, /No MQTT broker is chosen/],
      [{ broker: 'gone' }, /The chosen MQTT broker is gone or disabled/],
      [{ topicPrefix: 'a/#' }, /topicPrefix is "a\/#": it must be a topic/],
      [{ qos: '7' }, /qos is "7": it must be a whole number from 0 to 2/],
    ] as const) {
      await start(more);
      const complaint = await eventually(() => complaints()[0], WITHIN);
      assert.match(complaint, sentence);
      await stop();
    }
  });
});
