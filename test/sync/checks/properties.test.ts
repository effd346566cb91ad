import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Execution } from '../../../src/domain/execution.js';
import type { Order } from '../../../src/domain/order.js';
import type { Position } from '../../../src/domain/position.js';
import type { BrokerUpdate } from '../../../src/domain/update.js';
import { issuesFor } from '../../../src/sync/issues.js';
import { reconcile } from '../../../src/sync/reconcile.js';
import { EMPTY_STATE, type SyncState } from '../../../src/sync/state.js';
import {
  account,
  accounts,
  balancesSnapshot,
  execution,
  executionsSnapshot,
  instrument,
  KEY,
  leg,
  order,
  ordersSnapshot,
  position,
  positionsSnapshot,
  stateOf,
} from '../../support/builders.js';

/** A Tuesday, 9:30 in New York. */
const OPENING = Date.UTC(2026, 10, 24, 14, 30);
const INSTRUMENTS = [
  instrument({ key: 'a', symbol: 'A' }),
  instrument({ key: 'b', symbol: 'B', assetClass: 'option', multiplier: 100 }),
  instrument({ key: 'c', symbol: 'C', assetClass: 'etf' }),
] as const;

/** What happens between two looks; nothing of it contradicts itself. */
const aTrade = fc.record({
  kind: fc.constant('trade' as const),
  of: fc.integer({ min: 0, max: 2 }),
  quantity: fc.integer({ min: -5, max: 5 }).filter((quantity) => quantity !== 0),
  parts: fc.integer({ min: 1, max: 3 }),
});
const aDeposit = fc.record({
  kind: fc.constant('deposit' as const),
  amount: fc.integer({ min: -9_000, max: 90_000 }),
});
const prices = fc.record({
  kind: fc.constant('prices' as const),
  factors: fc.tuple(...INSTRUMENTS.map(() => fc.double({ min: 0.97, max: 1.03, noNaN: true }))),
});
const step = fc.record({
  events: fc.array(fc.oneof(aTrade, aDeposit, prices), { maxLength: 4, size: 'max' }),
  afterMs: fc.constantFrom(1_000, 10_000, 60_000, 300_000),
});
const world = fc.array(step, { maxLength: 25, size: 'max' });
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A broker whose figures add up. */
class Books {
  cash = 100_000;
  prices = [50, 2, 200];
  readonly #held = [10, 0, -3];
  readonly executions: Execution[] = [];
  readonly orders: Order[] = [];

  play({ events }: Pick<Step, 'events'>): void {
    for (const event of events) {
      if (event.kind === 'deposit') this.cash += event.amount;
      else if (event.kind === 'prices')
        this.prices = this.prices.map((price, of) => price * (event.factors[of] ?? 1));
      else this.#trade(event);
    }
    // Something always moves while the market is open.
    this.prices = this.prices.map((price) => price * 1.000_01);
  }

  #trade({ of, parts, quantity }: Extract<Step['events'][number], { readonly kind: 'trade' }>): void {
    const traded = INSTRUMENTS[of] ?? INSTRUMENTS[0];
    const permId = String(1_000 + this.orders.length);
    const side = quantity > 0 ? 'buy' : 'sell';
    const each = Math.abs(quantity) / parts;
    for (let part = 0; part < parts; part++)
      this.executions.push(
        execution({ executionId: `${permId}-${part}`, permId, instrument: traded, side, quantity: each }),
      );
    const filled = { quantity: Math.abs(quantity), filledQuantity: Math.abs(quantity), remainingQuantity: 0 };
    const legs = [leg(traded.key, { instrument: traded })];
    this.orders.push(order({ permId, key: permId, status: 'filled', side, legs, ...filled }));
    this.#held[of] = (this.#held[of] ?? 0) + quantity;
    this.cash -= quantity * (this.prices[of] ?? 0) * (traded.multiplier ?? 1);
  }

  get positions(): readonly Position[] {
    return INSTRUMENTS.flatMap((held, of) => {
      const [quantity, marketPrice] = [this.#held[of] ?? 0, this.prices[of] ?? 0];
      const marketValue = quantity * marketPrice * (held.multiplier ?? 1);
      const figures = { key: held.key, instrument: held, quantity, marketPrice, marketValue };
      return quantity === 0 ? [] : [position({ ...figures, marketValueBase: marketValue })];
    });
  }

  images(at: number): readonly BrokerUpdate[] {
    const from = { receivedAt: at };
    const value = this.positions.reduce((sum, { marketValueBase }) => sum + (marketValueBase ?? 0), 0);
    return [
      balancesSnapshot({ netLiquidation: this.cash + value, totalCash: this.cash }, { from }),
      positionsSnapshot(this.positions, { from }),
      executionsSnapshot(this.executions, { from }),
      ordersSnapshot(this.orders, { from }),
    ];
  }
}

function codes(state: SyncState): readonly string[] {
  const from = stateOf(state).positions?.from;
  return from === undefined ? [] : issuesFor(state, KEY, from).map(({ code }) => code);
}

const start = (): SyncState => reconcile(EMPTY_STATE, accounts(account()));

describe('the checks', () => {
  it('find nothing in a world of random trades, prices, deposits and withdrawals', () => {
    fc.assert(
      fc.property(world, (steps) => {
        const books = new Books();
        let [state, at] = [start(), OPENING];
        for (const one of steps) {
          books.play(one);
          at += one.afterMs;
          // A deposit together with a trade may look like a jump for one image, which the next one confirms.
          for (const time of [at, at + 500]) state = books.images(time).reduce(reconcile, state);
          assert.deepEqual(codes(state), []);
          assert.equal(stateOf(state).balances?.value.totalCash, books.cash);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('find what was planted in it, whatever happened before', () => {
    type Plant = (images: readonly BrokerUpdate[]) => readonly BrokerUpdate[];
    const planted = position({ key: 'p', quantity: 7, marketPrice: 100 });
    const held =
      (wrong: Partial<Position>): Plant =>
      (images) =>
        images.map((news) => {
          if (news.kind !== 'snapshot') return news;
          if (news.of === 'positions')
            return { ...news, positions: [{ ...planted, ...wrong }, ...news.positions] };
          // Its true value counts in the balances: of the figures only the planted one is wrong.
          if (news.of !== 'balances' || news.balances.netLiquidation === null) return news;
          const netLiquidation = news.balances.netLiquidation + (planted.marketValueBase ?? 0);
          return { ...news, balances: { ...news.balances, netLiquidation } };
        });
    const plants: Readonly<Record<string, Plant>> = {
      NAV_MISMATCH: held({ marketValueBase: 1_000_000 }),
      SIGN_MISMATCH: held({ marketValue: -700 }),
      PRICE_MISMATCH: held({ marketPrice: 103 }),
      ORDER_MISMATCH: (images) =>
        images.map((news) =>
          news.kind === 'snapshot' && news.of === 'orders'
            ? { ...news, orders: [...news.orders, order({ permId: '7', key: '7', filledQuantity: 3 })] }
            : news,
        ),
    };
    for (const [code, plant] of Object.entries(plants))
      fc.assert(
        fc.property(world, (steps) => {
          const books = new Books();
          let [state, at] = [start(), OPENING];
          for (const one of steps) {
            books.play(one);
            at += one.afterMs;
            state = books.images(at).reduce(reconcile, state);
          }
          for (let look = 0; look < 4; look++) {
            books.play({ events: [] });
            at += 60_000;
            state = plant(books.images(at)).reduce(reconcile, state);
          }
          assert.ok(codes(state).includes(code), `${code}: ${codes(state).join()}`);
        }),
        { numRuns: 60 },
      );
  });

  it('find a change of a position that nobody traded', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 1, max: 9 }), (steps, more) => {
        const books = new Books();
        let [state, at] = [start(), OPENING];
        const look = (extra: number) => {
          books.play({ events: [] });
          at += 60_000;
          const images = books.images(at).map((news) => {
            if (extra === 0 || news.kind !== 'snapshot' || news.of !== 'positions') return news;
            const added = position({ key: 'gift', instrument: instrument({ key: 'gift' }), quantity: extra });
            return { ...news, positions: [...news.positions, { ...added, marketValueBase: 0 }] };
          });
          state = images.reduce(reconcile, state);
        };
        for (const one of steps) {
          books.play(one);
          at += one.afterMs;
          state = books.images(at).reduce(reconcile, state);
        }
        for (let calm = 0; calm < 3; calm++) look(0);
        for (let later = 0; later < 3; later++) look(more);
        assert.deepEqual(codes(state), ['UNEXPLAINED_POSITION_CHANGE']);
      }),
      { numRuns: 150 },
    );
  });

  it('change no figure of an image that they find wrong', () => {
    const anything = fc.record({
      key: fc.constantFrom('x', 'y'),
      quantity: fc.integer({ min: -3, max: 3 }).filter((quantity) => quantity !== 0),
      marketPrice: fc.constantFrom(null, 0, 5, 100),
      marketValue: fc.constantFrom(null, 0, -100, 100, 1e6),
    });
    const image = fc.uniqueArray(anything, { selector: ({ key }) => key, minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(fc.array(image, { maxLength: 20, size: 'max' }), (images) => {
        let state = start();
        for (const [index, rows] of images.entries()) {
          const named = rows.map((row) => position(row));
          state = reconcile(
            state,
            positionsSnapshot(named, { from: { receivedAt: OPENING + index * 60_000 } }),
          );
          const held = new Map(
            [...(stateOf(state).positions?.value ?? [])].map(([key, { value }]) => [key, value]),
          );
          for (const row of named) assert.deepEqual(held.get(row.key), row);
        }
      }),
      { numRuns: 300 },
    );
  });
});
