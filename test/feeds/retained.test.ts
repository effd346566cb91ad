import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Leaf } from '../../src/feeds/leaf.js';
import { Retained } from '../../src/feeds/retained.js';

const TOPICS = ['a', 'b', 'c', 'd', 'e'] as const;
const MINUTE_MS = 60_000;

function leaf(news: string, more: Partial<Leaf> = {}): Leaf {
  const at = more.at ?? 0;
  return { text: `${news}@${at}`, news, at, beats: false, ...more };
}

/** An MQTT broker with nothing but retained topics. */
class Shelf {
  readonly topics = new Map<string, string>();
  readonly log: string[] = [];

  put(topic: string, text: string): void {
    this.log.push(`${topic}=${text}`);
    if (text === '') this.topics.delete(topic);
    else this.topics.set(topic, text);
  }
}

/** Sends all that is due. */
function settle(retained: Retained, shelf: Shelf): void {
  for (let next = retained.next(); next !== null; next = retained.next()) {
    shelf.put(next.topic, next.text);
    retained.delivered(next.topic);
  }
}

const aTree = fc.dictionary(fc.constantFrom(...TOPICS), fc.constantFrom('1', '2', '3'), {
  noNullPrototype: true,
});
/** What may happen between two trees: nothing, an answer that is late, a lost connection, a broker that forgot or restored. */
const anEvent = fc.constantFrom('ack', 'ack', 'ack', 'send', 'cut', 'forgets', 'restores');

describe('retained topics', () => {
  it('hold what they are to hold after any sequence of trees, lost connections and brokers that forget', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(aTree, anEvent), { minLength: 1, maxLength: 40, size: 'max' }),
        (steps) => {
          const retained = new Retained();
          const shelf = new Shelf();
          let wanted: ReadonlyMap<string, Leaf> = new Map();
          const onTheWay: { readonly topic: string; readonly text: string }[] = [];
          let backup = new Map<string, string>();
          const reconnect = (): void => {
            onTheWay.length = 0;
            retained.interrupted();
            retained.again();
            for (const topic of shelf.topics.keys()) retained.found(topic);
          };
          for (const [tree, event] of steps) {
            wanted = new Map(Object.entries(tree).map(([topic, news]) => [topic, leaf(news)]));
            retained.want(wanted, () => true);
            const next = retained.next();
            if (next !== null) onTheWay.push(next);
            if (event === 'ack' || event === 'cut')
              // What was sent may have arrived although its acknowledgement did not.
              for (const { text, topic } of onTheWay.splice(0)) {
                shelf.put(topic, text);
                if (event === 'ack') retained.delivered(topic);
              }
            if (event === 'forgets') shelf.topics.clear();
            if (event === 'restores') for (const [topic, text] of backup) shelf.topics.set(topic, text);
            if (event === 'cut' || event === 'forgets' || event === 'restores') reconnect();
            backup = new Map(shelf.topics);
          }
          for (const { text, topic } of onTheWay) {
            shelf.put(topic, text);
            retained.delivered(topic);
          }
          settle(retained, shelf);
          assert.deepEqual(
            Object.fromEntries(shelf.topics),
            Object.fromEntries([...wanted].map(([topic, { text }]) => [topic, text])),
          );
          assert.ok(retained.isSettled);
        },
      ),
    );
  });

  it('are sent once while they stay the same, and emptied once', () => {
    fc.assert(
      fc.property(fc.array(aTree, { minLength: 1, maxLength: 30, size: 'max' }), (trees) => {
        const retained = new Retained();
        const shelf = new Shelf();
        for (const tree of trees) {
          const wanted = new Map(Object.entries(tree).map(([topic, news]) => [topic, leaf(news)]));
          for (let times = 0; times < 2; times++) {
            retained.want(wanted, () => true);
            settle(retained, shelf);
          }
        }
        const last = new Map<string, string>();
        for (const line of shelf.log) {
          const [topic = '', text = ''] = line.split('=');
          assert.notEqual(last.get(topic) ?? '', text, `sent again: ${line}`);
          last.set(topic, text);
        }
      }),
    );
  });

  it('are not emptied unless it is known that what they held is gone', () => {
    const retained = new Retained();
    const shelf = new Shelf();
    shelf.put('a', 'of the last run');
    retained.found('a');
    retained.want(new Map([['b', leaf('1')]]), () => false);
    settle(retained, shelf);
    assert.deepEqual([...shelf.topics.keys()], ['a', 'b']);
    retained.want(new Map([['b', leaf('1')]]), () => true);
    settle(retained, shelf);
    assert.deepEqual([...shelf.topics.keys()], ['b']);
  });

  it('get the newest value only, however many came while one was on its way', () => {
    const retained = new Retained();
    retained.want(new Map([['a', leaf('1')]]), () => true);
    assert.equal(retained.next()?.text, '1@0');
    for (const news of ['2', '3', '4']) {
      retained.want(new Map([['a', leaf(news)]]), () => true);
      assert.equal(retained.next(), null, 'two values of one topic are on their way');
    }
    retained.delivered('a');
    assert.equal(retained.next()?.text, '4@0');
    retained.delivered('a');
    assert.equal(retained.next(), null);
  });

  it('get their times alone once a minute, and only those that say when they were true', () => {
    const retained = new Retained();
    const sent: string[] = [];
    for (let minutes = 0; minutes <= 2; minutes += 0.5) {
      const at = minutes * MINUTE_MS;
      retained.want(
        new Map([
          ['slow', leaf('1', { at, beats: true })],
          ['still', leaf('1', { at })],
        ]),
        () => true,
      );
      for (let next = retained.next(); next !== null; next = retained.next()) {
        sent.push(next.text);
        retained.delivered(next.topic);
      }
    }
    assert.deepEqual(sent, ['1@0', '1@0', '1@60000', '1@120000']);
  });

  it('of an account are emptied before the one that says whose they are, also while an answer is late', () => {
    const retained = new Retained();
    const shelf = new Shelf();
    const [claim, ...others] = ['p/main/connection', 'p/main/summary', 'p/main/positions/x'];
    const wanted = new Map([claim ?? '', ...others].map((topic) => [topic, leaf('1')]));
    retained.want(wanted, () => true);
    settle(retained, shelf);
    retained.want(new Map([['p/rest/summary', leaf('1')]]), () => true);
    const underWay: string[] = [];
    for (let next = retained.next(); next !== null; next = retained.next()) underWay.push(next.topic);
    assert.deepEqual(underWay.toSorted(), ['p/main/positions/x', 'p/main/summary', 'p/rest/summary']);
    retained.delivered('p/main/summary');
    assert.equal(retained.next(), null);
    retained.delivered('p/main/positions/x');
    assert.deepEqual(retained.next(), { topic: claim, text: '', ending: null });
    assert.ok(!retained.isSettled);
  });

  it('that the broker refuses stay refused until they are tried again', () => {
    const retained = new Retained();
    retained.want(new Map([['a', leaf('1')]]), () => true);
    retained.refused(retained.next()?.topic ?? '');
    retained.want(new Map([['a', leaf('2')]]), () => true);
    assert.equal(retained.next(), null);
    assert.deepEqual([...retained.refusals], ['a']);
    retained.retryRefused();
    assert.equal(retained.next()?.text, '2@0');
  });
});
