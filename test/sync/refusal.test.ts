import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Position } from '../../src/domain/position.js';
import type { BrokerUpdate, Snapshot } from '../../src/domain/update.js';
import { isUnready } from '../../src/sync/second-look.js';
import {
  account,
  accounts,
  after,
  balancesSnapshot,
  instrument,
  issueCodes,
  ordersSnapshot,
  position,
  positionsSnapshot,
  quantities,
  stateOf,
  T0,
} from '../support/builders.js';

const held = (key: string, quantity: number, given: Partial<Position> = {}): Position =>
  position({ key, quantity, instrument: instrument({ key, symbol: key.toUpperCase() }), ...given });
const later = { from: { receivedAt: T0 + 60_000 } };
const image = (...positions: readonly Position[]) => positionsSnapshot(positions, later);
const issues = (updates: readonly BrokerUpdate[]) =>
  [...after(updates).notices.values()].map(({ issue }) => issue);

describe('an image of an account that IBKR resets', () => {
  const resetting = { code: 'ACCOUNT_RESETTING', severity: 'warning', message: 'Not ready.' } as const;
  const other = { code: 'TRUNCATED', severity: 'warning', message: 'Cut off.' } as const;
  const unready = { from: { receivedAt: T0 + 60_000, partial: true, issues: [other, resetting] } };
  const zeros: readonly Snapshot[] = [
    balancesSnapshot({ netLiquidation: 0, totalCash: 0 }, unready),
    positionsSnapshot([], unready),
    ordersSnapshot([], unready),
  ];

  it('is not used where there is a better one, and the reason is told', () => {
    const before = after([balancesSnapshot({ netLiquidation: 5 }), image(held('a', 1)), ordersSnapshot([])]);
    const state = after(zeros, before);
    assert.equal(stateOf(state), stateOf(before));
    assert.deepEqual(
      [...state.notices.values()].map(({ issue, of }) => [of, issue]),
      [
        ['balances', resetting],
        ['positions', resetting],
        ['orders', resetting],
      ],
    );
  });

  it('is used, as unready as it is, where nothing else is known', () => {
    const state = after(zeros);
    assert.deepEqual([issueCodes(state), quantities(state)], [[], {}]);
    assert.equal(stateOf(state).balances?.value.netLiquidation, 0);
  });

  it('is one of an account that is not ready, until a ready one comes', () => {
    const [balances] = zeros;
    assert.ok(balances);
    const ready = balancesSnapshot({ netLiquidation: 5 }, later);
    assert.equal(isUnready(after([])), false);
    assert.equal(isUnready(after([ready])), false);
    assert.equal(isUnready(after([balances])), true);
    assert.equal(isUnready(after([ready, balances])), true);
    assert.equal(isUnready(after([ready, balances, ready])), false);
    // Positions alone say nothing of the account; neither does one that is not behind the login any more.
    assert.equal(isUnready(after([ready, image(), ...zeros.slice(1)])), false);
    assert.equal(isUnready(after([balances, accounts()])), false);
    const two = accounts(account(), account({ key: 'b' }));
    const ofOther = { ...balances, account: 'b' };
    assert.equal(isUnready(after([two, ready, ofOther])), true);
  });

  it('is not taken for one when the balances were refused for another reason', () => {
    const doubted: BrokerUpdate = {
      kind: 'notice',
      of: 'balances',
      account: stateOf(after([])).account.key,
      issue: { ...other, code: 'BAD_RESPONSE' },
    };
    assert.equal(isUnready(after([doubted])), false);
  });
});

describe('an image without any position', () => {
  const flat = (given: Parameters<typeof balancesSnapshot>[0]) => [balancesSnapshot(given), image()];

  it('is refused when the broker values the positions that it does not name', () => {
    assert.deepEqual(issues(flat({ netLiquidation: 1_000, totalCash: 1_000, grossPositionValue: 2_000 })), [
      {
        code: 'SUSPECT_EMPTY',
        severity: 'error',
        message:
          'The broker sent no position, yet values all of them at 2000.00; the last positions are kept.',
      },
    ]);
  });

  it('is believed up to what prices move while a download lasts, and not a cent beyond', () => {
    const gap = (cents: number) => ({ netLiquidation: 100 + cents / 100, totalCash: 100 });
    assert.deepEqual(issues(flat(gap(500))), []);
    assert.equal(issues(flat(gap(501))).length, 1);
    const gross = (value: number) => ({ netLiquidation: 100, totalCash: 100, grossPositionValue: value });
    assert.deepEqual(issues(flat(gross(5))), []);
    assert.equal(issues(flat(gross(5.01))).length, 1);
  });

  it('is believed when no figure speaks against it', () => {
    for (const given of [{}, { netLiquidation: 1_000 }, { totalCash: 1_000 }])
      assert.deepEqual(issues(flat(given)), [], JSON.stringify(given));
  });
});

describe('an image that lacks positions', () => {
  const all = [held('a', 10), held('b', -20), held('c', 10), held('d', 10)];
  const [a, b, c] = [held('a', 10), held('b', -20), held('c', 10)];
  /** What is missing with `a` alone cancels out in net liquidation, and in the value of all positions it does not. */
  const hedged = balancesSnapshot({ netLiquidation: 6_000, totalCash: 5_000, grossPositionValue: 5_000 });
  const before = [hedged, positionsSnapshot(all)];

  it('is refused, and the reason names three of them and counts the others', () => {
    assert.deepEqual(issues([...before, image(a)]), [
      {
        code: 'SUSPECT_EMPTY',
        severity: 'error',
        message: 'The broker left out B, C, D, yet its balances count them; the last positions are kept.',
      },
    ]);
    const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => held(key, 1));
    const counted = balancesSnapshot({ netLiquidation: 600, totalCash: 0 });
    assert.deepEqual(
      issues([counted, positionsSnapshot(six), image(held('a', 1))]).map(({ message }) => message),
      ['The broker left out B, C, D and 2 more, yet its balances count them; the last positions are kept.'],
    );
  });

  it('is refused for one alone, and names those that the balances count of several', () => {
    assert.match(issues([...before, image(a, b, c)])[0]?.message ?? '', /left out D, yet/);
    // Of `b` and `c` the one worth 2 000 is still counted; the other was sold.
    const counted = { netLiquidation: 9_000, totalCash: 5_000, grossPositionValue: 4_000 };
    const state = [balancesSnapshot(counted), positionsSnapshot(all), image(a, held('d', 10))];
    assert.match(issues(state)[0]?.message ?? '', /left out B, yet/);
  });

  it('is taken, and what it lacks waited for, when the balances count something else', () => {
    const one = balancesSnapshot({ netLiquidation: 9_000, totalCash: 0 });
    const exchanged = after([one, positionsSnapshot([held('c', 10)]), image(held('a', 20))]);
    assert.deepEqual([issueCodes(exchanged), quantities(exchanged)], [[], { a: 20, c: 10 }]);
    const two = after([
      balancesSnapshot({ netLiquidation: 3_000, totalCash: 0 }),
      positionsSnapshot([a, held('x', 10), c]),
      image(a),
    ]);
    assert.deepEqual(issueCodes(two), ['SUSPECT_EMPTY']);
  });

  it('is refused although prices have moved since the missing ones were valued', () => {
    const counted = (netLiquidation: number) => balancesSnapshot({ netLiquidation, totalCash: 0 });
    const three = positionsSnapshot([a, held('x', 20), held('y', 20)]);
    // 4 000 are missing; a quarter of what their absence leaves may be a movement of prices.
    for (const moved of [-700, -100, 100, 1_000])
      assert.deepEqual(issues([counted(5_000 + moved), three, image(a)]).length, 1, String(moved));
    for (const moved of [-900, 1_500])
      assert.deepEqual(issues([counted(5_000 + moved), three, image(a)]), [], String(moved));
  });

  it('is taken when the balances do not count what is missing, or when nobody can tell', () => {
    const sold = balancesSnapshot({ netLiquidation: 6_000, totalCash: 5_000, grossPositionValue: 1_000 });
    const ready = balancesSnapshot({ netLiquidation: 6_000, totalCash: 5_000 });
    const partial = balancesSnapshot(
      { netLiquidation: 6_000, totalCash: 5_000, grossPositionValue: 5_000 },
      { from: { partial: true } },
    );
    const unvalued = [a, ...all.slice(1).map((one) => ({ ...one, marketValueBase: null }))];
    const untold = [
      [sold, positionsSnapshot(all), image(a)],
      [ready, positionsSnapshot(all), image(a)],
      [partial, positionsSnapshot(all), image(a)],
      [positionsSnapshot(all), image(a)],
      [hedged, positionsSnapshot(unvalued), image(a)],
      [hedged, positionsSnapshot(all), image({ ...a, quantity: 11, marketValueBase: null })],
    ];
    for (const [index, updates] of untold.entries()) assert.deepEqual(issues(updates), [], String(index));
  });

  it('is refused although the rest has no value yet, as from a gateway that has only begun to tell', () => {
    const untold = { ...a, marketValueBase: null };
    assert.equal(issues([hedged, positionsSnapshot(all), image(untold)]).length, 1);
  });

  it('is taken when the last one that was taken is a quarter of an hour old', () => {
    const at = (minutes: number) => positionsSnapshot([a], { from: { receivedAt: T0 + minutes * 60_000 } });
    assert.equal(issues([...before, at(15)]).length, 1);
    assert.deepEqual(issues([...before, at(15.01)]), []);
  });

  it('is held against each of many missing ones, and against all of them', () => {
    const many = Array.from({ length: 12 }, (_, index) => held(`m${index}`, index + 1));
    const worth = (value: number) => balancesSnapshot({ netLiquidation: value, totalCash: 0 });
    assert.match(
      issues([worth(8_800), positionsSnapshot([a, ...many]), image(a)])[0]?.message ?? '',
      /M0, M1, M2 and 9 more/,
    );
    assert.match(
      issues([worth(2_200), positionsSnapshot([a, ...many]), image(a)])[0]?.message ?? '',
      /left out M11, yet/,
    );
  });

  it('is never refused for what is not missing', () => {
    const some = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { minLength: 1 });
    const figure = fc.integer({ min: -10_000, max: 10_000 });
    fc.assert(
      fc.property(some, figure, figure, (keys, netLiquidation, totalCash) => {
        const rows = keys.map((key) => held(key, 10));
        const told = balancesSnapshot({ netLiquidation, totalCash, grossPositionValue: totalCash });
        assert.deepEqual(issues([positionsSnapshot(rows), told, image(...rows)]), []);
      }),
      { numRuns: 200 },
    );
  });
});
