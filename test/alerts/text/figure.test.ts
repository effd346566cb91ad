import assert from 'node:assert/strict';
import { duration, figureText } from '../../../src/alerts/text/figure.js';

describe('a figure as people read it', () => {
  it('has the unit of its metric', () => {
    const said = (unit: string, ...values: readonly number[]) =>
      values.map((value) => figureText(value, unit, 'USD'));
    assert.deepEqual(said('fraction', 0.042, 0.1, 1.5), ['4.2 %', '10 %', '150 %']);
    assert.deepEqual(said('percent', -3.456, 12), ['-3.46 %', '12 %']);
    assert.deepEqual(said('money', 1_200, -0.5), ['USD 1,200.00', '-USD 0.50']);
    assert.deepEqual(said('price', 1_234.5, 0.00012345), ['1,234.5 USD', '0.00012345 USD']);
    assert.deepEqual(said('flag', 0, 1), ['no', 'yes']);
    assert.deepEqual(said('seconds', 90, 300), ['90 s', '5 minutes']);
    assert.deepEqual(said('hours', 48, 2, 1.5, 1, -1), [
      '48 hours',
      '2 hours',
      '90 minutes',
      '1 hour',
      '-3,600 s',
    ]);
    assert.deepEqual(said('days', 1, 0, 7), ['1 day', '0 days', '7 days']);
    assert.deepEqual(said('ratio', 1.25), ['1.25 x']);
    assert.deepEqual(said('count', 3, 1_000_000.5), ['3', '1,000,000.5']);
  });

  it('is unknown where it is not a number', () => {
    for (const unit of ['fraction', 'money', 'flag', 'seconds', 'count'])
      for (const value of [null, Number.NaN, Infinity])
        assert.equal(figureText(value, unit, 'USD'), 'unknown', unit);
  });

  it('names no currency where none is known, or what is none', () => {
    assert.equal(figureText(1_200.5, 'money', null), '1,200.5');
    assert.equal(figureText(95, 'price', null), '95');
    for (const currency of ['US dollars', 'usd', 'USDT', 'XUSD', ''])
      assert.equal(figureText(1_200.5, 'money', currency), '1,200.5', currency);
    assert.equal(figureText(1_200, 'money', 'JPY'), 'JPY 1,200');
  });

  it('says money of every currency alike, however many there are and however often', () => {
    const letters = ['A', 'B', 'C', 'D', 'E', 'F'];
    const codes = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => `${a}${b}${c}`)));
    assert.ok(codes.length > 200);
    for (const currency of [...codes, ...codes])
      assert.match(figureText(5, 'money', currency), new RegExp(`^${currency} 5(\\.0+)?$`));
  });
});

describe('a time that passes', () => {
  it('is said in the largest unit that says it well', () => {
    const cases = [
      [0, '0 s'],
      [1.9, '1 s'],
      [59, '59 s'],
      [60, '1 minute'],
      [61, '61 s'],
      [119, '119 s'],
      [120, '2 minutes'],
      [150, '2 minutes'],
      [3_600, '1 hour'],
      [5_400, '90 minutes'],
      [7_199, '119 minutes'],
      [7_200, '2 hours'],
      [86_400, '1 day'],
      [90_000, '25 hours'],
      [172_800, '2 days'],
      [400_000, '4 days'],
    ] as const;
    for (const [seconds, text] of cases) assert.equal(duration(seconds), text);
  });
});
