import assert from 'node:assert/strict';
import type { Position } from '../../../src/domain/position.js';
import { instrument } from '../../support/builders.js';
import { SECOND, type Look, Broker, stock } from './asked-broker.js';

describe('a value that contradicts its position', () => {
  const told = (...positions: readonly Position[]) =>
    new Broker()
      .look({ positions, balances: { netLiquidation: null } })
      .again(2)
      .issues.map(({ code, message }) => [code, message]);

  it('is told when its sign does', () => {
    assert.deepEqual(told(stock({ quantity: -10, marketValue: 1_000, marketPrice: null })), [
      [
        'SIGN_MISMATCH',
        'The broker sent -10 AAPL with a market value of 1000: one of the signs is wrong, so do not rely on this position before you have seen it at the broker.',
      ],
    ]);
    assert.deepEqual(told(stock({ quantity: -10 }), stock({ key: 'b', marketValue: 0 })), []);
    assert.deepEqual(told(stock({ marketPrice: -100, marketValue: -1_000 })), []);
    for (const marketPrice of [0, 100])
      assert.deepEqual(
        told(stock({ marketPrice, marketValue: -1_000 })).map(([code]) => code),
        ['SIGN_MISMATCH'],
      );
  });

  it('is told when its price does, by more than 1 %', () => {
    assert.deepEqual(told(stock({ marketPrice: 102 })), [
      [
        'PRICE_MISMATCH',
        "The broker values 10 AAPL at 1000, yet its price of 102 makes 1020.00: compare this position with the broker's own page.",
      ],
    ]);
    const agreeing = [
      stock({ marketPrice: 100.9 }),
      stock({ key: 'one percent', marketPrice: 101 }),
      stock({ key: 'no price', marketPrice: null }),
      stock({ key: 'no value', marketPrice: 102, marketValue: null, marketValueBase: null }),
      stock({ key: 'price 0', marketPrice: 0 }),
      stock({ key: 'a sliver', quantity: 0.0012, marketPrice: 100, marketValue: 0.12 }),
      stock({ key: 'pence', marketPrice: 10_000, currency: 'GBP' }),
      stock({ key: 'bond', marketPrice: 98.5, instrument: instrument({ assetClass: 'bond' }) }),
      stock({ key: 'unknown', marketPrice: 5, instrument: instrument({ multiplier: null }) }),
      stock({
        key: 'option',
        marketPrice: 1,
        instrument: instrument({ assetClass: 'option', multiplier: 100 }),
      }),
    ];
    assert.deepEqual(told(...agreeing), []);
    const option = instrument({ assetClass: 'option', multiplier: 100 });
    assert.match(
      String(told(stock({ marketPrice: 2, instrument: option }))[0]?.[1]),
      /^The broker values 10 AAPL at 1000, yet its price of 2 makes 2000\.00: /,
    );
  });

  it('is a warning', () => {
    const both = [stock({ marketPrice: 50 }), stock({ key: 'b', quantity: -10, marketValue: 1_000 })];
    const broker = new Broker().look({ positions: both, balances: { netLiquidation: null } });
    assert.deepEqual(
      broker.again(2).issues.map(({ code, severity }) => [code, severity]),
      [
        ['SIGN_MISMATCH', 'warning'],
        ['PRICE_MISMATCH', 'warning'],
      ],
    );
  });

  it('is told five seconds after it was first seen, and no sooner', () => {
    const odd = { positions: [stock({ marketPrice: 50 })], balances: { netLiquidation: null } };
    assert.deepEqual(new Broker().look(odd).look(odd, 5 * SECOND - 1).codes, []);
    assert.deepEqual(new Broker().look(odd).look(odd, 5 * SECOND).codes, ['PRICE_MISMATCH']);
  });

  it('names the first of several and counts the others', () => {
    const [issue] = told(
      stock({ marketPrice: 50 }),
      stock({ key: 'b', marketPrice: 50 }),
      stock({ key: 'c' }),
    );
    assert.match(String(issue?.[1]), /own page\. \(1 more like it\.\)$/);
  });

  it('leaves options alone while one of them is adjusted', () => {
    const adjusted = { code: 'ADJUSTED_OPTION', severity: 'warning', message: 'Adjusted.' } as const;
    const option = stock({
      marketPrice: 1,
      instrument: instrument({ assetClass: 'option', multiplier: 150 }),
    });
    const look = { positions: [option], balances: { netLiquidation: null }, from: { issues: [adjusted] } };
    assert.deepEqual(new Broker().look(look).look(look).look(look).codes, ['ADJUSTED_OPTION']);
    const other = { code: 'TRUNCATED', severity: 'warning', message: 'Cut off.' } as const;
    const codes = (given: Partial<Look>) => new Broker().look({ ...look, ...given }).again(3).codes;
    assert.deepEqual(codes({ from: { issues: [] } }), ['PRICE_MISMATCH']);
    const unadjusted = { ...look, from: { issues: [other] } };
    assert.deepEqual(new Broker().look(unadjusted).look(unadjusted).codes, ['TRUNCATED', 'PRICE_MISMATCH']);
    const all = { ...look, from: { issues: [other, adjusted] } };
    assert.deepEqual(new Broker().look(all).look(all).look(all).codes, ['TRUNCATED', 'ADJUSTED_OPTION']);
    const stocks = { ...look, positions: [option, stock({ key: 'b', marketPrice: 50 })] };
    assert.deepEqual(new Broker().look(stocks).look(stocks).look(stocks).codes, [
      'ADJUSTED_OPTION',
      'PRICE_MISMATCH',
    ]);
  });
});
