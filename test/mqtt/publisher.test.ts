import assert from 'node:assert/strict';
import type { Leaf } from '../../src/feeds/leaf.js';
import type { Waiting } from '../../src/feeds/outbox.js';
import { Publisher, type PublisherOptions } from '../../src/mqtt/publisher.js';
import { FakeClock, eventually } from '../support/clocks.js';
import { MemoryMqtt } from '../support/memory-mqtt.js';

const STATUS = 'brokerage/bridge/i/status';

function tree(values: Readonly<Record<string, string>>): ReadonlyMap<string, Leaf> {
  return new Map(
    Object.entries(values).map(([topic, text]) => [topic, { text, news: text, at: 0, beats: false }]),
  );
}

function alert(number: number): Waiting {
  return { number, topic: 'alerts', text: `alert ${number}`, severity: 'warning' };
}

/** What is due in this turn of the event loop, and what follows from it. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a publisher', () => {
  let clock = new FakeClock();
  let broker = new MemoryMqtt();
  let publisher: Publisher;
  let said: string[] = [];
  let acknowledged: number[] = [];

  const make = (more: Partial<PublisherOptions> = {}): Publisher =>
    new Publisher({
      open: broker.open,
      clock,
      chance: () => 0.5,
      listen: ['homeassistant/status'],
      readBack: () => [],
      onReceived: () => undefined,
      onStanding: (standing) => said.push(standing.kind === 'down' ? standing.error.message : standing.kind),
      onDelivered: () => undefined,
      onAlertDelivered: (number) => acknowledged.push(number),
      onRefused: (error) => said.push(error.message),
      warn: (message) => said.push(message),
      ...more,
    });

  beforeEach(() => {
    clock = new FakeClock();
    broker = new MemoryMqtt();
    said = [];
    acknowledged = [];
    publisher = make();
  });
  afterEach(async () => {
    await publisher.close([]);
    assert.equal(broker.connections, 0);
    assert.equal(clock.pending, 0, 'a timer is left');
  });

  it('keeps trying while nobody is there, and then sends the newest values, and only these', async () => {
    broker.isDown = true;
    publisher.start();
    for (let hour = 0; hour < 60; hour++) {
      publisher.want(tree({ [STATUS]: 'online', value: String(hour) }), () => true);
      await turns();
      clock.advance(60_000);
    }
    assert.ok(broker.attempts >= 60, `${broker.attempts} attempts in an hour`);
    broker.isDown = false;
    clock.advance(60_000);
    await turns();
    assert.deepEqual(
      broker.log.map(({ text, topic }) => `${topic} ${text}`),
      [`${STATUS} online`, 'value 59'],
    );
  });

  it('sends everything again to a broker that has forgotten, and takes back what it has restored', async () => {
    publisher = make({ readBack: () => ['brokerage/main/#'] });
    publisher.start();
    publisher.want(
      tree({ [STATUS]: 'online', 'brokerage/main/summary': '1', 'brokerage/main/positions/a': '1' }),
      () => true,
    );
    await turns();
    publisher.want(tree({ [STATUS]: 'online', 'brokerage/main/summary': '1' }), () => true);
    await turns();
    assert.deepEqual(broker.on('brokerage/main/positions/a'), ['1', '']);
    broker.retained.clear();
    broker.retained.set('brokerage/main/positions/a', 'of an old backup');
    publisher.retained.found('brokerage/main/positions/a');
    broker.cut();
    await turns();
    clock.advance(60_000);
    await turns();
    assert.deepEqual(Object.fromEntries(broker.retained), {
      [STATUS]: 'online',
      'brokerage/main/summary': '1',
    });
  });

  it('makes another connection when the broker acknowledges nothing any more, and sends what was not', async () => {
    publisher.start();
    publisher.want(tree({ [STATUS]: 'online' }), () => true);
    await turns();
    broker.isMute = true;
    publisher.offer([alert(1), alert(2)]);
    await turns();
    assert.deepEqual(acknowledged, []);
    broker.isMute = false;
    clock.advance(30_000);
    await turns();
    assert.match(said.at(-1) ?? '', /has not acknowledged alerts for 30 s/);
    clock.advance(60_000);
    await turns();
    assert.deepEqual(acknowledged, [1, 2]);
    assert.deepEqual(broker.on('alerts'), ['alert 1', 'alert 2', 'alert 1', 'alert 2']);
    assert.equal(broker.attempts, 2);
  });

  it('waits for an answer to its connecting without end, and closes all the same', async () => {
    broker.answers = false;
    publisher.start();
    await turns();
    assert.deepEqual(said, ['connecting']);
  });

  it('sends alerts after the states of a new connection, and before those of later news', async () => {
    broker.isDown = true;
    publisher.start();
    publisher.want(tree({ [STATUS]: 'online', a: '1' }), () => true);
    publisher.offer([alert(1)]);
    await turns();
    broker.isDown = false;
    clock.advance(60_000);
    await turns();
    assert.deepEqual(
      broker.log.map(({ topic }) => topic),
      [STATUS, 'a', 'alerts'],
    );
    assert.deepEqual(
      broker.log.map(({ retain }) => retain),
      [true, true, false],
    );
  });

  it('goes on with other topics when one is refused, says so, and tries that one again after a while', async () => {
    broker.refuses = (topic) => topic === 'forbidden' || topic === 'alerts';
    publisher.start();
    publisher.want(tree({ forbidden: '1', allowed: '1' }), () => true);
    publisher.offer([alert(1)]);
    await turns();
    assert.deepEqual(
      broker.log.map(({ topic }) => topic),
      ['allowed'],
    );
    assert.deepEqual(said.slice(2), [
      'memory refuses the topic forbidden.',
      'memory refuses the topic alerts.',
    ]);
    broker.refuses = () => false;
    clock.advance(5 * 60_000);
    await turns();
    assert.deepEqual(
      broker.log.map(({ topic }) => topic),
      ['allowed', 'alerts', 'forbidden'],
    );
    assert.deepEqual(acknowledged, [1]);
  });

  it('says goodbye with what it was given, and waits two seconds for that at most', async () => {
    publisher.start();
    await turns();
    broker.isMute = true;
    const closing = publisher.close([{ topic: STATUS, text: 'offline' }]);
    await turns();
    clock.advance(2_000);
    await closing;
    assert.equal(broker.retained.get(STATUS), 'offline');
  });

  it('has no more messages under way than the MQTT broker takes', async () => {
    broker.isMute = true;
    publisher.start();
    publisher.want(
      tree(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`t${index}`, '1']))),
      () => true,
    );
    await eventually(() => broker.log.length > 0);
    await turns();
    assert.equal(broker.log.length, 20);
  });
});
