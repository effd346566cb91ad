import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IClientOptions } from 'mqtt';
import { z } from 'zod';
import { MOST_WAITING } from '../../src/feeds/outbox.js';
import { openLinkTo } from '../../src/mqtt/open-link.js';
import { testMessage } from '../../src/node-red/alert/test-message.js';
import { T0 } from '../support/builders.js';
import { eventually, fastClock } from '../support/clocks.js';
import { brokerConfig, CORE_MQTT } from '../support/core-mqtt.js';
import { folderForEachTest } from '../support/folders.js';
import { marked } from '../support/leak-watch.js';
import { missingMosquitto } from '../support/mosquitto.js';
import {
  certificates,
  mosquittoServer,
  passwordFile,
  type MosquittoServer,
} from '../support/mosquitto-server.js';
import { listenTo, type MqttEar } from '../support/mqtt-ear.js';
import { startNodeRed } from '../support/node-red-process.js';
import { helper, nodesWith, startRuntime, stopRuntime } from '../support/nodes.js';

const PASSWORD = marked('MQTT password', 'feed-password-9417');
const LISTENER = marked('MQTT password', 'ear-password-5520');
const StatusCall = z.object({ firstArg: z.object({ text: z.string() }) });
const ErrorCall = z.object({ firstArg: z.string() });
const Caught = z.looseObject({ error: z.looseObject({ message: z.string() }) });
const WITHIN = { withinMs: 10_000 };

describe('an mqtt feed at a real MQTT broker', () => {
  const folder = folderForEachTest();
  let server: MosquittoServer | null = null;
  let ear: MqttEar | null = null;
  let statuses: string[] = [];
  let caught: string[] = [];
  let warnings: string[] = [];

  before(async function () {
    if (missingMosquitto() !== null) return this.skip();
    await startRuntime();
  });
  after(async () => await stopRuntime());
  afterEach(async () => {
    await helper.unload();
    await ear?.close();
    await server?.stop();
    ear = null;
    server = null;
  });

  const users = async (): Promise<readonly string[]> => {
    const path = passwordFile(join(folder(), 'passwords'), { feed: PASSWORD, ear: LISTENER });
    await chmod(path, 0o600);
    return ['allow_anonymous false', `password_file ${path}`];
  };
  const serve = async (lines?: readonly string[]): Promise<number> => {
    server = await mosquittoServer({ folder: folder(), ...(lines === undefined ? {} : { lines }) });
    await server.start();
    return server.port;
  };
  const listen = async (scheme: 'mqtt' | 'mqtts', options: IClientOptions = {}): Promise<MqttEar> =>
    (ear = await listenTo(`${scheme}://127.0.0.1:${server?.port}`, options));
  /** Node-RED with a feed, and what it says. */
  const start = async (
    broker: object,
    credentials: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
  ) => {
    statuses = [];
    caught = [];
    warnings = [];
    const flow = [
      { id: 'tab', type: 'tab', label: 'test' },
      {
        id: 'tls',
        type: 'tls-config',
        name: '',
        cert: '',
        key: '',
        ca: '',
        servername: '',
        verifyservercert: true,
        ...tls,
      },
      brokerConfig(server?.port ?? 0, { ...broker }),
      { id: 'feed', z: 'tab', type: 'account-mqtt', name: 'my feed', broker: 'broker', wires: [] },
      ...more,
      { id: 'catcher', z: 'tab', type: 'catch', scope: null, uncaught: false, wires: [['errors']] },
      { id: 'errors', z: 'tab', type: 'helper' },
    ];
    await helper.load([...CORE_MQTT, ...nodesWith(fastClock(20), folder())], flow, credentials);
    const feed: EventEmitter = helper.getNode('feed');
    feed.on('call:status', (call: unknown) => statuses.push(StatusCall.parse(call).firstArg.text));
    feed.on('call:warn', (call: unknown) => warnings.push(ErrorCall.parse(call).firstArg));
    helper
      .getNode('errors')
      .on('input', (message: unknown) => caught.push(Caught.parse(message).error.message));
  };
  let tls: object = {};
  let more: readonly ({ readonly id: string; readonly type: string; readonly name: string } & Readonly<
    Record<string, unknown>
  >)[] = [];
  beforeEach(() => {
    tls = {};
    more = [];
  });
  const isOnline = async (): Promise<void> =>
    void (await eventually(
      () =>
        ear?.frames.some(
          ({ text, topic }) => /^brokerage\/bridge\/nr-[0-9a-f]{8}\/status$/.test(topic) && text === 'online',
        ),
      WITHIN,
    ));
  const says = async (status: RegExp, error: RegExp): Promise<void> => {
    await eventually(() => statuses.some((text) => status.test(text)), {
      ...WITHIN,
      what: statuses.join(' | '),
    });
    await eventually(() => caught.some((text) => error.test(text)), { ...WITHIN, what: caught.join(' | ') });
  };

  for (const protocolVersion of ['4', '5'] as const) {
    const options: IClientOptions = { username: 'ear', password: LISTENER };
    it(`logs in with the user of the broker node, MQTT ${protocolVersion}`, async () => {
      await serve(await users());
      await listen('mqtt', options);
      await start({ protocolVersion }, { broker: { user: 'feed', password: PASSWORD } });
      await isOnline();
      assert.deepEqual(caught, []);
    });

    it(`says that the password is wrong, and goes on trying, MQTT ${protocolVersion}`, async () => {
      await serve(await users());
      await start({ protocolVersion }, { broker: { user: 'feed', password: 'another' } });
      await says(
        /^wrong user or password: 127\.0\.0\.1/,
        /refuses the user: the name or the password is wrong/,
      );
      assert.equal(caught.length, 1);
    });

    // MQTT 3.1.1 has no word for it: such a broker says yes, and publishes nothing.
    const toldOnly = protocolVersion === '4' ? () => undefined : it;
    toldOnly(`says which topic is refused, and publishes the others, MQTT ${protocolVersion}`, async () => {
      const rules = join(folder(), 'rules');
      await writeFile(rules, 'user feed\ntopic readwrite brokerage/#\nuser ear\ntopic readwrite #\n', {
        mode: 0o600,
      });
      await serve([...(await users()), `acl_file ${rules}`]);
      await listen('mqtt', options);
      await start({ protocolVersion }, { broker: { user: 'feed', password: PASSWORD } });
      await isOnline();
      await says(/topics refused/, /refuses the topic homeassistant\/device\/.*Allow it in the access rules/);
    });

    it(`trusts the CA of the TLS configuration, and no other, MQTT ${protocolVersion}`, async () => {
      const { ca, cert, key } = certificates(folder());
      await serve(['allow_anonymous true', `cafile ${ca}`, `certfile ${cert}`, `keyfile ${key}`]);
      await listen('mqtts', { ca: readFileSync(ca) });
      await start({ protocolVersion, usetls: true, tls: 'tls' });
      await says(
        /^certificate not trusted: 127\.0\.0\.1/,
        /has a certificate that is not trusted \([A-Z_]+\): add its CA/,
      );
      await helper.unload();
      tls = { ca };
      await start({ protocolVersion, usetls: true, tls: 'tls' });
      await isOnline();
      assert.deepEqual(caught, []);
    });
  }

  it('verifies the certificate where no TLS configuration is chosen, and not where the user has said so', async () => {
    const { ca, cert, key } = certificates(folder());
    await serve(['allow_anonymous true', `cafile ${ca}`, `certfile ${cert}`, `keyfile ${key}`]);
    await listen('mqtts', { ca: readFileSync(ca) });
    await start({ usetls: true });
    await says(/^certificate not trusted/, /not trusted/);
    await helper.unload();
    tls = { verifyservercert: false };
    await start({ usetls: true, tls: 'tls' });
    await isOnline();
    assert.deepEqual(caught, []);
  });

  it('says that its outbox is full, and then brings what it has kept', async () => {
    await serve();
    await server?.stop();
    await start({});
    for (let number = 0; number < MOST_WAITING + 2; number++)
      helper.getNode('feed').receive({ ...testMessage(null, T0 + number) });
    await says(/outbox full, 2 alerts given up$/, /^More alerts wait for the MQTT broker than are kept/);
    await server?.start();
    await listen('mqtt');
    await isOnline();
    await eventually(() => statuses.at(-1) === 'connected, 0 accounts, 2 alerts were given up', {
      ...WITHIN,
      what: statuses.at(-1) ?? '',
    });
  });

  it('stops nothing beside it when it is let in nowhere', async () => {
    await serve(await users());
    await listen('mqtt', { username: 'ear', password: LISTENER });
    more = [
      brokerConfig(server?.port ?? 0, { id: 'shut' }),
      { id: 'shut-out', z: 'tab', type: 'account-mqtt', name: 'shut out', broker: 'shut', wires: [] },
    ];
    await start(
      {},
      { broker: { user: 'feed', password: PASSWORD }, shut: { user: 'feed', password: 'another' } },
    );
    await eventually(() => caught.some((text) => /refuses the user/.test(text)), WITHIN);
    for (const id of ['feed', 'shut-out']) helper.getNode(id).receive({ ...testMessage(null, T0) });
    await isOnline();
    await eventually(() => ear?.frames.some(({ topic }) => topic.endsWith('/alerts')), WITHIN);
    assert.equal(caught.length, 1);
  });

  it('has as many messages under way as the MQTT broker says that it takes', async () => {
    const port = await serve(['allow_anonymous true', 'max_inflight_messages 7']);
    const events = { received: () => undefined, ended: () => undefined };
    const most = async (protocolVersion: 4 | 5): Promise<number> => {
      const link = await openLinkTo(
        {
          url: `mqtt://127.0.0.1:${port}`,
          address: 'mosquitto',
          clientId: 'most-under-way',
          options: { protocolVersion },
          qos: 1,
          will: { topic: 'will', text: 'offline' },
        },
        fastClock(1),
      )(events, new AbortController().signal);
      const { mostUnderWay } = link;
      // It throws out who sends more: all of them arrive.
      const messages = Array.from({ length: mostUnderWay }, (_, index) => ({
        topic: `t/${index}`,
        text: 'x',
        retain: false,
      }));
      await Promise.all(messages.map(async (message) => await link.publish(message)));
      await link.close();
      return mostUnderWay;
    };
    assert.deepEqual([await most(4), await most(5)], [200, 7]);
  });

  it('says that the port speaks no TLS', async () => {
    await serve();
    await start({ usetls: true });
    await says(/^down: /, /before it answered: check port and TLS in the MQTT broker node/);
  });

  it('speaks MQTT 3.1 to a broker that knows nothing newer', async () => {
    await serve();
    await listen('mqtt');
    await start({ protocolVersion: '3' });
    await isOnline();
  });
});

describe('an mqtt feed in a Node-RED that is killed', () => {
  const folder = folderForEachTest();

  it('is offline by its last will, and online again after the start', async function () {
    this.timeout(60_000);
    if (missingMosquitto() !== null) return this.skip();
    const server = await mosquittoServer({ folder: folder() });
    await server.start();
    const ear = await listenTo(`mqtt://127.0.0.1:${server.port}`);
    const nodeRed = await startNodeRed({
      flows: [
        { id: 'tab', type: 'tab', label: 'test' },
        brokerConfig(server.port, { protocolVersion: '5' }),
        {
          id: 'feed',
          z: 'tab',
          type: 'account-mqtt',
          version: 1,
          broker: 'broker',
          x: 200,
          y: 60,
          wires: [],
        },
      ],
    });
    const said = (): readonly string[] =>
      ear.frames.filter(({ topic }) => topic.endsWith('/status')).map(({ text }) => text);
    try {
      await eventually(() => said().at(-1) === 'online', WITHIN);
      await nodeRed.killAndLaunch();
      await eventually(() => said().includes('offline'), WITHIN);
      await nodeRed.listening();
      await eventually(() => said().at(-1) === 'online', WITHIN);
      assert.deepEqual(said(), ['online', 'offline', 'online']);
      assert.equal(
        new Set(ear.frames.filter(({ topic }) => topic.endsWith('/status')).map(({ topic }) => topic)).size,
        1,
      );
    } finally {
      await nodeRed.stop();
      await ear.close();
      await server.stop();
    }
  });
});
