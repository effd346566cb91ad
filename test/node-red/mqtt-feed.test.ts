import assert from 'node:assert/strict';
import type { FeedSurroundings } from '../../src/node-red/mqtt-feed/feed-node.js';
import { MqttFeed } from '../../src/node-red/mqtt-feed/feed-node.js';
import { mqttFeedConfig, type MqttFeedConfig } from '../../src/node-red/mqtt-feed/config.js';
import type { Reader } from '../../src/node-red/readers.js';
import { testMessage } from '../../src/node-red/alert/test-message.js';
import { decodeFeed, encodeFeed, type KeptFeed } from '../../src/state/feed.js';
import type { Kept } from '../../src/state/kept-file.js';
import { KEY, T0 } from '../support/builders.js';
import { FakeClock } from '../support/clocks.js';
import {
  ACCOUNT,
  alertOf,
  balancesMessage,
  Desk,
  iso,
  positionsMessage,
  statusMessage,
  turns,
} from '../support/feed-desk.js';
import { MemoryMqtt } from '../support/memory-mqtt.js';
import { payloadOf } from '../support/mqtt-ear.js';

const MINUTE_MS = 60_000;
const STATUS = 'brokerage/bridge/nr-1/status';
const DOCUMENT = `homeassistant/device/brokerage_${KEY}/config`;

describe('an mqtt feed', () => {
  let clock = new FakeClock(T0);
  let broker = new MemoryMqtt();
  let desk = new Desk();
  let feed: MqttFeed | null = null;
  let readers: Reader[] = [];
  let tellStopped: (connection: string) => void = () => undefined;
  let connectionIs: 'live' | 'gone' | 'other' = 'live';

  /** A disk that is never late. */
  let disk: string | null = null;
  const memory: Kept<KeptFeed> = {
    load: () => (disk === null ? null : decodeFeed(disk)),
    save: async (content) => void (disk = encodeFeed(content)),
    remove: async () => void (disk = null),
  };
  const config = (saved: object): MqttFeedConfig => {
    const parsed = mqttFeedConfig(saved);
    assert.ok('config' in parsed);
    return parsed.config;
  };
  const start = async (saved: object = {}, more: Partial<FeedSurroundings> = {}): Promise<MqttFeed> => {
    desk = new Desk();
    feed = new MqttFeed(desk.node, config(saved), {
      clock,
      chance: () => 0.5,
      open: broker.open,
      address: 'broker:1883',
      instance: 'nr-1',
      memory,
      readers: () => readers,
      onReaderStopped: (listener) => {
        tellStopped = listener;
        return () => (tellStopped = () => undefined);
      },
      connectionIs: () => connectionIs,
      ...more,
    });
    await turns();
    return feed;
  };
  const stop = async (isDeleted = false): Promise<void> => {
    const closing = feed?.close(isDeleted);
    feed = null;
    await turns();
    clock.advance(10_000);
    await closing;
  };
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= MINUTE_MS / 2) {
      clock.advance(Math.min(left, MINUTE_MS / 2));
      await turns();
    }
  };
  const hear = async (...messages: readonly object[]): Promise<void> => {
    for (const message of messages) await feed?.take(message);
    await turns();
  };

  beforeEach(() => {
    clock = new FakeClock(T0);
    broker = new MemoryMqtt();
    readers = [];
    connectionIs = 'live';
    disk = null;
  });
  afterEach(async () => {
    await stop();
    assert.equal(broker.connections, 0);
    assert.equal(clock.pending, 0, 'a timer is left');
  });

  it('says under itself how it stands', async () => {
    broker.isDown = true;
    await start();
    assert.equal(desk.status, 'down: broker:1883');
    await hear(testMessage(null, T0));
    assert.equal(desk.status, 'down: broker:1883, 1 alert waits');
    broker.isDown = false;
    await pass(MINUTE_MS);
    assert.equal(desk.status, 'connected, nothing heard yet');
    await hear(balancesMessage(1));
    assert.equal(desk.status, 'connected, 1 account');
    assert.deepEqual(desk.errors, ['memory refuses connections.']);
  });

  it('tells Home Assistant of a closed position, waits for that to arrive, and then empties its topic', async () => {
    await start();
    await hear(statusMessage('live'), balancesMessage(1), positionsMessage(['1', '2']));
    await pass(2_000);
    assert.ok(broker.retained.get(DOCUMENT)?.includes('pos_2'));
    await hear(positionsMessage(['1']));
    const topic = 'brokerage/main/positions/aapl_stock_usd-2';
    assert.ok(!broker.on(topic).includes(''), 'its topic was emptied while Home Assistant looked at it');
    await pass(2_000);
    assert.equal(broker.on(topic).filter((text) => text === '').length, 1);
    const documentAt = broker.log.findLastIndex((one) => one.topic === DOCUMENT);
    assert.ok(documentAt < broker.log.findLastIndex((one) => one.topic === topic && one.text === ''));
    await hear(positionsMessage(['1']), balancesMessage(1));
    await pass(10 * MINUTE_MS);
    assert.equal(broker.on(topic).filter((text) => text === '').length, 1);
  });

  it('gives Home Assistant two seconds between the end of an entity and its return: sooner it would get a second one', async () => {
    await start();
    await hear(balancesMessage(7), positionsMessage(['1']));
    await pass(2_000);
    await hear(positionsMessage([]));
    await pass(2_000);
    const offered = (): unknown => /"pos_1":(.*?)}/.exec(broker.retained.get(DOCUMENT) ?? '')?.[1];
    assert.equal(offered(), '{"p":"sensor"');
    await hear(positionsMessage(['1']));
    await pass(1_900);
    assert.equal(offered(), '{"p":"sensor"');
    await pass(100);
    assert.match(String(offered()), /"unique_id":"brokerage_[0-9a-f]{12}_pos_1"/);
  });

  it('says online before all else, and offline at its end', async () => {
    await start();
    assert.equal(broker.log[0]?.topic, STATUS);
    await stop();
    assert.equal(broker.retained.get(STATUS), 'offline');
  });

  it('says after a restart that an account was not heard of yet, and leaves its figures where they are', async () => {
    await start();
    await hear(balancesMessage(7), positionsMessage(['1']));
    await pass(2_000);
    const before = new Map(broker.retained);
    await stop();
    connectionIs = 'other';
    await start();
    await pass(60 * MINUTE_MS);
    assert.equal(payloadOf(broker.retained.get('brokerage/main/connection'))['stale'], true);
    for (const topic of ['brokerage/main/summary', 'brokerage/main/positions/aapl_stock_usd', DOCUMENT])
      assert.equal(broker.retained.get(topic), before.get(topic), topic);
  });

  it('clears an account away of which nobody tells any more, and says so', async () => {
    for (const state of ['live', 'gone'] as const) {
      connectionIs = 'live';
      await start();
      await hear(balancesMessage(7), positionsMessage(['1']));
      await pass(2_000);
      await stop();
      connectionIs = state;
      await start();
      await pass(14 * MINUTE_MS);
      assert.ok(broker.retained.has('brokerage/main/summary'));
      await pass(3 * MINUTE_MS);
      const left = [...broker.retained.keys()].filter((topic) => !topic.includes('bridge'));
      assert.deepEqual(left, [], state);
      assert.match(desk.words.at(-1) ?? '', /No account-sync tells of the account Main any more/);
      await stop();
    }
  });

  it('takes the word of no account-sync that has stopped, and clears away what nobody takes over', async () => {
    await start();
    await hear(statusMessage('live'), balancesMessage(7), positionsMessage(['1']), alertOf('Main'));
    await pass(2_000);
    const isStale = (): unknown => payloadOf(broker.retained.get('brokerage/main/connection'))['stale'];
    tellStopped('c1');
    // It was deployed anew.
    await pass(MINUTE_MS / 2);
    await hear(balancesMessage(7));
    await pass(5 * MINUTE_MS);
    assert.equal(isStale(), false);
    tellStopped('c1');
    await pass(3 * MINUTE_MS);
    assert.equal(isStale(), true);
    assert.ok(broker.retained.has('brokerage/main/summary'));
    await pass(15 * MINUTE_MS);
    assert.ok(![...broker.retained.keys()].some((topic) => topic.startsWith('brokerage/main/')));
  });

  it('asks another account-sync of the same connection before it doubts an account', async () => {
    let told = 0;
    const tellAgain = async (): Promise<void> => {
      told += 1;
      await feed?.take(balancesMessage(7));
    };
    readers = [
      { id: 's', connection: 'c1', wiredTo: () => new Set(['feed']), refresh: async () => {}, tellAgain },
    ];
    await start();
    await hear(statusMessage('live'), balancesMessage(7));
    tellStopped('c1');
    await pass(20 * MINUTE_MS);
    assert.equal(told, 1);
    assert.equal(payloadOf(broker.retained.get('brokerage/main/connection'))['stale'], false);
  });

  it('leaves no amount behind, also not that of an alert, when only shares are to be published', async () => {
    await start();
    await hear(balancesMessage(7_654_321), { ...alertOf('Main'), topic: 'has 7654321' });
    assert.ok(JSON.stringify([...broker.retained]).includes('7654321'));
    await stop();
    await start({ privacy: 'relative' });
    await hear(balancesMessage(7_654_321), positionsMessage([]));
    await pass(10_000);
    assert.ok(!JSON.stringify([...broker.retained]).includes('7654321'));
  });

  it('moves an account whose label was changed, and leaves nothing at its old name', async () => {
    await start();
    await hear(balancesMessage(7), positionsMessage(['1']), alertOf('Main'));
    await pass(2_000);
    const renamed = { ...ACCOUNT, label: 'Pension' };
    await hear(balancesMessage(7, renamed), positionsMessage(['1'], renamed));
    await pass(2_000);
    const topics = [...broker.retained.keys()].filter((topic) => !topic.includes('bridge'));
    assert.deepEqual(topics.toSorted(), [
      'brokerage/pension/connection',
      'brokerage/pension/last_alert',
      'brokerage/pension/positions/aapl_stock_usd',
      'brokerage/pension/summary',
      DOCUMENT,
    ]);
    assert.equal(payloadOf(broker.retained.get('brokerage/pension/last_alert'))['account'], 'pension');
  });

  it('keeps two accounts of one label apart, over a restart, too', async () => {
    const other = { ...ACCOUNT, key: 'ffffffffffff', broker: 'schwab' };
    await start();
    await hear(balancesMessage(1), balancesMessage(2, other));
    await stop();
    await start();
    await hear(balancesMessage(2, other), balancesMessage(1));
    const value = (name: string): unknown =>
      payloadOf(broker.retained.get(`brokerage/${name}/summary`))['net_liquidation'];
    assert.deepEqual([value('main'), value('main-ffff')], [1, 2]);
  });

  it('publishes an alert that nobody could take before Node-RED ended, with the same id', async () => {
    broker.isDown = true;
    await start();
    await hear(testMessage(null, T0));
    await stop();
    broker.isDown = false;
    await start();
    const [event, ...more] = broker.on('brokerage/bridge/nr-1/alerts').map(payloadOf);
    assert.equal(event?.['id'], testMessage(null, T0).alert.id);
    assert.deepEqual(more, []);
    await stop();
    await start();
    assert.equal(broker.on('brokerage/bridge/nr-1/alerts').length, 1);
  });

  it('publishes an alert that waits where its account is told of by then', async () => {
    await start();
    await hear(balancesMessage(7));
    broker.isDown = true;
    broker.cut();
    await hear(alertOf('Main'), balancesMessage(7, { ...ACCOUNT, label: 'Pension' }));
    broker.isDown = false;
    await pass(2 * MINUTE_MS);
    assert.deepEqual(broker.on('brokerage/main/alerts'), []);
    assert.equal(broker.on('brokerage/pension/alerts').length, 1);
  });

  it('publishes alerts all the same when the disk hangs', async () => {
    const hanging = {
      load: () => null,
      save: () => new Promise<void>(() => undefined),
      remove: async () => {},
    };
    await start({}, { memory: hanging });
    const taken = feed?.take(testMessage(null, T0));
    await turns();
    assert.deepEqual(broker.on('brokerage/bridge/nr-1/alerts'), []);
    await pass(5_000);
    await taken;
    await turns();
    assert.equal(broker.on('brokerage/bridge/nr-1/alerts').length, 1);
    assert.match(desk.words[0] ?? '', /The disk takes too long to remember an alert/);
  });

  it('says when it has to give up alerts, and of a topic that is refused', async () => {
    broker.isDown = true;
    await start({}, { memory: { load: () => null, save: async () => {}, remove: async () => {} } });
    for (let number = 0; number < 1_002; number++) await feed?.take(testMessage(null, T0));
    assert.match(desk.errors.at(-1) ?? '', /^More alerts wait for the MQTT broker than are kept/);
    assert.equal(desk.status, 'down: broker:1883, outbox full, 2 alerts given up');
    broker.isDown = false;
    broker.refuses = (topic) => topic.startsWith('homeassistant/device');
    await pass(MINUTE_MS);
    assert.match(
      desk.errors.at(-1) ?? '',
      /refuses the topic homeassistant\/device.*Allow it in the access rules/,
    );
    assert.equal(broker.on('brokerage/bridge/nr-1/alerts').length, 1_000);
  });

  it('asks account-sync anew when it is told to, four times a minute at most, and by no retained command', async () => {
    let asked = 0;
    const none = async (): Promise<void> => {};
    const refresh = async (): Promise<void> => void (asked += 1);
    readers = [
      { id: 's', connection: 'c1', wiredTo: () => new Set(), refresh, tellAgain: none },
      { id: 'other', connection: 'c2', wiredTo: () => new Set(['elsewhere']), refresh, tellAgain: none },
    ];
    broker.retained.set('brokerage/bridge/nr-1/command', 'refresh');
    await start();
    await hear(balancesMessage(1));
    assert.equal(asked, 0);
    for (let times = 0; times < 10; times++) broker.publish('brokerage/bridge/nr-1/command', 'refresh');
    assert.equal(asked, 4);
    for (const text of ['buy', '{"command":"sell"}', 'refresh all', ''])
      broker.publish('brokerage/bridge/nr-1/command', text);
    await pass(MINUTE_MS);
    assert.equal(asked, 4);
    broker.publish('brokerage/bridge/nr-1/command', ' Refresh\n');
    assert.equal(asked, 5);
  });

  it('asks those that are wired to it, and have said nothing, what they know', async () => {
    const told: string[] = [];
    const reader = (id: string, connectionId: string, wires: readonly string[]): Reader => ({
      id,
      connection: connectionId,
      wiredTo: () => new Set(wires),
      refresh: async () => assert.fail('nothing is to be fetched'),
      tellAgain: async (tell) => {
        told.push(id);
        tell(statusMessage('live'));
      },
    });
    readers = [
      reader('silent', 'c1', ['feed']),
      reader('foreign', 'c2', []),
      reader('spoke', 'c3', ['feed']),
    ];
    await start();
    await hear({ ...statusMessage('live'), connection: { key: 'c3', label: 'x' } });
    await pass(5_000);
    assert.deepEqual(told, ['silent']);
    await pass(60 * MINUTE_MS);
    assert.deepEqual(told, ['silent']);
  });

  it('sends everything again some seconds after Home Assistant has started, once', async () => {
    await start();
    await hear(balancesMessage(1), positionsMessage(['1']));
    await pass(2_000);
    const before = broker.log.length;
    broker.publish('homeassistant/status', 'offline');
    broker.publish('homeassistant/status', 'online');
    broker.publish('homeassistant/status', 'online');
    await pass(900);
    assert.equal(broker.log.length, before);
    await pass(10_000);
    assert.deepEqual(
      broker.log
        .slice(before)
        .map(({ topic }) => topic)
        .toSorted(),
      [...broker.retained.keys()].toSorted(),
    );
  });

  it('leaves nothing behind when it is deleted, also of an earlier run', async () => {
    await start();
    await hear(balancesMessage(1), positionsMessage(['1']), testMessage(null, T0));
    await pass(2_000);
    await stop();
    await start();
    await stop(true);
    assert.deepEqual([...broker.retained], []);
  });

  it('takes the devices away from Home Assistant when that is switched off', async () => {
    await start();
    await hear(balancesMessage(1), positionsMessage(['1']));
    await pass(2_000);
    await stop();
    await start({ homeAssistant: false });
    await hear(balancesMessage(1), positionsMessage(['1']));
    await pass(2_000);
    assert.deepEqual(
      [...broker.retained.keys()].filter((topic) => topic.startsWith('homeassistant')),
      [],
    );
    assert.ok(broker.retained.has('brokerage/main/positions/aapl_stock_usd'));
  });

  it('touches nothing below its prefix that is not its own', async () => {
    const foreign = [
      'brokerage/main/notes',
      'brokerage/other/summary',
      'brokerage/main/positions/a/b',
      'homeassistant/device/x/config',
    ];
    for (const topic of foreign) broker.retained.set(topic, 'not ours');
    await start();
    await hear(balancesMessage(1), positionsMessage([]));
    await pass(20 * MINUTE_MS);
    for (const topic of foreign) assert.equal(broker.retained.get(topic), 'not ours', topic);
  });

  it('takes no list of single changes for all there is, and says that it should get everything', async () => {
    await start();
    broker.retained.set('brokerage/main/positions/of_the_last_run', 'x');
    const { payload, ...change } = positionsMessage(['1']);
    await hear({
      ...change,
      payload: payload[0],
      changes: [{ change: 'opened', eventId: 'e', before: null, after: payload[0] }],
    });
    broker.cut();
    await pass(2 * MINUTE_MS);
    assert.equal(broker.retained.get('brokerage/main/positions/of_the_last_run'), 'x');
    assert.equal(desk.words.filter((word) => /sends single changes/.test(word)).length, 1);
  });

  it('ignores the list that an alert node answers with', async () => {
    await start();
    await feed?.take({ topic: 'No alert goes on', payload: '', alerts: [], at: iso });
  });
});
