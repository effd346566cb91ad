import assert from 'node:assert/strict';
import type { Position } from '../../../src/domain/position.js';
import {
  executionsSnapshot,
  instrument,
  position,
  positionsSnapshot,
  quantities,
} from '../../support/builders.js';
import { SECOND, MINUTE, Broker, stock, fill, fund } from './asked-broker.js';

describe('a position that changes', () => {
  const cash = (netLiquidation: number, totalCash: number) => ({ balances: { netLiquidation, totalCash } });
  /** At night, when nothing has to move. */
  const settled = () => {
    const broker = new Broker();
    broker.at = Date.UTC(2026, 10, 24, 23);
    return broker.look(cash(10_000, 9_000)).again(3);
  };

  it('is explained by its fills, whichever of the two comes first', () => {
    const bought = { positions: [stock({ quantity: 20 })], ...cash(10_000, 8_000) };
    const fills = { executions: [fill({ quantity: 10 })] };
    assert.deepEqual(
      settled()
        .look({ ...bought, ...fills })
        .again(3).codes,
      [],
    );
    assert.deepEqual(
      settled()
        .look(fills)
        .look(bought, 10 * SECOND)
        .again(3).codes,
      [],
    );
    assert.deepEqual(
      settled()
        .look(bought)
        .look(fills, 10 * SECOND)
        .again(3).codes,
      [],
    );
  });

  it('is told after a second look when there is no fill, for an hour, and wakes nobody', () => {
    const broker = settled().look({ positions: [stock({ quantity: 20 })], ...cash(11_000, 9_000) });
    assert.deepEqual(broker.codes, []);
    assert.deepEqual(broker.again(1).issues, [
      {
        code: 'UNEXPLAINED_POSITION_CHANGE',
        severity: 'info',
        message:
          "AAPL went from 10 to 20 without a fill: that is so after a transfer, a split, reinvested dividends or an assignment; if you know of none, look at the broker's statement.",
      },
    ]);
    assert.deepEqual(broker.again(50).codes, ['UNEXPLAINED_POSITION_CHANGE']);
    assert.deepEqual(broker.again(12).codes, []);
  });

  it('is no longer told as soon as its fill comes late', () => {
    const broker = settled()
      .look({ positions: [stock({ quantity: 20 })], ...cash(10_000, 8_000) })
      .again(5);
    assert.deepEqual(broker.look({ executions: [fill({ quantity: 10 })] }).again(70).codes, []);
  });

  it('is told as a warning when its fills make another figure, or when nothing comes of them', () => {
    const fills = { executions: [fill({ quantity: 5 })] };
    const broker = settled()
      .look({ ...fills, positions: [stock({ quantity: 20 })], ...cash(10_000, 8_000) })
      .again(1);
    assert.deepEqual(broker.issues, [
      {
        code: 'UNEXPLAINED_POSITION_CHANGE',
        severity: 'warning',
        message:
          "AAPL went from 10 to 20, yet its fills make 5: compare position and trades with the broker's own page.",
      },
    ]);
    const other = instrument({ key: 'new', symbol: 'NEW' });
    const unheld = settled()
      .look({ executions: [fill({ instrument: other, side: 'sell_short' })] })
      .again(1);
    assert.match(unheld.issues[0]?.message ?? '', /^NEW went from 0 to 0, yet its fills make -10: /);
  });

  it('is told to the billionth of a share, and not beyond', () => {
    const bought = (quantity: number) => ({
      positions: [stock({ quantity })],
      executions: [fill({ quantity: 0.1 })],
    });
    assert.deepEqual(settled().look(bought(10.1)).again(2).codes, []);
    assert.deepEqual(settled().look(bought(10.100_001)).again(2).codes, ['UNEXPLAINED_POSITION_CHANGE']);
  });

  it('is not compared before both have stood still, or across a gap in the fills', () => {
    const first = new Broker().look().look({ positions: [stock({ quantity: 20 })], ...cash(11_000, 9_000) });
    assert.deepEqual(first.again(3).codes, []);
    const gap = settled().look({ positions: [stock({ quantity: 20 })], ...cash(11_000, 9_000) }, 31 * MINUTE);
    assert.deepEqual(gap.again(3).codes, []);
    const bought = { positions: [stock({ quantity: 20 })], ...cash(10_000, 8_000) };
    const fills = { executions: [fill({ quantity: 10 })] };
    assert.deepEqual(new Broker().look().look(bought).look(fills, SECOND).again(3).codes, []);
    assert.deepEqual(new Broker().look().look(fills).look(bought, SECOND).again(3).codes, []);
  });

  it('is compared once for each image of the positions, and only with a list of fills that is newer', () => {
    const broker = settled().look({ positions: [stock({ quantity: 20 })], ...cash(11_000, 9_000) });
    const list = (receivedAt: number) => executionsSnapshot([], { from: { receivedAt } });
    broker.tell(list((broker.at += 10 * SECOND)), list((broker.at += 10 * SECOND)));
    assert.deepEqual(broker.codes, []);
    const late = settled();
    for (let time = 0; time < 3; time++) {
      late.at += MINUTE;
      const from = { receivedAt: late.at };
      late.tell(positionsSnapshot([stock({ quantity: 20 })], { from }), list(late.at - 1));
    }
    assert.deepEqual(late.codes, []);
    late.tell(list((late.at += SECOND)));
    late.look({ positions: [stock({ quantity: 20 })], ...cash(11_000, 9_000) });
    assert.deepEqual(late.codes, ['UNEXPLAINED_POSITION_CHANGE']);
  });

  it('is not compared while a position is missing that may come back', () => {
    const two = [stock(), stock({ key: 'b' })];
    const unknown = { netLiquidation: null, totalCash: 9_000 };
    const broker = new Broker();
    broker.at = Date.UTC(2026, 10, 24, 23);
    broker.look({ positions: two, balances: unknown }).again(3);
    assert.deepEqual(broker.look({ positions: [stock({ quantity: 20 })] }).codes, []);
    assert.deepEqual(broker.again(1).codes, []);
    assert.match(broker.again(1).issues[0]?.message ?? '', /\(1 more like it\.\)$/);
  });

  it('is another matter when the amount is another one, and is told anew', () => {
    const to = (quantity: number) => ({
      positions: [stock({ quantity })],
      balances: { netLiquidation: null, totalCash: 9_000 },
    });
    const broker = settled().look(to(20)).again(49);
    broker.look(to(30));
    assert.match(broker.again(20).issues[0]?.message ?? '', /^AAPL went from 10 to 30 without a fill/);
  });

  it('is known after an hour while another one is still told', () => {
    const of = (a: number, b: number) => ({
      positions: [
        stock({ quantity: a }),
        stock({ key: 'b', quantity: b, instrument: instrument({ key: 'b', symbol: 'B' }) }),
      ],
      balances: { netLiquidation: null, totalCash: 9_000 },
    });
    const broker = new Broker();
    broker.at = Date.UTC(2026, 10, 24, 23);
    broker.look(of(10, 10)).again(3);
    const told = () => broker.issues.map(({ message }) => message);
    broker.look(of(20, 10)).again(29);
    assert.equal(told().length, 1);
    broker.look(of(20, 15)).again(20);
    assert.match(told()[0] ?? '', /^AAPL went from 10 to 20 .*\(1 more like it\.\)$/);
    broker.again(25);
    assert.match(told()[0] ?? '', /^B went from 10 to 15 /);
    assert.doesNotMatch(told()[0] ?? '', /more like it/);
    assert.deepEqual(broker.again(30).codes, []);
    assert.deepEqual(broker.look(of(20, 10)).again(1).issues.length, 1);
  });

  it('is told with the gravest first', () => {
    const of = (a: number, b: number) => [
      stock({ quantity: a }),
      stock({ key: 'b', quantity: b, instrument: instrument({ key: 'b', symbol: 'B' }) }),
    ];
    const unknown = { balances: { netLiquidation: null, totalCash: 9_000 } };
    const broker = new Broker();
    broker.at = Date.UTC(2026, 10, 24, 23);
    broker.look({ positions: of(10, 10), ...unknown }).again(3);
    const fills = [fill({ quantity: 1, instrument: instrument({ key: 'b', symbol: 'B' }) })];
    const [issue, ...others] = broker.look({ positions: of(20, 20), executions: fills }).again(1).issues;
    assert.deepEqual(others, []);
    assert.equal(issue?.severity, 'warning');
    assert.match(
      issue?.message ?? '',
      /^B went from 10 to 20, yet its fills make 1: .*\(1 more like it\.\)$/,
    );
  });

  it('is compared with fills of either side', () => {
    const sold = settled()
      .look({
        positions: [stock({ quantity: 2 })],
        executions: [fill({ side: 'sell', quantity: 5 })],
        balances: { netLiquidation: null },
      })
      .again(1);
    assert.match(sold.issues[0]?.message ?? '', /^AAPL went from 10 to 2, yet its fills make -5: /);
    const short = new Broker();
    short.at = Date.UTC(2026, 10, 24, 23);
    const unknown = { balances: { netLiquidation: null } };
    short.look({ positions: [stock({ quantity: -10 })], ...unknown }).again(3);
    const cover = (quantity: number) => [fill({ side: 'buy_to_cover', quantity })];
    short.look({ positions: [stock({ quantity: -2 })], executions: cover(5) }).again(1);
    assert.match(short.issues[0]?.message ?? '', /^AAPL went from -10 to -2, yet its fills make 5: /);
    assert.deepEqual(short.look({ executions: cover(8) }).again(1).codes, []);
  });

  it('is not told for the dust of binary numbers', () => {
    const unknown = { balances: { netLiquidation: null } };
    const thirds = [fill({ executionId: 'a', quantity: 0.1 }), fill({ executionId: 'b', quantity: 0.2 })];
    const added = settled().look({ positions: [stock({ quantity: 10.3 })], executions: thirds, ...unknown });
    assert.deepEqual(added.again(3).codes, []);
    const fresh = instrument({ key: 'n', symbol: 'N' });
    const opened = settled().look({
      positions: [stock(), stock({ key: 'n', quantity: 0.3, instrument: fresh })],
      executions: thirds.map((one) => ({ ...one, instrument: fresh })),
      ...unknown,
    });
    assert.deepEqual(opened.again(3).codes, []);
    const many = new Broker();
    many.at = Date.UTC(2026, 10, 24, 23);
    many.look({ positions: [stock({ quantity: 1e9 + 0.1 })], ...unknown }).again(3);
    many.look({ positions: [stock({ quantity: 1e9 + 0.3 })], executions: [fill({ quantity: 0.2 })] });
    assert.deepEqual(many.again(3).codes, []);
  });

  it('is no matter of sweeps, funds, bonds, and combinations that are filled and never held', () => {
    for (const assetClass of ['mutual_fund', 'cash_equivalent', 'bond'] as const) {
      const [before, now] = [10, 30].map((quantity) => [fund(assetClass, quantity)]);
      const broker = new Broker().look({ positions: before ?? [], ...cash(9_000, 9_000) }).again(3);
      assert.deepEqual(broker.look({ positions: now ?? [] }).again(3).codes, [], assetClass);
    }
    const combination = fill({ instrument: instrument({ key: 'bag', assetClass: 'other' }) });
    assert.deepEqual(
      settled()
        .look({ executions: [combination] })
        .again(3).codes,
      [],
    );
    assert.deepEqual(
      settled()
        .look({ executions: [fill({ side: 'unknown' })] })
        .again(3).codes,
      [],
    );
  });

  describe('by the end of an option', () => {
    const call = (quantity: number, given: Partial<Position['instrument']> = {}): Position =>
      position({
        key: 'call',
        quantity,
        marketPrice: null,
        marketValue: 0,
        marketValueBase: 0,
        instrument: instrument({
          key: 'call',
          symbol: 'AAPL C',
          assetClass: 'option',
          underlying: 'AAPL',
          right: 'call',
          multiplier: 100,
          expiry: '2026-12-18',
          ...given,
        }),
      });
    const shares = (quantity: number) =>
      stock({ quantity, marketValue: 0, marketValueBase: 0, marketPrice: null });
    const withOption = (option: Position, held: number) =>
      new Broker().look({ positions: [shares(held), option], ...cash(9_000, 9_000) }).again(3);

    it('is nothing to tell when it has expired', () => {
      const expired = withOption(call(2, { expiry: '2026-11-24' }), 10).look({ positions: [shares(10)] });
      assert.deepEqual(expired.again(3).codes, []);
      const alive = withOption(call(2), 10).look({ positions: [shares(10)] });
      assert.deepEqual(alive.again(3).codes, ['UNEXPLAINED_POSITION_CHANGE']);
      const onFuture = call(2, { expiry: '2026-11-24', assetClass: 'future_option' });
      assert.deepEqual(
        withOption(onFuture, 10)
          .look({ positions: [shares(10)] })
          .again(3).codes,
        [],
      );
      for (const expiry of ['2026-11-25', '2026-11', null])
        assert.deepEqual(
          withOption(call(2, { expiry }), 10)
            .look({ positions: [shares(10)] })
            .again(3).codes,
          ['UNEXPLAINED_POSITION_CHANGE'],
          String(expiry),
        );
      const future = call(2, { expiry: '2026-11-24', assetClass: 'future' });
      assert.deepEqual(
        withOption(future, 10)
          .look({ positions: [shares(10)] })
          .again(3).codes,
        ['UNEXPLAINED_POSITION_CHANGE'],
      );
    });

    it('is no expiry when there are more of it than before, or as many owed as there were', () => {
      const expired = { expiry: '2026-11-24' };
      for (const [before, after] of [
        [2, 5],
        [2, -1],
        [-2, -3],
      ] as const)
        assert.deepEqual(
          withOption(call(before, expired), 10)
            .look({ positions: [shares(10), call(after, expired)] })
            .again(3).codes,
          ['UNEXPLAINED_POSITION_CHANGE'],
          `${before} to ${after}`,
        );
      const part = withOption(call(2, expired), 10).look({ positions: [shares(10), call(1, expired)] });
      assert.deepEqual(part.again(3).codes, []);
    });

    it('is nothing to tell when it was exercised or assigned and the underlying moved as it says', () => {
      const cases = [
        [call(2), 10, 210],
        [call(-1), 110, 10],
        [call(1, { right: 'put' }), 110, 10],
        [call(-3, { right: 'put' }), 10, 310],
      ] as const;
      for (const [option, before, after] of cases) {
        const broker = withOption(option, before).look({ positions: [shares(after)], ...cash(9_000, 9_000) });
        assert.deepEqual(broker.again(3).codes, [], `${option.quantity} ${option.instrument.right}`);
        assert.deepEqual(quantities(broker.state), { '265598': after });
      }
      const other = withOption(call(-1), 110).look({ positions: [shares(60)] });
      assert.deepEqual(other.again(3).codes, ['UNEXPLAINED_POSITION_CHANGE']);
      const etf = (quantity: number) => ({
        ...shares(quantity),
        instrument: instrument({ symbol: 'AAPL', assetClass: 'etf' }),
      });
      const ofFund = new Broker()
        .look({ positions: [etf(110), call(-1)], ...cash(9_000, 9_000) })
        .again(3)
        .look({ positions: [etf(10)], ...cash(9_000, 9_000) });
      assert.deepEqual(ofFund.again(3).codes, []);
    });

    it('is told when it was an option of something else, or nobody knows which kind it was', () => {
      const gone = (given: Partial<Position['instrument']>, after: number) =>
        withOption(call(-1, given), 110)
          .look({ positions: [shares(after)], balances: { netLiquidation: null } })
          .again(3).issues;
      for (const issues of [
        gone({ underlying: 'MSFT' }, 10),
        gone({ underlying: null }, 10),
        gone({ right: null }, 210),
        gone({ right: null }, 10),
        gone({ multiplier: null }, 10),
      ])
        assert.match(issues[0]?.message ?? '', /\(1 more like it\.\)$/);
    });

    it('is told of the others when one of several was exercised', () => {
      const put = { ...call(-1, { key: 'put', symbol: 'AAPL P', right: 'put' }), key: 'put' };
      const broker = new Broker()
        .look({ positions: [shares(110), call(-1), put], ...cash(9_000, 9_000) })
        .again(3)
        .look({ positions: [shares(10)], ...cash(9_000, 9_000) });
      const { issues } = broker.again(3);
      assert.equal(issues.length, 1);
      assert.match(issues[0]?.message ?? '', /^AAPL P went from -1 to 0 without a fill: .*statement\.$/);
    });

    it('is nothing to tell when all of several were exercised together', () => {
      const put = { ...call(1, { key: 'put', symbol: 'AAPL P', right: 'put' }), key: 'put' };
      const broker = new Broker()
        .look({ positions: [shares(210), call(-1), put], ...cash(9_000, 9_000) })
        .again(3)
        .look({ positions: [shares(10)], ...cash(9_000, 9_000) });
      assert.deepEqual(broker.again(3).codes, []);
    });
  });
});
