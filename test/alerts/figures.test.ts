import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  dataAgeSeconds,
  dayChangePercent,
  dayOrderAfterClose,
  dayPnlPercent,
  daysToExpiry,
  drawdownPercent,
  inTheMoney,
  percentOf,
  positionPercent,
  secondsSince,
  shortInTheMoney,
  unrealizedPercent,
} from '../../src/alerts/figures.js';
import { PersistentMap } from '../../src/alerts/persistent-map.js';
import type { AccountView, Told } from '../../src/alerts/views.js';
import { balances, instrument, order, position, T0 } from '../support/builders.js';
import { emptyView } from './views.js';

describe('a share', () => {
  it('is percent of a whole above 0, and unknown of any other', () => {
    assert.equal(percentOf(5, 200), 2.5);
    assert.equal(percentOf(-5, 200), -2.5);
    assert.equal(percentOf(0, 200), 0);
    for (const [part, whole] of [
      [null, 1],
      [1, null],
      [1, 0],
      [1, -5],
      [1, Number.NaN],
      [Number.NaN, 1],
      [Infinity, 1],
    ] as const)
      assert.equal(percentOf(part, whole), null, `${part} of ${whole}`);
  });

  it('is never a number that is none', () => {
    const figure = fc.option(fc.double(), { nil: null });
    fc.assert(
      fc.property(figure, figure, (part, whole) => {
        const percent = percentOf(part, whole);
        assert.ok(percent === null || Number.isFinite(percent));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the result of a day', () => {
  it('is percent of net liquidation at the last close, or of what it was without the result', () => {
    assert.equal(
      dayPnlPercent(balances({ dayPnl: -30, previousNetLiquidation: 1_000, netLiquidation: 5 })),
      -3,
    );
    assert.equal(dayPnlPercent(balances({ dayPnl: -30, netLiquidation: 970 })), -3);
    assert.equal(dayPnlPercent(balances({ dayPnl: -30 })), null);
    assert.equal(dayPnlPercent(balances({ netLiquidation: 970 })), null);
  });

  it('of a position is percent of what it was worth without it, long or short', () => {
    assert.equal(dayChangePercent(position({ dayPnl: 10, marketValue: 110 })), 10);
    assert.equal(dayChangePercent(position({ dayPnl: -10, marketValue: -110 })), -10);
    assert.equal(dayChangePercent(position({ dayPnl: null, marketValue: 110 })), null);
    assert.equal(dayChangePercent(position({ dayPnl: 10, marketValue: null })), null);
    // Bought today: nothing was there before.
    assert.equal(dayChangePercent(position({ dayPnl: 110, marketValue: 110 })), null);
  });
});

describe('a figure of a position', () => {
  it('is its share of net liquidation, whichever sign it has', () => {
    const of = balances({ netLiquidation: 1_000 });
    assert.equal(positionPercent(position({ marketValueBase: 250 }), of), 25);
    assert.equal(positionPercent(position({ marketValueBase: -250 }), of), 25);
    assert.equal(positionPercent(position({ marketValueBase: null }), of), null);
    assert.equal(positionPercent(position(), null), null);
    assert.equal(positionPercent(position(), balances()), null);
  });

  it('is its unrealized result of what was paid, or got', () => {
    assert.equal(unrealizedPercent(position({ unrealizedPnl: -15, costBasis: 100 })), -15);
    assert.equal(unrealizedPercent(position({ unrealizedPnl: -15, costBasis: -100 })), -15);
    assert.equal(unrealizedPercent(position({ unrealizedPnl: -15, costBasis: 0 })), null);
    assert.equal(unrealizedPercent(position({ unrealizedPnl: -15, costBasis: null })), null);
  });
});

describe('the drawdown', () => {
  it('is percent below the peak', () => {
    const peak = { peak: 2_000, day: '2026-11-24', base: null, applied: 0, last: 0 };
    const drawdown = (given: Partial<AccountView>) => drawdownPercent({ ...emptyView(), ...given });
    assert.equal(drawdown({ peak, balances: balances({ netLiquidation: 1_500 }) }), 25);
    assert.equal(drawdown({ peak, balances: balances({ netLiquidation: 2_000 }) }), 0);
    assert.equal(drawdown({ peak, balances: balances() }), null);
    assert.equal(drawdown({ peak }), null);
    assert.equal(drawdown({ balances: balances({ netLiquidation: 1_500 }) }), null);
  });
});

describe('the end of an option', () => {
  const option = (given: Parameters<typeof instrument>[0] = {}, quantity = -1) =>
    position({
      quantity,
      instrument: instrument({
        assetClass: 'option',
        underlying: 'AAPL',
        strike: 100,
        right: 'call',
        expiry: '2026-11-27',
        ...given,
      }),
    });
  const noon = (day: number) => Date.UTC(2026, 10, day, 17);

  it('is counted in days of the calendar in New York', () => {
    assert.deepEqual(
      [24, 26, 27, 28].map((day) => daysToExpiry(option(), noon(day))),
      [3, 1, 0, null],
    );
    // 23:30 in New York on the day before, and half an hour later.
    assert.equal(daysToExpiry(option(), Date.UTC(2026, 10, 27, 4, 30)), 1);
    assert.equal(daysToExpiry(option(), Date.UTC(2026, 10, 27, 5)), 0);
    for (const expiry of [null, '2026-11', 'unreadable'])
      assert.equal(daysToExpiry(option({ expiry }), noon(24)), null);
  });

  it('pays at the price of its underlying, and is unknown without one', () => {
    const at = (price: number, given: Parameters<typeof instrument>[0] = {}) =>
      inTheMoney(option(given), PersistentMap.of([['AAPL', price]]));
    assert.deepEqual([at(99), at(100), at(101)], [0, 0, 1]);
    assert.deepEqual(
      [at(99, { right: 'put' }), at(100, { right: 'put' }), at(101, { right: 'put' })],
      [1, 0, 0],
    );
    assert.equal(at(101, { underlying: 'MSFT' }), null);
    assert.equal(at(101, { underlying: null }), null);
    assert.equal(at(101, { strike: null }), null);
    assert.equal(at(101, { right: null }), null);
  });

  it('threatens an assignment when it is short, in the money, and within five days', () => {
    const prices = PersistentMap.of([['AAPL', 101]]);
    assert.equal(shortInTheMoney(option(), prices, noon(24)), 1);
    assert.equal(shortInTheMoney(option(), prices, noon(22)), 1);
    assert.equal(shortInTheMoney(option(), prices, noon(21)), 0);
    assert.equal(shortInTheMoney(option({}, 1), prices, noon(24)), 0);
    assert.equal(shortInTheMoney(option({}, 0), prices, noon(24)), 0);
    assert.equal(shortInTheMoney(option(), PersistentMap.of([['AAPL', 99]]), noon(24)), 0);
    assert.equal(shortInTheMoney(option(), PersistentMap.of<number>(), noon(24)), null);
    assert.equal(shortInTheMoney(option(), prices, noon(28)), null);
  });
});

describe('a time that has passed', () => {
  it('is counted in seconds, from either form of a time, and never below 0', () => {
    assert.equal(secondsSince(T0 - 1_500, T0), 1.5);
    assert.equal(secondsSince(new Date(T0 - 60_000).toISOString(), T0), 60);
    assert.equal(secondsSince(T0 + 5_000, T0), 0);
    for (const since of [null, 'yesterday', Number.NaN]) assert.equal(secondsSince(since, T0), null);
  });

  it('of figures is that of the older kind, and runs on only where they were told to be stale', () => {
    const told = (given: Partial<Told>): Told => ({
      at: T0,
      quality: 'live',
      stale: false,
      staleSeconds: 0,
      asOf: null,
      issues: [],
      ...given,
    });
    const age = (balancesTold: Told | null, positionsTold: Told | null) => {
      const view = emptyView();
      const trust = { ...view.trust, balances: balancesTold, positions: positionsTold };
      return dataAgeSeconds({ ...view, trust }, T0 + 60_000);
    };
    assert.equal(age(null, null), null);
    assert.equal(age(told({ staleSeconds: 5 }), null), 5);
    assert.equal(age(told({ staleSeconds: 5 }), told({ staleSeconds: 7 })), 7);
    assert.equal(age(told({ staleSeconds: 5, stale: true }), told({ staleSeconds: 7 })), 65);
    assert.equal(age(told({ staleSeconds: 5, stale: true, at: T0 + 90_000 }), null), 5);
  });
});

describe('a day order that is still open after the close', () => {
  /** In New York, where it is winter: UTC − 5. */
  const newYork = (day: number, hour: number, minute = 0) => Date.UTC(2026, 10, day, hour + 5, minute);
  const late = (createdAt: number | null, at: number, timeInForce: string | null = 'day') =>
    dayOrderAfterClose(
      order({ timeInForce, createdAt: createdAt === null ? null : new Date(createdAt).toISOString() }),
      at,
    );

  it('is one in the evening when it was entered before the close, or on a day before', () => {
    assert.equal(late(newYork(24, 10), newYork(24, 21)), 1);
    assert.equal(late(newYork(23, 18), newYork(24, 21)), 1);
    assert.equal(late(newYork(24, 15, 59), newYork(24, 21)), 1);
    assert.equal(late(newYork(24, 16), newYork(24, 21)), 0);
    assert.equal(late(newYork(24, 10), newYork(24, 21), 'DAY'), 1);
  });

  it('is none where it is good for longer, and unknown before the evening and without a time', () => {
    assert.equal(late(newYork(24, 10), newYork(24, 21), 'gtc'), 0);
    assert.equal(late(newYork(24, 10), newYork(24, 21), null), 0);
    assert.equal(late(newYork(24, 10), newYork(24, 12)), null);
    assert.equal(late(newYork(24, 10), newYork(24, 16, 59)), null);
    assert.equal(late(newYork(23, 10), newYork(24, 3)), null);
    assert.equal(late(null, newYork(24, 21)), null);
  });

  it('is unknown at the weekend and on holidays, when it may be one for the next day of trading', () => {
    // Friday after the close, and Saturday morning, for Monday; Thursday is Thanksgiving.
    for (const entered of [newYork(20, 18), newYork(21, 10)])
      for (const day of [21, 22]) assert.equal(late(entered, newYork(day, 18)), null);
    assert.equal(late(newYork(25, 18), newYork(26, 21)), null);
    assert.equal(late(newYork(20, 18), newYork(23, 21)), 1);
  });

  it('is judged by the close of a short day', () => {
    // The day after Thanksgiving closes at 13:00, and for the night at 17:00.
    assert.equal(late(newYork(27, 12, 59), newYork(27, 17)), 1);
    assert.equal(late(newYork(27, 13), newYork(27, 17)), 0);
    assert.equal(late(newYork(27, 10), newYork(27, 16, 59)), null);
  });
});
