import assert from 'node:assert/strict';
import type { Item } from '../../../src/alerts/schema/item.js';
import { digestMessage, messagesOf, type AlertMessage } from '../../../src/alerts/text/message.js';
import { lineOf } from '../../../src/alerts/text/words.js';
import { digest, T0 } from '../../support/builders.js';
import { item, stock } from './items.js';

const price = (symbol: string, given: Partial<Item> = {}): Item =>
  item({
    id: `id-${symbol}`,
    metric: 'marketPrice',
    unit: 'price',
    threshold: 90,
    value: 80,
    instrument: stock(symbol),
    ...given,
  });
const ended = { state: 'resolved', resolvedAt: T0 + 60_000 } as const;
const several = (...items: readonly Item[]): AlertMessage => {
  const [message, ...others] = messagesOf(items, digest);
  assert.ok(message);
  assert.deepEqual(others, []);
  return message;
};
/** A payload has no `<`. */
const inWords = (one: Item): string => lineOf(one).replace('< ', 'below ');
const iso = (at: number) => new Date(at).toISOString();

describe('a message', () => {
  it('is none where there is nothing to tell', () => {
    assert.deepEqual(messagesOf([], digest), []);
    assert.equal(digestMessage([], digest), null);
  });

  it('tells what has ended before what has begun, each in a message of its own', () => {
    const both = messagesOf([price('A'), price('B', ended)], digest);
    assert.deepEqual(
      both.map(({ alert, title }) => [alert.state, alert.id, title]),
      [
        ['resolved', 'id-B', 'Ended: price'],
        ['firing', 'id-A', 'Warning: price'],
      ],
    );
    assert.equal(both[0]?.alert.resolvedAt, iso(T0 + 60_000));
  });

  it('is urgent when something critical begins, and of little weight when all is information', () => {
    const priority = (...items: readonly Partial<Item>[]) =>
      messagesOf(
        items.map((given) => item(given)),
        digest,
      ).map((message) => message.priority);
    assert.deepEqual(priority({ severity: 'critical' }), ['high']);
    assert.deepEqual(priority({ severity: 'warning' }), ['normal']);
    assert.deepEqual(priority({ severity: 'info' }), ['low']);
    assert.deepEqual(priority({ severity: 'critical', ...ended }), ['normal']);
    assert.deepEqual(priority({ severity: 'info', ...ended }), ['low']);
    assert.deepEqual(priority({ severity: 'info' }, { severity: 'critical' }, { severity: 'warning' }), [
      'high',
    ]);
    // In the digest of a night an end does not make urgent what goes on.
    const night = [item({ severity: 'info' }), item({ severity: 'critical', ...ended })];
    assert.equal(digestMessage(night, digest)?.priority, 'low');
  });

  it('is titled by how grave it is', () => {
    const title = (given: Partial<Item>) => several(item({ name: 'Low', ...given })).title;
    assert.deepEqual(
      [title({ severity: 'info' }), title({ severity: 'critical' }), title(ended)],
      ['Info: Low', 'Critical: Low', 'Ended: Low'],
    );
  });

  it('of an event holds the words that it waits for, in one line each', () => {
    const event = item({ unit: 'event', metric: 'orderStatus', threshold: ['a\nb', 'c'], text: 'x' });
    assert.deepEqual(several(event).alert.threshold, ['a b', 'c']);
    assert.equal(several(event, { ...event, id: 'other' }).alert.threshold, null);
  });
});

describe('a message about several', () => {
  it('names three of them in its subject, counts the others, and lists them all in its text', () => {
    const [a, b, c] = [price('A'), price('B'), price('C')];
    const three = several(a, b, c);
    assert.equal(three.topic, 'IBKR main: 3 x price: A, B, C');
    assert.equal(three.title, 'Warning: price');
    assert.deepEqual(three.payload.split('\n'), [
      'IBKR main: 3 x price: A, B, C.',
      ...[a, b, c].map((one) => `- ${inWords(one)} Since 2026-11-24 15:00 UTC.`),
    ]);
    assert.equal(several(a, b, c, price('D'), price('E')).topic, 'IBKR main: 5 x price: A, B, C and 2 more');
    assert.equal(several(a, { ...a, id: 'again' }).topic, 'IBKR main: 2 x price: A');
    assert.equal(several(price('A', ended), price('B', ended)).topic, 'IBKR main: 2 x price: A, B, ended');
  });

  it('names connections where there is no instrument, and nothing where there is neither', () => {
    const [tws, schwab] = ['TWS', 'Schwab'].map((connection) => item({ connection, account: null }));
    assert.ok(tws && schwab);
    assert.equal(several(tws, schwab).topic, '2 x margin cushion: TWS, Schwab');
    assert.equal(several(item(), item({ id: 'b' })).topic, 'IBKR main: 2 x margin cushion');
    assert.equal(several(item(), price('A')).topic, 'IBKR main: 2 x margin cushion: A');
  });

  it('lists 25 of them, and counts the others', () => {
    const items = Array.from({ length: 27 }, (_, index) => price(`S${index}`));
    const lines = (count: number) => several(...items.slice(0, count)).payload.split('\n');
    assert.equal(lines(25).length, 26);
    assert.deepEqual(lines(25).slice(-1), [`- ${inWords(price('S24'))} Since 2026-11-24 15:00 UTC.`]);
    assert.equal(lines(27).length, 27);
    assert.deepEqual(lines(27).slice(-1), ['- and 2 more']);
    assert.equal(several(...items).alert.items?.length, 27);
  });

  it('holds what is the same in all of them, and null where they differ', () => {
    const [a, b] = [
      price('A', { startedAt: T0 + 5_000, asOf: T0 + 7_000, severity: 'critical' }),
      price('B', { startedAt: T0, asOf: T0 + 6_000, stale: true }),
    ];
    const { alert } = several(a, b);
    assert.match(alert.id, /^[0-9a-f]{16}$/);
    assert.deepEqual(
      { ...alert, id: '', items: alert.items?.map(({ id }) => id) },
      {
        id: '',
        ruleId: 'r1',
        state: 'firing',
        severity: 'critical',
        metric: 'marketPrice',
        value: null,
        threshold: 90,
        unit: 'price',
        account: { key: 'a', label: 'IBKR main' },
        instrument: null,
        startedAt: iso(T0),
        resolvedAt: null,
        asOf: iso(T0 + 6_000),
        stale: true,
        count: 2,
        items: ['id-A', 'id-B'],
      },
    );
    const other = { key: 'b', label: 'Other', currency: null };
    const mixed = several(
      item({ asOf: null }),
      price('B', { ruleId: 'r2', account: other, asOf: null }),
    ).alert;
    assert.deepEqual(
      [mixed.ruleId, mixed.metric, mixed.threshold, mixed.unit, mixed.account, mixed.asOf],
      ['digest', null, null, null, null, null],
    );
    assert.equal(several(item({ account: null }), item({ account: null })).alert.account, null);
  });

  it('has ended when the last of them has', () => {
    const { alert } = several(
      price('A', { ...ended, resolvedAt: T0 + 9_000 }),
      price('B', { ...ended, resolvedAt: T0 + 2_000 }),
    );
    assert.deepEqual([alert.state, alert.resolvedAt], ['resolved', iso(T0 + 9_000)]);
  });

  it('has an id of its own for each set of alerts and what became of them', () => {
    const ids = [
      several(price('A'), price('B')),
      several(price('A'), price('C')),
      several(price('A'), price('B'), price('C')),
      several(price('A', ended), price('B', ended)),
    ].map(({ alert }) => alert.id);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(several(price('A', { value: 1 }), price('B')).alert.id, ids[0]);
    assert.equal(
      messagesOf([price('A'), price('B')], (text) => digest(text).repeat(4))[0]?.alert.id.length,
      16,
    );
  });
});

describe('the digest of a night', () => {
  it('counts what goes on and what has ended, and lists both', () => {
    const night = digestMessage([price('A'), price('B', ended), price('C', ended)], digest);
    assert.equal(night?.topic, 'Overnight: 1 to look at, 2 ended');
    assert.equal(night.title, night.topic);
    assert.equal(night.payload.split('\n')[0], `${night.topic}.`);
    assert.deepEqual([night.alert.state, night.alert.resolvedAt, night.alert.count], ['firing', null, 3]);
    const quiet = digestMessage([price('B', ended), price('C', ended)], digest);
    assert.equal(quiet?.topic, 'Overnight: 0 to look at, 2 ended');
    assert.equal(quiet.alert.state, 'resolved');
  });

  it('is the alert itself where there is one', () => {
    const one = price('A');
    assert.deepEqual(digestMessage([one], digest), messagesOf([one], digest)[0]);
  });
});
