import assert from 'node:assert/strict';
import type { Item } from '../../../src/alerts/schema/item.js';
import { lineOf, textOf, titleOf } from '../../../src/alerts/text/words.js';
import { T0 } from '../../support/builders.js';
import { item, stock } from './items.js';

const ended = { state: 'resolved', resolvedAt: T0 + 90 * 60_000, value: 0.06 } as const;
const line = (given: Partial<Item> = {}) => lineOf(item(given));

describe('one alert in one line', () => {
  it('says where, what, how much and how much is allowed', () => {
    assert.equal(line(), 'IBKR main: margin cushion 4.2 % (< 5 %)');
    assert.equal(
      line({
        metric: 'dayChangePercent',
        unit: 'percent',
        operator: 'outside',
        threshold: 7,
        value: -8,
        instrument: stock('ADS'),
      }),
      "IBKR main ADS: day's move -8 % (beyond ±7 %)",
    );
    assert.equal(line({ value: null }), 'IBKR main: margin cushion unknown (< 5 %)');
  });

  it('says the connection where there is no account, and nothing where there is neither', () => {
    const down = {
      metric: 'connectionDownSeconds',
      unit: 'seconds',
      operator: '>',
      threshold: 300,
      value: 600,
    } as const;
    assert.equal(
      line({ ...down, account: null, connection: 'TWS' }),
      'TWS: time without connection 10 minutes (> 5 minutes)',
    );
    assert.equal(line({ ...down, account: null }), 'time without connection 10 minutes (> 5 minutes)');
  });

  it('says prices in the currency of the instrument, and other money in that of the account', () => {
    const price = { metric: 'marketPrice', unit: 'price', threshold: 90, value: 85.5 } as const;
    assert.equal(line({ ...price, instrument: stock('ADS') }), 'IBKR main ADS: price 85.5 EUR (< 90 EUR)');
    assert.equal(line(price), 'IBKR main: price 85.5 (< 90)');
    const cash = { metric: 'totalCash', unit: 'money', threshold: 0, value: -5 } as const;
    assert.equal(line({ ...cash, instrument: stock('ADS') }), 'IBKR main ADS: cash -USD 5.00 (< USD 0.00)');
    assert.equal(line({ ...cash, account: null }), 'cash -5 (< 0)');
  });

  it('says that an alert goes on, has ended, and why', () => {
    assert.equal(line({ reason: 'repeat' }), 'IBKR main: margin cushion 4.2 % (< 5 %), still');
    const end = (reason: Item['reason'], given: Partial<Item> = {}) => line({ ...ended, ...given, reason });
    assert.equal(end(null), 'IBKR main: margin cushion 6 % (was < 5 %), ended');
    assert.equal(end('repeat'), 'IBKR main: margin cushion 6 % (was < 5 %), ended');
    assert.equal(end('gone'), 'IBKR main: margin cushion, ended: it is no longer there');
    assert.equal(
      end('rule-changed'),
      'IBKR main: margin cushion 6 % (was < 5 %), ended: its rule was changed',
    );
    assert.equal(
      end('rule-removed'),
      'IBKR main: margin cushion 6 % (was < 5 %), ended: its rule was removed or switched off',
    );
    const flag = { metric: 'isMarginCall', unit: 'flag', operator: '>', threshold: 0 } as const;
    assert.equal(line({ ...flag, value: 1 }), 'IBKR main: margin call: yes');
    assert.equal(end(null, { ...flag, value: 0 }), 'IBKR main: margin call: no, ended');
  });

  it('says that figures are missing, and that they are back', () => {
    assert.equal(line({ reason: 'no-data', value: null }), 'IBKR main: no data for margin cushion');
    assert.equal(line({ ...ended, reason: 'no-data' }), 'IBKR main: data for margin cushion are back');
  });

  it('says what happened', () => {
    const crossed = {
      metric: 'marketPrice',
      unit: 'price',
      threshold: 90,
      value: 91,
      text: 'rose to or above',
    } as const;
    assert.equal(
      line({ ...crossed, instrument: stock('ADS') }),
      'IBKR main ADS: price rose to or above 90 EUR, now 91 EUR',
    );
    const event: Partial<Item> = { metric: 'orderStatus', unit: 'event', threshold: ['filled'], value: null };
    assert.equal(line({ ...event, text: 'order 7\nfilled' }), 'IBKR main: order 7 filled');
  });

  it('is no longer than a subject may be', () => {
    assert.equal(line({ unit: 'event', text: 'x'.repeat(500) }).length, 'IBKR main: '.length + 160);
  });
});

describe('one alert as a text', () => {
  it('says the rule, since when, until when, and that a figure is old', () => {
    assert.equal(textOf(item()), 'IBKR main: margin cushion 4.2 % (below 5 %)\nSince 2026-11-24 15:00 UTC.');
    assert.equal(
      textOf(item({ ...ended, name: 'Cushion', stale: true })),
      [
        'IBKR main: margin cushion 6 % (was below 5 %), ended',
        'Rule: Cushion.',
        'Since 2026-11-24 15:00 UTC.',
        'Ended 2026-11-24 16:30 UTC.',
        'The figure is old: the connection has not brought a newer one.',
      ].join('\n'),
    );
  });

  it('is what the template says, with the values of its names', () => {
    const names = [
      'account',
      'connection',
      'id',
      'metric',
      'name',
      'resolvedAt',
      'severity',
      'startedAt',
      'state',
      'summary',
      'symbol',
      'text',
      'threshold',
      'value',
    ];
    const template = names.map((name) => `{{${name}}}`).join(';');
    assert.equal(
      textOf(item({ template, name: 'Low', instrument: stock('ADS'), connection: 'TWS', text: 'a\nb' })),
      `IBKR main;TWS;id1;margin cushion;Low;;warning;2026-11-24 15:00 UTC;firing;` +
        `${line({ instrument: stock('ADS'), text: 'a b' })};ADS;a b;5 %;4.2 %`,
    );
    assert.equal(
      textOf(
        item({
          template: '{{threshold}};{{resolvedAt}};{{account}}{{symbol}}',
          ...ended,
          account: null,
          threshold: ['a', 'b'],
        }),
      ),
      'a, b;2026-11-24 16:30 UTC;',
    );
  });

  it('is the plain words where a template says nothing', () => {
    for (const template of ['', '  \n ', '{{symbol}}'])
      assert.equal(textOf(item({ template })), textOf(item()));
  });
});

describe('the title of an alert', () => {
  it('is the name of its rule, or what it watches', () => {
    assert.equal(titleOf(item({ name: 'Cushion\nlow' })), 'Cushion low');
    assert.equal(titleOf(item()), 'margin cushion');
    assert.equal(titleOf(item({ metric: 'execution' })), 'execution');
  });
});
