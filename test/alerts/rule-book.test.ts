import assert from 'node:assert/strict';
import { ruleBook } from '../../src/alerts/index.js';
import { markOf, meansAccount, meansInstrument, rulesForPosition } from '../../src/alerts/rule-book.js';
import { instrument } from '../support/builders.js';
import { rulesOf, sampledAccount } from './support.js';

const scoped = (scope: Readonly<Record<string, string>>, given: Readonly<Record<string, unknown>> = {}) => {
  const [rule] = rulesOf({ metric: 'marketPrice', operator: '<', threshold: 1, scope, ...given });
  assert.ok(rule);
  return rule;
};

describe('the scope of a rule', () => {
  it('is an account by its key, its label, or the last characters that stand for one', () => {
    const means = (account: string, label: string) =>
      meansAccount(scoped({ account }), sampledAccount({ key: 'a1b2', label }));
    assert.equal(means('', 'Main'), true);
    assert.equal(means('a1b2', 'Main'), true);
    assert.equal(means('MAIN', 'Main'), true);
    assert.equal(means('4567', '…4567'), true);
    assert.equal(means('…4567', '…4567'), true);
    assert.equal(means('4567', 'Main'), false);
    assert.equal(means('ain', 'Main'), false);
    assert.equal(means('Main 2', 'Main'), false);
    assert.equal(means('4567', '4…567'), false);
  });

  it('is an instrument by its symbol, its class, or both', () => {
    const means = (scope: Readonly<Record<string, string>>) =>
      meansInstrument(scoped(scope), instrument({ symbol: 'AAPL  261127C00090000', assetClass: 'option' }));
    assert.equal(means({}), true);
    assert.equal(means({ assetClass: 'option' }), true);
    assert.equal(means({ assetClass: 'stock' }), false);
    assert.equal(means({ symbol: ' aapl 261127c00090000 ' }), true);
    assert.equal(means({ symbol: 'AAPL' }), false);
    assert.equal(means({ symbol: 'AAPL 261127C00090000', assetClass: 'option' }), true);
    assert.equal(means({ symbol: 'AAPL 261127C00090000', assetClass: 'stock' }), false);
  });
});

describe('a book of rules', () => {
  it('holds those that are on, critical ones first, where they are looked for', () => {
    const price = { metric: 'marketPrice', operator: '<', threshold: 1 };
    const book = ruleBook(
      rulesOf(
        { ...price, id: 'info', severity: 'info' },
        { ...price, id: 'off', enabled: false },
        { ...price, id: 'own', scope: { symbol: 'aapl' } },
        { ...price, id: 'critical', severity: 'critical' },
        { id: 'cash', metric: 'totalCash', operator: '<', threshold: 0 },
        { id: 'edge', metric: 'totalCash', operator: 'crosses', threshold: 0 },
        { id: 'order', metric: 'orderAgeSeconds', operator: '>', threshold: 60 },
        { id: 'lost', metric: 'connectionDownSeconds', operator: '>', threshold: 60 },
        { id: 'fill', metric: 'execution', operator: 'event' },
      ),
    );
    const ids = (rules: readonly { readonly id: string }[] | undefined) => rules?.map(({ id }) => id);
    assert.deepEqual(
      [...book.all.keys()],
      ['critical', 'own', 'cash', 'edge', 'order', 'lost', 'fill', 'info'],
    );
    assert.deepEqual(ids(book.numbers), ['critical', 'own', 'cash', 'edge', 'order', 'lost', 'info']);
    assert.deepEqual([book.of.account, book.of.position, book.of.order, book.of.connection].map(ids), [
      ['cash', 'edge'],
      ['critical', 'info'],
      ['order'],
      ['lost'],
    ]);
    assert.deepEqual(ids(book.byMetric.get('marketPrice')), ['critical', 'own', 'info']);
    assert.deepEqual(ids(book.events.get('execution')), ['fill']);
    assert.equal(book.events.get('activity'), undefined);
    assert.deepEqual(ids(rulesForPosition(book, instrument())), ['critical', 'own', 'info']);
    assert.deepEqual(ids(rulesForPosition(book, instrument({ symbol: 'MSFT' }))), ['critical', 'info']);
    assert.deepEqual([...book.marks.keys()], [...book.all.keys()]);
    const only = ruleBook(rulesOf({ ...price, id: 'own', scope: { symbol: 'AAPL' } }));
    assert.deepEqual(ids(rulesForPosition(only, instrument())), ['own']);
    assert.deepEqual(ids(rulesForPosition(only, instrument({ symbol: 'MSFT' }))), []);
  });

  it('knows whether positions are to be looked at though none of them has moved', () => {
    const needs = (raw: Readonly<Record<string, unknown>>) =>
      ruleBook(rulesOf({ operator: '<', threshold: 1, ...raw })).needsSweep;
    assert.equal(needs({ metric: 'marketPrice' }), false);
    assert.equal(needs({ metric: 'marketPrice', marketHoursOnly: true }), true);
    assert.equal(needs({ metric: 'positionPercent' }), true);
    assert.equal(needs({ metric: 'totalCash', marketHoursOnly: true }), false);
  });
});

describe('a rule that is edited', () => {
  const level = { metric: 'marketPrice', operator: '<', threshold: 10 };
  const print = (raw: Readonly<Record<string, unknown>>) => {
    const [rule] = rulesOf(raw);
    assert.ok(rule);
    return markOf(rule).fingerprint;
  };

  it('begins anew when it means something else', () => {
    const changes = [
      {},
      { metric: 'quantity' },
      { operator: '<=' },
      { threshold: 11 },
      { scope: { account: 'Main' } },
      { scope: { symbol: 'Main' } },
      { scope: { assetClass: 'Main' } },
      { forSeconds: 60 },
      { clearAt: 11 },
      { keepFiringSeconds: 60 },
      { operator: 'crosses' },
      { operator: 'crosses', clearAt: 15 },
      { metric: 'quantity', operator: 'event', threshold: [] },
      { metric: 'quantity', operator: 'event', threshold: ['a'] },
    ].map((change) => print({ ...level, ...change }));
    assert.equal(new Set(changes).size, changes.length);
  });

  it('goes on when only its words, its weight or its pace change', () => {
    for (const change of [
      { name: 'Other' },
      { template: 'Other' },
      { severity: 'critical' },
      { cooldownSeconds: 5 },
      { repeatSeconds: 5 },
      { resolveMessage: false },
      { marketHoursOnly: true },
      { noData: { alertAfterSeconds: 5 } },
    ])
      assert.equal(print({ ...level, ...change }), print(level), JSON.stringify(change));
  });

  it('is remembered with what is to be said of it when it is gone', () => {
    const mark = (raw: Readonly<Record<string, unknown>>) => {
      const [rule] = rulesOf({ name: 'N', template: 'T', severity: 'info', ...raw });
      assert.ok(rule);
      const { fingerprint, ...rest } = markOf(rule);
      assert.notEqual(fingerprint, '');
      return rest;
    };
    const common = { ruleId: 'r1', name: 'N', severity: 'info', template: 'T' };
    assert.deepEqual(mark(level), {
      ...common,
      metric: 'marketPrice',
      operator: '<',
      threshold: 10,
      unit: 'price',
      resolveMessage: true,
    });
    assert.equal(mark({ ...level, resolveMessage: false }).resolveMessage, false);
    assert.equal(mark({ ...level, operator: 'crosses' }).resolveMessage, false);
    assert.deepEqual(mark({ metric: 'execution', operator: 'event', threshold: ['buy'] }), {
      ...common,
      metric: 'execution',
      operator: 'event',
      threshold: ['buy'],
      unit: 'event',
      resolveMessage: false,
    });
  });
});
