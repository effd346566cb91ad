import assert from 'node:assert/strict';
import { sentenceOf } from '../../../src/alerts/index.js';
import { rulesOf } from '../support.js';

function sentence(raw: Readonly<Record<string, unknown>>): string {
  const [rule] = rulesOf(raw);
  assert.ok(rule);
  return sentenceOf(rule);
}

describe('a rule as a sentence', () => {
  it('says each comparison', () => {
    const said = (operator: string, threshold = 10) =>
      sentence({ metric: 'dayPnlPercent', operator, threshold }).replace(/^Warn when (.*), all.*$/, '$1');
    assert.deepEqual(
      ['<', '>', '<=', '>=', 'outside'].map((one) => said(one)),
      [
        "day's result is below 10 %",
        "day's result is above 10 %",
        "day's result is at or below 10 %",
        "day's result is at or above 10 %",
        "day's result is beyond ±10 %",
      ],
    );
    const price = (operator: string) =>
      sentence({ metric: 'marketPrice', operator, threshold: 95 }).replace(/^Warn when (.*), all.*$/, '$1');
    assert.deepEqual(['crosses', 'crossesUp', 'crossesDown'].map(price), [
      'price crosses 95',
      'price rises to or above 95',
      'price falls to or below 95',
    ]);
  });

  it('says yes or no of what is so or not', () => {
    const said = (operator: string) => sentence({ metric: 'isMarginCall', operator, threshold: 0.5 });
    assert.equal(said('>'), 'Warn when margin call is yes, all accounts.');
    assert.equal(said('<'), 'Warn when margin call is no, all accounts.');
    assert.equal(said('<='), 'Warn when margin call is no, all accounts.');
  });

  it('says how urgent it is, how long it must last, and when it counts', () => {
    const rule = { metric: 'cushion', operator: '<', threshold: 0.1 };
    assert.equal(
      sentence({ ...rule, severity: 'info' }),
      'Tell when margin cushion is below 10 %, all accounts.',
    );
    assert.equal(
      sentence({ ...rule, severity: 'critical', forSeconds: 300 }),
      'Alarm when margin cushion is below 10 % for 5 minutes, all accounts.',
    );
    assert.equal(
      sentence({ ...rule, forSeconds: 60, marketHoursOnly: true }),
      'Warn when margin cushion is below 10 % for 1 minute in market hours, all accounts.',
    );
    assert.equal(
      sentence({ ...rule, marketHoursOnly: true }),
      'Warn when margin cushion is below 10 % in market hours, all accounts.',
    );
    assert.equal(
      sentence({ metric: 'marketPrice', operator: 'crosses', threshold: 95, forSeconds: 60 }),
      'Warn when price crosses 95, all accounts.',
    );
  });

  it('says what it is about', () => {
    const rule = { metric: 'quantity', operator: 'appeared', threshold: [] };
    const scoped = (scope: Readonly<Record<string, string>>) => sentence({ ...rule, scope });
    assert.equal(scoped({}), 'Warn when a position is opened, all accounts.');
    assert.equal(
      scoped({ account: 'IBKR\nmain', symbol: 'AAPL', assetClass: 'future_option' }),
      'Warn when a position is opened, account IBKR main, AAPL, only future option.',
    );
  });

  it('says what has to happen', () => {
    const happening = (metric: string, operator: string, ...threshold: readonly string[]) =>
      sentence({ metric, operator, threshold }).replace(/^Warn when (.*), all accounts\.$/, '$1');
    assert.deepEqual(
      [
        happening('quantity', 'appeared'),
        happening('quantity', 'vanished'),
        happening('quantity', 'changed'),
        happening('quantity', 'event'),
        happening('orderStatus', 'event', 'rejected', 'pending_cancel'),
        happening('orderTag', 'event', 'mine', 'yours'),
        happening('execution', 'event'),
        happening('activity', 'event', 'margin_call'),
        happening('assignment', 'event'),
        happening('unexplainedChange', 'event'),
        happening('account', 'event'),
      ],
      [
        'a position is opened',
        'a position is closed',
        'a position changes its size',
        'a position is opened, closed or changes its size',
        'an order changes its status (rejected, pending cancel)',
        'an order appears whose tag is unknown (known: mine, yours)',
        'an order is filled, wholly or in part',
        'something is booked (margin call)',
        'an option seems to have been assigned or exercised',
        'a position changed and no fill explains it',
        'a new account appears',
      ],
    );
  });
});
