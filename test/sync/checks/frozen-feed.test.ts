import assert from 'node:assert/strict';
import type { Position } from '../../../src/domain/position.js';
import { instrument } from '../../support/builders.js';
import { MINUTE, Broker, stock } from './asked-broker.js';

describe('a feed that stands still', () => {
  const HALF_AN_HOUR = 30;

  it('is told after half an hour of complete images in regular hours, until something moves', () => {
    const broker = new Broker().look();
    assert.deepEqual(broker.again(HALF_AN_HOUR - 1).codes, []);
    assert.match(
      broker.again(1).issues[0]?.message ?? '',
      /^No price and no balance has moved for 30 minutes, in 31 images, although the US market is open: /,
    );
    assert.deepEqual(broker.look({ positions: [stock({ marketPrice: 100.01 })] }).codes, []);
    assert.deepEqual(broker.again(HALF_AN_HOUR).codes, ['FROZEN_FEED']);
  });

  it('is a matter of course at night, and where nothing that is held has a price that must move', () => {
    const night = new Broker();
    night.at = Date.UTC(2026, 10, 24, 23, 0);
    assert.deepEqual(night.look().again(120).codes, []);
    const resting: readonly Position[] = [
      stock({ currency: 'EUR' }),
      stock({ marketPrice: 0.05, marketValue: 0.5 }),
      stock({ marketPrice: null }),
      stock({ instrument: instrument({ assetClass: 'mutual_fund' }) }),
    ];
    for (const held of resting)
      assert.deepEqual(new Broker().look({ positions: [held] }).again(2 * HALF_AN_HOUR).codes, []);
  });

  it('is not told of few images, or across a gap', () => {
    assert.deepEqual(new Broker().look().again(2, 20 * MINUTE).codes, []);
    assert.deepEqual(new Broker().look().again(5, 31 * MINUTE).codes, []);
    assert.deepEqual(
      new Broker()
        .look()
        .again(2, 15 * MINUTE)
        .again(3, 0).codes,
      [],
    );
    assert.deepEqual(new Broker().look().again(3, 10 * MINUTE).codes, ['FROZEN_FEED']);
    assert.deepEqual(new Broker().look().again(3, 30 * MINUTE).codes, ['FROZEN_FEED']);
  });

  it('is a warning about what must move, whatever rests beside it', () => {
    const resting = stock({ key: 'f', instrument: instrument({ key: 'f', assetClass: 'mutual_fund' }) });
    const dollar = stock({ quantity: 10, marketPrice: 1, marketValue: 10, marketValueBase: 10 });
    for (const positions of [[resting, stock()], [dollar]]) {
      const broker = new Broker().look({ positions, balances: { netLiquidation: null } });
      assert.deepEqual(
        broker.again(HALF_AN_HOUR).issues.map(({ code, severity }) => [code, severity]),
        [['FROZEN_FEED', 'warning']],
      );
    }
  });

  it('is none where the balances alone move', () => {
    const broker = new Broker().look();
    for (let minute = 0; minute < 2 * HALF_AN_HOUR; minute++)
      assert.deepEqual(
        broker.look({ balances: { netLiquidation: 10_000 + minute / 100, totalCash: 9_000 } }).codes,
        [],
      );
  });

  it('begins anew when the clock is set back', () => {
    const broker = new Broker().look().again(HALF_AN_HOUR - 1);
    broker.look({}, -10 * MINUTE);
    assert.deepEqual(broker.again(15).codes, []);
  });

  it('begins anew with the next day', () => {
    const broker = new Broker();
    broker.at = Date.UTC(2026, 10, 24, 20, 40);
    assert.deepEqual(broker.look().again(25).codes, []);
    broker.at = Date.UTC(2026, 10, 25, 14, 30);
    assert.deepEqual(broker.again(10).codes, []);
  });
});
