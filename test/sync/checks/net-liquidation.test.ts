import assert from 'node:assert/strict';
import type { Position } from '../../../src/domain/position.js';
import { balancesSnapshot, instrument, positionsSnapshot, quantities } from '../../support/builders.js';
import { SECOND, MINUTE, Broker, stock } from './asked-broker.js';

describe('net liquidation that is not the sum of its parts', () => {
  const off = { balances: { netLiquidation: 10_000, totalCash: 8_000 } };

  it('is told after three complete images, with both figures', () => {
    const broker = new Broker().look(off, 10 * SECOND).look(off, 10 * SECOND);
    assert.deepEqual(broker.issues, []);
    assert.deepEqual(broker.look(off, 10 * SECOND).issues, [
      {
        code: 'NAV_MISMATCH',
        severity: 'warning',
        message:
          "Net liquidation of account …4567 is 10000.00, yet its cash and positions make 9000.00: compare them with the broker's own page before you rely on them.",
      },
    ]);
  });

  it('is told after a minute where images come seldom', () => {
    assert.deepEqual(new Broker().look(off).look(off, MINUTE - 1).codes, []);
    assert.deepEqual(new Broker().look(off).look(off, MINUTE).codes, ['NAV_MISMATCH']);
  });

  it('is not told for three images of one moment', () => {
    assert.deepEqual(new Broker().look(off).look(off, SECOND).look(off, SECOND).codes, []);
  });

  it('is not told sooner for an image that came twice', () => {
    assert.deepEqual(
      new Broker()
        .look(off)
        .look(off, 0)
        .look(off, 10 * SECOND).codes,
      [],
    );
  });

  it('is forgotten with the first image that adds up, and begins anew then', () => {
    const broker = new Broker().look(off).again(2);
    assert.deepEqual(broker.look({ balances: { netLiquidation: 9_000, totalCash: 8_000 } }).codes, []);
    assert.deepEqual(broker.look(off).codes, []);
  });

  it('is allowed a dollar, or 0.05 %, at Schwab and five, or 0.5 %, at IBKR', () => {
    const cases = [
      ['schwab', 10_000, 5.1, true],
      ['schwab', 10_000, 4.9, false],
      ['schwab', 1_500, -1.1, true],
      ['schwab', 1_500, -0.9, false],
      ['schwab', 1_500, 1, false],
      ['ibkr', 10_000, -50.1, true],
      ['ibkr', 10_000, -49.9, false],
      ['ibkr', 900, -5.1, true],
    ] as const;
    for (const [name, netLiquidation, gap, told] of cases) {
      const balances = { netLiquidation, totalCash: netLiquidation - 1_000 - gap };
      const { codes } = new Broker(name).look({ balances }).again(3);
      assert.deepEqual(codes, told ? ['NAV_MISMATCH'] : [], `${name} ${netLiquidation} ${gap}`);
    }
  });

  it('may be larger than that by the dividends that IBKR owes', () => {
    const rich = [stock({ quantity: 1_000 })];
    const due = (gap: number) => ({ netLiquidation: 100_000 + gap, totalCash: 0 });
    assert.deepEqual(new Broker().look({ positions: rich, balances: due(1_400) }).again(3).codes, []);
    assert.deepEqual(new Broker().look({ positions: rich, balances: due(1_600) }).again(3).codes, [
      'NAV_MISMATCH',
    ]);
    assert.deepEqual(new Broker().look({ positions: rich, balances: due(-600) }).again(3).codes, [
      'NAV_MISMATCH',
    ]);
    assert.deepEqual(new Broker('schwab').look({ positions: rich, balances: due(1_400) }).again(3).codes, [
      'NAV_MISMATCH',
    ]);
    const of = (assetClass: 'etf' | 'bond', quantity = 1_000) => [
      stock({ quantity, marketPrice: null, instrument: instrument({ assetClass }) }),
    ];
    const codes = (positions: readonly Position[], gap: number) =>
      new Broker().look({ positions, balances: due(gap) }).again(3).codes;
    assert.deepEqual(codes(rich, 1_500), []);
    assert.deepEqual(codes(of('etf'), 1_400), []);
    assert.deepEqual(codes(of('bond'), 1_400), ['NAV_MISMATCH']);
    // Dividends of what is held short are paid, not received.
    const short = [...rich, stock({ key: 's', quantity: -500, marketPrice: null })];
    const lent = { netLiquidation: 101_400, totalCash: 50_000 };
    assert.deepEqual(new Broker().look({ positions: short, balances: lent }).again(3).codes, []);
  });

  it('may be what is held in money funds, which are cash to some accounts and positions to others', () => {
    const fundsOf = (moneyMarket: number | null) => ({
      balances: { netLiquidation: 10_000, totalCash: 8_000, moneyMarket },
    });
    assert.deepEqual(new Broker().look(fundsOf(1_000)).again(3).codes, []);
    assert.deepEqual(new Broker().look(fundsOf(500)).again(3).codes, ['NAV_MISMATCH']);
    assert.deepEqual(new Broker().look(fundsOf(-1_000)).again(3).codes, ['NAV_MISMATCH']);
    // Where they are counted as cash already, they explain nothing and harm nothing.
    const counted = { netLiquidation: 10_000, totalCash: 9_000, moneyMarket: 1_000 };
    assert.deepEqual(new Broker().look({ balances: counted }).again(3).codes, []);
  });

  it('is not judged by a position that is missing once', () => {
    const both = [stock(), stock({ key: 'b' })];
    const broker = new Broker().look({
      positions: both,
      balances: { netLiquidation: 3_000, totalCash: 1_000 },
    });
    const less = { positions: [stock()], balances: { netLiquidation: 2_500, totalCash: 1_000 } };
    assert.deepEqual(broker.look(less).codes, []);
    assert.deepEqual(quantities(broker.state), { '265598': 10, b: 10 });
    assert.deepEqual(broker.again(1).codes, []);
    assert.deepEqual(broker.again(1).codes, ['NAV_MISMATCH']);
  });

  it('is judged by balances and positions of one answer, which come within five seconds', () => {
    const apart = (ms: number) => {
      const broker = new Broker();
      for (let time = 0; time < 4; time++) {
        broker.at += MINUTE;
        const [first, second] = [broker.at - ms, broker.at].map((receivedAt) => ({ from: { receivedAt } }));
        broker.tell(balancesSnapshot(off.balances, first), positionsSnapshot([stock()], second));
      }
      return broker.codes;
    };
    assert.deepEqual(apart(5 * SECOND), ['NAV_MISMATCH']);
    assert.deepEqual(apart(5 * SECOND + 1), []);
  });

  it('is not judged where a figure is unknown, unready or of another look', () => {
    const unknown = [
      { balances: { netLiquidation: null, totalCash: 8_000 } },
      { balances: { netLiquidation: 10_000, totalCash: null } },
      { ...off, positions: [stock({ marketValueBase: null })] },
      { ...off, from: { partial: true } },
      { ...off, positions: [stock({ instrument: instrument({ assetClass: 'cfd' }) })] },
      { ...off, positions: [stock(), stock({ key: 'c', instrument: instrument({ assetClass: 'cfd' }) })] },
    ];
    for (const look of unknown) assert.deepEqual(new Broker().look(look).look(look).look(look).codes, []);
    const broker = new Broker().look();
    for (let time = 0; time < 5; time++) {
      broker.at += MINUTE;
      const from = { receivedAt: broker.at };
      broker.tell(positionsSnapshot([stock({ quantity: 30 })], { from: { ...from } }));
    }
    assert.deepEqual(broker.codes, []);
  });

  it('is what the adapter of a broker has found, as soon as that lasts', () => {
    const found = { code: 'NAV_MISMATCH', severity: 'warning', message: 'They differ.' } as const;
    const broker = new Broker('schwab').look({ from: { issues: [found] } });
    assert.deepEqual(broker.issues, []);
    broker.look({ from: { issues: [found] } }).look({ from: { issues: [found] } });
    assert.deepEqual(broker.issues, [found]);
    const other = { code: 'TRUNCATED', severity: 'warning', message: 'Cut off.' } as const;
    const look = { ...off, from: { issues: [other] } };
    assert.deepEqual(new Broker().look(look).look(look).look(look).codes, ['TRUNCATED', 'NAV_MISMATCH']);
  });

  it('is not asked for before there are balances', () => {
    const broker = new Broker();
    broker.tell(positionsSnapshot([stock()], { from: { receivedAt: broker.at } }));
    assert.deepEqual(broker.issues, []);
  });
});
