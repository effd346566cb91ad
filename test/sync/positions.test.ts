import assert from 'node:assert/strict';
import type { Position } from '../../src/domain/position.js';
import { needsSecondLook } from '../../src/sync/second-look.js';
import {
  after,
  balancesSnapshot,
  instrument,
  issueCodes,
  position,
  positionsRemove,
  positionsSnapshot,
  positionsUpsert,
  quantities,
  stateOf,
  T0,
} from '../support/builders.js';

/** Worth 5 000, 3 000 and 10: the last is within the tolerance of what net liquidation can tell. */
const apple = position({ key: 'apple', quantity: 50 });
const msft = position({ key: 'msft', quantity: 30 });
const penny = position({ key: 'penny', quantity: 1, marketValueBase: 10 });

/** An account worth 10 010, all of it cash but these positions: what was sold has become cash. */
function worth(...positions: readonly Position[]) {
  const value = positions.reduce((sum, { marketValueBase }) => sum + (marketValueBase ?? 0), 0);
  return balancesSnapshot({ netLiquidation: 10_010, totalCash: 10_010 - value });
}

const imageAt = (seconds: number, ...held: readonly Position[]) =>
  positionsSnapshot(held, { from: { receivedAt: T0 + seconds * 1_000 } });

function missing(state: Parameters<typeof stateOf>[0]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...(stateOf(state).positions?.value ?? [])].map(([key, tracked]) => [key, tracked.missing]),
  );
}

describe('positions', () => {
  it('takes the first complete image as it is', () => {
    const state = after([worth(apple, msft), positionsSnapshot([apple, msft])]);
    assert.deepEqual(
      [...(stateOf(state).positions?.value.values() ?? [])],
      [
        { value: apple, version: 1, missing: 0 },
        { value: msft, version: 1, missing: 0 },
      ],
    );
  });

  describe('a position that is missing from a complete image', () => {
    const before = after([worth(apple, msft, penny), positionsSnapshot([apple, msft, penny])]);

    it('is closed at once when net liquidation agrees with its absence and contradicts its presence', () => {
      const state = after([worth(apple, penny), positionsSnapshot([apple, penny])], before);
      assert.deepEqual(quantities(state), { apple: 50, penny: 1 });
      assert.deepEqual([...stateOf(state).closedVersions], [['msft', 1]]);
    });

    it('stays while net liquidation counts it, and is asked for again', () => {
      const state = after([imageAt(0, apple, penny), imageAt(40, apple, penny)], before);
      assert.deepEqual(quantities(state), { apple: 50, msft: 30, penny: 1 });
      assert.deepEqual(issueCodes(state), ['SUSPECT_EMPTY']);
      assert.equal(needsSecondLook(state), true);
    });

    it('is closed when nobody can tell and it is missing again half a second later', () => {
      const once = after([imageAt(10, apple, msft)], before);
      assert.deepEqual(missing(once), { apple: 0, msft: 0, penny: 1 });
      assert.equal(needsSecondLook(once), true);
      const soon = after([imageAt(10.1, apple, msft), imageAt(10.4, apple, msft)], once);
      assert.deepEqual(missing(soon), { apple: 0, msft: 0, penny: 3 });
      const later = after([imageAt(10.5, apple, msft)], soon);
      assert.deepEqual(quantities(later), { apple: 50, msft: 30 });
      assert.equal(needsSecondLook(later), false);
    });

    it('is waited for half a minute where the rest has no value yet', () => {
      const untold = [{ ...apple, quantity: 51, marketValueBase: null }, msft];
      const early = after([imageAt(10, ...untold), imageAt(39.9, ...untold)], before);
      assert.deepEqual(missing(early), { apple: 0, msft: 0, penny: 2 });
      assert.deepEqual(quantities(after([imageAt(40, ...untold)], early)), { apple: 51, msft: 30 });
    });

    it('is not closed by one image, however long the last one ago', () => {
      const state = after([imageAt(3_600, apple, msft)], before);
      assert.deepEqual(missing(state), { apple: 0, msft: 0, penny: 1 });
    });

    it('is held as ever when it is back before that, and must be missing twice anew', () => {
      const seen = after([imageAt(0, apple, msft), imageAt(20, apple, msft, penny)], before);
      assert.deepEqual(missing(seen), { apple: 0, msft: 0, penny: 0 });
      const again = after([imageAt(25, apple, msft), imageAt(25.4, apple, msft)], seen);
      assert.deepEqual(quantities(again), { apple: 50, msft: 30, penny: 1 });
    });

    it('is held as ever when a row of it comes', () => {
      const state = after([imageAt(0, apple, msft), positionsUpsert([penny])], before);
      assert.deepEqual(missing(state), { apple: 0, msft: 0, penny: 0 });
    });

    it('stays when it is too small for net liquidation to tell', () => {
      const state = after([worth(apple, msft), positionsSnapshot([apple, msft])], before);
      assert.deepEqual(missing(state), { apple: 0, msft: 0, penny: 1 });
    });

    it('is not closed because a large one that vanished with it was sold', () => {
      const state = after([worth(apple), positionsSnapshot([apple])], before);
      assert.deepEqual(missing(state), { apple: 0, penny: 1 });
    });

    it('stays while balances are not known, or its value is not', () => {
      const blind = after([positionsSnapshot([apple, msft]), positionsSnapshot([apple])]);
      assert.deepEqual(missing(blind), { apple: 0, msft: 1 });
      const unvalued = { ...msft, marketValueBase: null };
      const state = after([positionsSnapshot([apple, unvalued]), worth(apple), positionsSnapshot([apple])]);
      assert.deepEqual(missing(state), { apple: 0, msft: 1 });
    });

    it('stays when net liquidation adds up neither with it nor without it', () => {
      const off = balancesSnapshot({ netLiquidation: 10_010, totalCash: 9_000 });
      const state = after([off, positionsSnapshot([apple, penny])], before);
      assert.deepEqual(missing(state), { apple: 0, msft: 1, penny: 0 });
    });

    it('is proven gone by more than prices move while a download lasts, and not by so much', () => {
      // Five in base currency; 100 and 105 are exact.
      const [kept, gone] = [position({ key: 'kept', quantity: 1 }), position({ key: 'gone', quantity: 1 })];
      const told = (value: number, cash: number) =>
        missing(
          after([
            positionsSnapshot([kept, { ...gone, marketValueBase: value }]),
            balancesSnapshot({ netLiquidation: 200, totalCash: cash }),
            positionsSnapshot([kept]),
          ]),
        );
      assert.deepEqual(told(5, 100), { kept: 0, gone: 1 });
      assert.deepEqual(told(5.01, 100), { kept: 0 });
      assert.deepEqual(told(100, 95), { kept: 0 });
      assert.deepEqual(told(100, 94.99), { kept: 0, gone: 1 });
    });

    it('stays when long and short ones that cancel each other out vanish together', () => {
      const short = position({ key: 'short', quantity: -30 });
      const state = after([
        worth(apple),
        positionsSnapshot([apple, msft, short]),
        positionsSnapshot([apple]),
      ]);
      assert.deepEqual(missing(state), { apple: 0, msft: 1, short: 1 });
    });

    it('stays, however often it is missing, while the broker says that its figures are not ready', () => {
      // AccountReady=false comes with zeros: net liquidation 0, cash 0, no position (fault 13).
      const zerosAt = (seconds: number) => {
        const resetting = { from: { partial: true, receivedAt: T0 + seconds * 1_000 } };
        const balances = balancesSnapshot({ netLiquidation: 0, totalCash: 0 }, resetting);
        return [balances, positionsSnapshot([], resetting)];
      };
      const state = after([0, 60, 120].flatMap(zerosAt), before);
      assert.deepEqual(missing(state), { apple: 0, msft: 0, penny: 0 });
      assert.equal(stateOf(state).positions?.value, stateOf(before).positions?.value);
    });

    it('is not proven gone by balances that are not ready', () => {
      const zeros = balancesSnapshot({ netLiquidation: 0, totalCash: 0 }, { from: { partial: true } });
      assert.deepEqual(missing(after([zeros, positionsSnapshot([])], before)), {
        apple: 1,
        msft: 1,
        penny: 1,
      });
    });
  });

  it('counts a future by nothing in net liquidation, so its absence needs a second image', () => {
    const future = position({ key: 'es', instrument: instrument({ key: 'es', assetClass: 'future' }) });
    const once = after([worth(apple), positionsSnapshot([apple, future]), positionsSnapshot([apple])]);
    assert.deepEqual(missing(once), { apple: 0, es: 1 });
    assert.deepEqual(quantities(after([imageAt(30, apple)], once)), { apple: 50 });
  });

  it('closes a position when the broker says so in so many words', () => {
    const state = after([
      positionsSnapshot([apple, msft]),
      positionsRemove(['msft', 'never-held'], { receivedAt: T0 + 5 }),
    ]);
    assert.deepEqual(quantities(state), { apple: 50 });
    assert.deepEqual([...stateOf(state).closedVersions], [['msft', 1]]);
    assert.equal(stateOf(state).positions?.receivedAt, T0 + 5);
  });

  it('takes a row of quantity 0 for the end of a position, and holds none', () => {
    const flat = position({ key: 'msft', quantity: 0 });
    const unknown = position({ key: 'never-held', quantity: 0 });
    const before = after([positionsSnapshot([apple, msft])]);
    for (const update of [positionsUpsert([flat, unknown]), positionsSnapshot([apple, flat, unknown])]) {
      const state = after([update], before);
      assert.deepEqual(quantities(state), { apple: 50 });
      assert.deepEqual([...stateOf(state).closedVersions], [['msft', 1]]);
    }
  });

  describe('an image without any position', () => {
    it('is refused, however often it comes, while net liquidation says that there are some', () => {
      const before = after([worth(apple), positionsSnapshot([apple])]);
      const empty = positionsSnapshot([], { from: { receivedAt: T0 + 60_000 } });
      const state = after([empty, empty, empty], before);
      assert.equal(stateOf(state), stateOf(before));
      assert.deepEqual(
        [...state.notices.values()],
        [
          {
            kind: 'notice',
            of: 'positions',
            account: stateOf(before).account.key,
            issue: {
              code: 'SUSPECT_EMPTY',
              severity: 'error',
              message:
                'The broker sent no position, yet net liquidation and cash differ by 5000.00; the last positions are kept.',
            },
          },
        ],
      );
      assert.equal(needsSecondLook(state), true);
    });

    it('is not believed either with one position left in it, however often it comes', () => {
      const all = ['a', 'b', 'c', 'd'].map((key) => position({ key, quantity: 10 }));
      const balanced = balancesSnapshot({
        netLiquidation: 5_000,
        totalCash: 1_000,
        grossPositionValue: 4_000,
      });
      const before = after([balanced, positionsSnapshot(all)]);
      const one = positionsSnapshot(all.slice(0, 1), { from: { receivedAt: T0 + 60_000 } });
      const state = after([one, one, one], before);
      assert.deepEqual(quantities(state), { a: 10, b: 10, c: 10, d: 10 });
      const [notice] = [...state.notices.values()];
      assert.match(
        notice?.issue.message ?? '',
        /^The broker left out AAPL, AAPL, AAPL, yet its balances count them/,
      );
      // Once they are sold, the balances say so, too.
      const sold = balancesSnapshot({ netLiquidation: 5_000, totalCash: 4_000, grossPositionValue: 1_000 });
      assert.deepEqual(quantities(after([sold, one, one], before)), { a: 10 });
    });

    it('is refused while longs and shorts cancel out in net liquidation, and the broker values them all the same', () => {
      const [long, short] = [position({ key: 'a', quantity: 10 }), position({ key: 'b', quantity: -10 })];
      const hedged = balancesSnapshot({
        netLiquidation: 1_000,
        totalCash: 1_000,
        grossPositionValue: 2_000,
      });
      const before = after([hedged, positionsSnapshot([long, short])]);
      const state = after([imageAt(60), imageAt(120), imageAt(3_600)], before);
      assert.deepEqual(quantities(state), { a: 10, b: -10 });
      assert.deepEqual(issueCodes(state), ['SUSPECT_EMPTY']);
      const sold = balancesSnapshot({ netLiquidation: 1_000, totalCash: 1_000, grossPositionValue: 0 });
      assert.deepEqual(quantities(after([sold, imageAt(60)], before)), {});
    });

    it('is refused at the first start too, and the reason is told', () => {
      const state = after([worth(apple), positionsSnapshot([])]);
      assert.equal(stateOf(state).positions, null);
      assert.deepEqual(issueCodes(state), ['SUSPECT_EMPTY']);
    });

    it('is forgotten with the next good image', () => {
      const state = after([worth(apple), positionsSnapshot([]), positionsSnapshot([apple])]);
      assert.deepEqual([quantities(state), issueCodes(state)], [{ apple: 50 }, []]);
      assert.equal(needsSecondLook(state), false);
    });

    it('is taken when net liquidation is nothing but cash, accrued interest and money funds', () => {
      const flat = balancesSnapshot({
        netLiquidation: 3_111,
        totalCash: 2_000,
        accruedInterest: 11,
        moneyMarket: 1_100,
      });
      const state = after([flat, positionsSnapshot([])]);
      assert.deepEqual([quantities(state), issueCodes(state)], [{}, []]);
      assert.deepEqual(stateOf(state).positions?.value, new Map());
    });

    it('closes all positions at once when net liquidation proves it', () => {
      const state = after([
        worth(apple, msft),
        positionsSnapshot([apple, msft]),
        worth(),
        positionsSnapshot([]),
      ]);
      assert.deepEqual(quantities(state), {});
      assert.deepEqual(
        [...stateOf(state).closedVersions],
        [
          ['apple', 1],
          ['msft', 1],
        ],
      );
    });
  });

  it('refuses an image that names a position twice', () => {
    const before = after([positionsSnapshot([apple])]);
    const state = after([positionsSnapshot([apple, msft, msft])], before);
    assert.equal(stateOf(state), stateOf(before));
    assert.deepEqual(
      [...state.notices.values()].map(({ issue }) => issue),
      [
        {
          code: 'DUPLICATE_KEY',
          severity: 'error',
          message: 'A position came twice in one download; the download was not used.',
        },
      ],
    );
  });

  it('counts a version for what an owner calls a change, not for a tick of the price', () => {
    const version = (state: Parameters<typeof stateOf>[0]) =>
      stateOf(state).positions?.value.get('apple')?.version;
    const ticked = after([positionsSnapshot([apple]), positionsUpsert([{ ...apple, marketPrice: 101 }])]);
    assert.equal(version(ticked), 1);
    assert.equal(stateOf(ticked).positions?.value.get('apple')?.value.marketPrice, 101);
    assert.equal(version(after([positionsUpsert([{ ...apple, quantity: 60 }])], ticked)), 2);
    assert.equal(version(after([positionsUpsert([{ ...apple, averageCost: 91 }])], ticked)), 2);
  });

  it('goes on counting where a closed position left off when it is opened again', () => {
    const state = after([
      positionsSnapshot([apple]),
      positionsUpsert([{ ...apple, quantity: 60 }]),
      positionsRemove(['apple']),
      positionsUpsert([apple]),
    ]);
    assert.deepEqual(stateOf(state).positions?.value.get('apple'), { value: apple, version: 3, missing: 0 });
  });
});
