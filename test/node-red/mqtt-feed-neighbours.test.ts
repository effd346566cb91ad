import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { T0 } from '../support/builders.js';
import { FakeClock } from '../support/clocks.js';
import { turns } from '../support/feed-desk.js';
import { FeedInstallation, shownIn, type Held } from '../support/feed-installation.js';
import { MemoryMqtt } from '../support/memory-mqtt.js';
import { payloadOf } from '../support/mqtt-ear.js';

const MINUTE_MS = 60_000;
/** More of them with `FEED_RUNS=2000`. */
const RUNS = Number(process.env['FEED_RUNS'] ?? 12);
const held = (value: number, ...symbols: readonly string[]): Held => ({ value, symbols });

describe('mqtt feeds of several installations at one MQTT broker', () => {
  let clock = new FakeClock(T0);
  let mqtt = new MemoryMqtt();
  let all: FeedInstallation[] = [];

  const begin = (): void => {
    clock = new FakeClock(T0);
    mqtt = new MemoryMqtt();
    all = [];
  };
  const statusOf = (instance: string): string => `brokerage/bridge/${instance}/status`;
  const installation = (instance: string, ledger: Readonly<Record<string, Held>>, salt = '') => {
    const open = mqtt.openWith({ topic: statusOf(instance), text: 'offline' });
    const one = new FeedInstallation(instance, {
      salt: salt === '' ? instance.slice(-1) : salt,
      clock,
      open,
    });
    for (const [label, what] of Object.entries(ledger)) one.ledger.set(label, what);
    all.push(one);
    return one;
  };
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= MINUTE_MS / 2) {
      clock.advance(Math.min(left, MINUTE_MS / 2));
      await turns();
    }
  };
  const start = async (...which: readonly FeedInstallation[]): Promise<void> => {
    for (const one of which) {
      one.start();
      await turns();
      await one.tell();
      await turns();
    }
  };
  const stop = async (one: FeedInstallation, how?: 'stopped' | 'deleted'): Promise<void> => {
    const stopping = one.stop(how);
    await turns();
    clock.advance(3_000);
    await stopping;
    await turns();
  };
  /** As a machine dies: the line is cut, and the last will is all that is said. */
  const kill = async (one: FeedInstallation): Promise<void> => {
    mqtt.cut({ topic: statusOf(one.instance), text: 'offline' });
    await stop(one);
  };
  const shown = () => shownIn(mqtt.retained).toSorted((a, b) => a.level.localeCompare(b.level));
  /** What every account of those that run is to show, but for its level. */
  const ledgers = () =>
    all
      .filter(({ isRunning }) => isRunning)
      .flatMap(({ instance, ledger }) =>
        [...ledger].map(([label, { symbols, value }]) =>
          [instance, label, value, symbols.toSorted().join()].join(' '),
        ),
      )
      .toSorted();
  const standsAsTold = (): void =>
    assert.deepEqual(
      shown()
        .map(({ instances, label, symbols, value }) => [instances, label, value, symbols].join(' '))
        .toSorted(),
      ledgers(),
    );
  const end = async (): Promise<void> => {
    for (const one of all) await stop(one);
    assert.equal(mqtt.connections, 0);
    assert.equal(clock.pending, 0, 'a timer is left');
  };

  beforeEach(begin);
  afterEach(end);

  it('leave each other’s accounts alone, in whatever order they start, stop, and are deleted', async () => {
    const a = installation('nr-a', { One: held(1, 'X', 'Y'), Two: held(2) });
    const b = installation('nr-b', { Three: held(3, 'X') });
    for (const order of [
      [a, b],
      [b, a],
    ]) {
      await start(...order);
      await pass(2 * MINUTE_MS);
      standsAsTold();
      b.ledger.set('Three', held(4, 'Z'));
      await b.tell();
      mqtt.cut();
      await pass(2 * MINUTE_MS);
      standsAsTold();
      for (const one of order) await stop(one);
    }
    await start(a, b);
    const before = new Map([...mqtt.retained].filter(([topic]) => /three|nr-b/.test(topic)));
    await stop(a, 'deleted');
    assert.deepEqual(
      [...mqtt.retained].filter(([topic]) => !topic.includes('homeassistant/device')),
      [...before].filter(([topic]) => !topic.includes('homeassistant/device')),
    );
  });

  it('give one label two names, the plain one to who was first, say so, and stay with it', async () => {
    const a = installation('nr-a', { Main: held(1, 'X') });
    const b = installation('nr-b', { Main: held(2, 'Y') });
    await start(b, a);
    await pass(3 * MINUTE_MS);
    standsAsTold();
    const names = (): string =>
      shown()
        .map(({ instances, level }) => `${instances} ${level}`)
        .join();
    assert.equal(names(), `nr-b main,nr-a main-${a.keyOf('Main').slice(0, 4)}`);
    assert.equal(a.desk.status, 'connected, 1 account, 1 label also used by another feed');
    assert.equal(b.desk.status, 'connected, 1 account');
    assert.match(
      a.desk.words.join('\n'),
      /^Another Node-RED or mqtt feed \(nr-b\) publishes an account at brokerage\/main\/, so Main goes to brokerage\/main-/,
    );
    assert.equal(payloadOf(mqtt.retained.get('brokerage/bridge/nr-a/info'))['names_taken'], 1);
    const before = names();
    for (const [first, then, ending] of [
      [b, a, kill],
      [a, b, kill],
      [b, a, stop],
    ] as const) {
      await ending(first);
      await pass(3 * MINUTE_MS);
      await ending(then);
      await start(then, first);
      await pass(3 * MINUTE_MS);
      assert.equal(names(), before);
      standsAsTold();
    }
    assert.equal(a.desk.words.filter((word) => /Another Node-RED/.test(word)).length, 1);
  });

  it('let the elder have a name that both have taken at once, and clear away what the other has put there', async () => {
    for (const isLazy of [false, true]) {
      begin();
      mqtt.isLazy = isLazy;
      const a = installation('nr-a', { Main: held(1, 'X') });
      const b = installation('nr-b', { Main: held(2, 'Y', 'Z') });
      b.start();
      clock.advance(5);
      a.start();
      await a.tell();
      await b.tell();
      await turns();
      // Well before figures are sent again because of the time.
      await pass(10_000);
      standsAsTold();
      assert.equal(shown().length, 2);
      const before = shown().map(({ instances, level }) => `${instances} ${level}`);
      mqtt.cut();
      await pass(10 * MINUTE_MS);
      assert.deepEqual(
        shown().map(({ instances, level }) => `${instances} ${level}`),
        before,
      );
      standsAsTold();
      await end();
    }
  });

  it('put their own back at once where a younger one has written, and clear away what it has left', async () => {
    const a = installation('nr-a', { Main: held(1, 'X') });
    await start(a);
    const written = (topic: string): unknown =>
      payloadOf(mqtt.retained.get(`brokerage/main/${topic}`))['instance'];
    const foreign = (since: number) => ({
      account: 'main',
      instance: 'nr-z',
      device: 'brokerage_z',
      name_since: new Date(since).toISOString(),
      ts_ms: since,
    });
    const write = (topic: string, since: number): void =>
      mqtt.take({ topic: `brokerage/main/${topic}`, text: JSON.stringify(foreign(since)), retain: true });
    write('positions/zz', T0 + 1);
    write('summary', T0 + 1);
    write('connection', T0 + 1);
    await turns();
    assert.equal(written('connection'), 'nr-a');
    await pass(10_000);
    assert.equal(written('summary'), 'nr-a');
    assert.ok(!mqtt.retained.has('brokerage/main/positions/zz'));
    write('connection', T0 - 1);
    write('summary', T0 - 1);
    await pass(10_000);
    assert.deepEqual([written('connection'), written('summary')], ['nr-z', 'nr-z']);
    assert.deepEqual(
      shown().map(({ level }) => level),
      ['main', `main-${a.keyOf('Main').slice(0, 4)}`],
    );
    // What it had there itself, and has not been written over, is its elder's to clear away.
    assert.ok(mqtt.retained.has('brokerage/main/positions/x_stock_usd'));
  });

  it('let an account move from one to the other, and give it its name back', async () => {
    const a = installation('nr-a', { Main: held(1, 'X', 'Y'), Rest: held(5) });
    const b = installation('nr-b', { Other: held(9) });
    await start(a, b);
    await pass(MINUTE_MS);
    b.ledger.set('Main', held(1, 'X', 'Z'));
    await b.tell();
    await pass(MINUTE_MS);
    a.ledger.delete('Main');
    // Whoever tells of it has gone with a restart.
    await stop(a);
    await start(a);
    for (let minutes = 0; minutes < 20; minutes++) {
      await a.tell();
      await b.tell();
      await pass(MINUTE_MS);
    }
    standsAsTold();
    assert.deepEqual(
      shown().map(({ instances, level }) => `${instances} ${level}`),
      ['nr-b main', 'nr-b other', 'nr-a rest'],
    );
    assert.match(b.desk.words.join('\n'), /brokerage\/main\/ is free: the account Main moves there/);
  });

  it('take the place of an installation that is gone at once, without its positions', async () => {
    const old = installation('nr-a', { Main: held(1, 'X', 'Y') });
    await start(old);
    await kill(old);
    const fresh = installation('nr-b', { Main: held(3, 'Y', 'Z') });
    await start(fresh);
    await pass(2 * MINUTE_MS);
    assert.deepEqual(
      shown().map(({ instances, level, symbols }) => `${instances} ${level} ${symbols}`),
      ['nr-b main Y,Z'],
    );
    // It was only away: who was there first gets the name back.
    await start(old);
    await pass(2 * MINUTE_MS);
    standsAsTold();
    assert.equal(shown()[0]?.instances, 'nr-a');
  });

  it('do not clear away at a name that was theirs what another one has there now', async () => {
    const a = installation('nr-a', { Main: held(1, 'X') });
    const b = installation('nr-b', { Main: held(2, 'Y') });
    await start(a);
    const told = a.ledger.get('Main');
    assert.ok(told !== undefined);
    await stop(a, 'deleted');
    await start(b);
    await stop(b);
    await start(a);
    await pass(2 * MINUTE_MS);
    await stop(a);
    await start(b);
    await pass(20 * MINUTE_MS);
    await start(a);
    await pass(2 * MINUTE_MS);
    standsAsTold();
  });

  it('do not clear away what says that it is another one’s, where they may not read who has which name', async () => {
    const a = installation('nr-a', { Main: held(1, 'X') });
    await start(a);
    a.ledger.clear();
    a.ledger.set('Other', held(1, 'X'));
    a.formerLabels.set('Other', 'Main');
    await a.tell();
    await pass(MINUTE_MS);
    await stop(a);
    const b = installation('nr-b', { Main: held(2, 'Y') });
    await start(b);
    mqtt.refuses = (topic) => topic === 'brokerage/+/connection';
    await start(a);
    await pass(2 * MINUTE_MS);
    mqtt.refuses = () => false;
    assert.deepEqual(
      shown().map(({ instances, level, symbols }) => `${instances} ${level} ${symbols}`),
      ['nr-b main Y', 'nr-a other X'],
    );
  });

  it('of one installation tell Home Assistant of an account once, and the second one goes on where the first is deleted', async () => {
    const first = installation('nr-a', { Main: held(1, 'X') }, '7');
    const second = installation('nr-b', { Main: held(1, 'X') }, '7');
    const document = `homeassistant/device/brokerage_${first.keyOf('Main')}/config`;
    await start(first, second);
    await pass(2 * MINUTE_MS);
    standsAsTold();
    assert.match(mqtt.retained.get(document) ?? '', /bridge\/nr-a\/status/);
    await stop(second);
    await start(second);
    await pass(2 * MINUTE_MS);
    assert.match(mqtt.retained.get(document) ?? '', /bridge\/nr-a\/status/);
    await stop(second, 'deleted');
    await start(second);
    await pass(2 * MINUTE_MS);
    assert.match(mqtt.retained.get(document) ?? '', /bridge\/nr-a\/status/);
    await stop(first, 'deleted');
    await pass(2 * MINUTE_MS);
    assert.match(mqtt.retained.get(document) ?? '', /bridge\/nr-b\/status/);
    standsAsTold();
    assert.deepEqual(
      shown().map(({ level }) => level),
      ['main'],
    );
    await stop(second, 'deleted');
    assert.deepEqual([...mqtt.retained.keys()], []);
  });

  it('show every account of each of them once, and with its own figures, whatever has happened', async () => {
    const [who, label] = [fc.nat(2), fc.constantFrom('Main', 'main', 'Rest')];
    const anEvent = fc.oneof(
      fc.record({ do: fc.constantFrom('start', 'stop', 'kill', 'delete', 'cut'), who }),
      fc.record({ do: fc.constantFrom('forget', 'all', 'beat', 'long'), who: fc.constant(0) }),
      fc.record({
        do: fc.constant('hold'),
        who,
        label,
        symbols: fc.uniqueArray(fc.constantFrom('X', 'Y', 'Z')),
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anEvent, { maxLength: 14, size: 'max' }),
        fc.boolean(),
        async (events, isLazy) => {
          begin();
          mqtt.isLazy = isLazy;
          for (const name of ['nr-a', 'nr-b', 'nr-c']) installation(name, { Main: held(name.length) });
          let value = 10;
          for (const event of events) {
            const one = all[event.who];
            assert.ok(one !== undefined);
            if ('label' in event) one.ledger.set(event.label, held((value += 1), ...event.symbols));
            switch (event.do) {
              case 'start':
                await start(one);
                break;
              case 'stop':
                await stop(one);
                break;
              case 'delete':
                if (one.isRunning) await stop(one, 'deleted');
                break;
              case 'kill':
                await kill(one);
                break;
              case 'cut':
                mqtt.cut({ topic: statusOf(one.instance), text: 'offline' });
                await turns();
                break;
              case 'forget':
                mqtt.retained.clear();
                mqtt.cut();
                await turns();
                break;
              case 'all':
                for (const each of all) await start(each);
                break;
              case 'beat':
                await pass(MINUTE_MS);
                break;
              case 'long':
                await pass(5 * MINUTE_MS);
                break;
              case 'hold':
                await one.tell();
                await turns();
            }
          }
          for (const one of all) await start(one);
          await pass(5 * MINUTE_MS);
          for (const one of all) await one.tell();
          await pass(MINUTE_MS);
          standsAsTold();
          const before = shown();
          mqtt.log.splice(0);
          await pass(5 * MINUTE_MS);
          assert.deepEqual(shown(), before);
          const emptied = mqtt.log.filter(({ text }) => text === '');
          assert.deepEqual(emptied, [], 'somebody still clears away');
          await end();
        },
      ),
      { numRuns: RUNS },
    );
  });
});
