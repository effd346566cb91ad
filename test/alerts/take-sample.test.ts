import assert from 'node:assert/strict';
import type { Sample } from '../../src/alerts/index.js';
import { isTrusted, takeSample, type Taken } from '../../src/alerts/take-sample.js';
import type { AccountView } from '../../src/alerts/views.js';
import type { Change } from '../../src/domain/change.js';
import type { IssueCode } from '../../src/domain/issue.js';
import type { Order } from '../../src/domain/order.js';
import type { Position } from '../../src/domain/position.js';
import { instrument, order, position, T0 } from '../support/builders.js';
import { balancesSample, sampledAccount, trust } from './support.js';
import { emptyView } from './views.js';

type Of<Kind extends Sample['of']> = Extract<Sample, { readonly of: Kind }>;
type Closed = Extract<Change, { readonly of: 'positions' }>;

const common = { at: T0, account: sampledAccount(), trust: trust(), complete: true } as const;

function positions(list: readonly Position[], given: Partial<Of<'positions'>> = {}): Of<'positions'> {
  return { ...common, of: 'positions', positions: list, changes: [], ...given };
}

function orders(list: readonly Order[], given: Partial<Of<'orders'>> = {}): Of<'orders'> {
  return { ...common, of: 'orders', orders: list, changes: [], ...given };
}

/** The view after these samples, and what the last of them changed. */
function after(...samples: readonly Parameters<typeof takeSample>[1][]): Taken {
  let taken: Taken = { view: emptyView(), changed: [], gone: [], trustChanged: false };
  for (const sample of samples) taken = takeSample(taken.view, sample);
  return taken;
}
const held = ({ view }: Taken) =>
  [...view.positions].map(([key]) => key).toSorted((a, b) => a.localeCompare(b));
const openOrders = ({ view }: Taken) => [...view.orders].map(([key]) => key);

const a = position({ key: 'a', instrument: instrument({ key: 'a', symbol: 'A' }) });
const b = position({ key: 'b', instrument: instrument({ key: 'b', symbol: 'B' }) });

describe('figures that came', () => {
  it('may be trusted when they are live and not stale', () => {
    assert.equal(isTrusted(trust()), true);
    for (const quality of ['cached', 'delayed', 'partial'] as const)
      assert.equal(isTrusted(trust({ quality })), false);
    assert.equal(isTrusted(trust({ stale: true })), false);
    assert.equal(isTrusted(null), false);
  });

  it('are known with how far they may be trusted, each kind for itself', () => {
    const { view } = after(
      balancesSample(T0 + 5, { totalCash: 1 }),
      positions([a], { trust: trust({ stale: true }) }),
    );
    assert.deepEqual(view.trust, {
      balances: { ...trust(), at: T0 + 5 },
      positions: { ...trust({ stale: true }), at: T0 },
      orders: null,
    });
    assert.equal(view.balances?.totalCash, 1);
    const renamed = after(balancesSample(T0, {}, { account: sampledAccount({ label: 'Other' }) }));
    assert.equal(renamed.view.account.label, 'Other');
  });

  it('change whether they are trusted when they turn stale, or live again', () => {
    const stale = positions([a], { trust: trust({ stale: true }) });
    assert.equal(after(positions([a])).trustChanged, true);
    assert.equal(after(positions([a]), positions([a])).trustChanged, false);
    assert.equal(after(positions([a]), stale).trustChanged, true);
    assert.equal(after(stale, positions([a])).trustChanged, true);
    assert.equal(after(positions([a]), balancesSample(T0, {})).trustChanged, true);
  });

  it('move the peak only when they may be trusted', () => {
    const peak = (given: Parameters<typeof trust>[0]) =>
      after(
        balancesSample(T0, { netLiquidation: 1_000 }),
        balancesSample(T0, { netLiquidation: 2_000 }, { trust: trust(given) }),
      ).view.peak?.peak;
    assert.deepEqual([peak({}), peak({ stale: true }), peak({ quality: 'cached' })], [2_000, 1_000, 1_000]);
  });

  it('of executions change nothing that is known', () => {
    const { view } = after(positions([a]));
    const { account, at } = common;
    const taken = takeSample(view, {
      of: 'executions',
      at,
      account,
      trust: trust({ stale: true }),
      changes: [],
    });
    assert.deepEqual(taken, { view, changed: [], gone: [], trustChanged: false });
  });
});

describe('positions that came', () => {
  it('are changed when a figure of them is another', () => {
    const changes: readonly Partial<Position>[] = [
      { quantity: 11 },
      { marketPrice: 1 },
      { marketValue: 1 },
      { marketValueBase: 1 },
      { costBasis: 1 },
      { unrealizedPnl: 1 },
      { dayPnl: 1 },
    ];
    for (const change of changes) {
      const taken = after(positions([a, b]), positions([{ ...a, ...change }, b]));
      assert.deepEqual(taken.changed, ['a'], Object.keys(change).join());
      assert.deepEqual(taken.view.positions.get('a'), { ...a, ...change });
    }
    assert.deepEqual(after(positions([a, b]), positions([{ ...a, realizedPnl: 5 }, b])).changed, []);
    assert.deepEqual(after(positions([a, b])).changed, ['a', 'b']);
  });

  it('are gone when a whole and trusted list lacks them, and not when any other does', () => {
    const gone = (given: Partial<Of<'positions'>>) => after(positions([a, b]), positions([b], given));
    assert.deepEqual([gone({}).gone, held(gone({}))], [['a'], ['b']]);
    for (const given of [
      { complete: false },
      { trust: trust({ stale: true }) },
      { trust: trust({ quality: 'partial' }) },
    ])
      assert.deepEqual([gone(given).gone, held(gone(given))], [[], ['a', 'b']]);
    // As many as before, and others.
    const exchanged = after(positions([a]), positions([b]));
    assert.deepEqual([exchanged.gone, held(exchanged)], [['a'], ['b']]);
  });

  it('are gone when a change says so, whatever the list says', () => {
    const closed: Closed = { of: 'positions', change: 'closed', before: a, after: null, eventId: 'e' };
    const taken = after(positions([a, b]), positions([a], { complete: false, changes: [closed] }));
    assert.deepEqual([taken.gone, held(taken), taken.changed], [['a'], ['b'], []]);
    assert.deepEqual(after(positions([b]), positions([b], { changes: [closed] })).gone, []);
  });

  it('tell the price of what is no derivative, as long as they have one', () => {
    const prices = (...lists: readonly (readonly Position[])[]) =>
      Object.fromEntries(after(...lists.map((list) => positions(list))).view.prices);
    const derivatives = (['option', 'future', 'future_option', 'warrant', 'cfd'] as const).map((assetClass) =>
      position({ key: assetClass, instrument: instrument({ symbol: assetClass, assetClass }) }),
    );
    assert.deepEqual(prices([a, b, ...derivatives]), { A: 100, B: 100 });
    assert.deepEqual(prices([a, b], [{ ...a, marketPrice: 101 }, b]), { A: 101, B: 100 });
    assert.deepEqual(prices([a, b], [{ ...a, marketPrice: null }, b]), { B: 100 });
    assert.deepEqual(prices([a, b], [b]), { B: 100 });
    assert.deepEqual(prices([{ ...a, marketPrice: null }]), {});
  });
});

describe('orders that came', () => {
  const [one, two] = [order(), order({ permId: '2', orderId: '6' })];
  const done = order({ status: 'filled' });

  it('are known while they are open', () => {
    const taken = after(orders([one, two]), orders([done, two]));
    assert.deepEqual([taken.gone, openOrders(taken), taken.changed], [['1001'], ['2'], ['2']]);
    const unseen = after(orders([two]), orders([done, two]));
    assert.deepEqual([unseen.gone, openOrders(unseen)], [[], ['2']]);
  });

  it('are gone when a whole and trusted list lacks them, and not when any other does', () => {
    const gone = (given: Partial<Of<'orders'>>) => after(orders([one, two]), orders([two], given)).gone;
    assert.deepEqual(gone({}), ['1001']);
    assert.deepEqual(gone({ complete: false }), []);
    assert.deepEqual(gone({ trust: trust({ stale: true }) }), []);
  });

  it('have their status since it changed, or since an earlier time that the broker names', () => {
    const since = (...samples: readonly Of<'orders'>[]) =>
      after(...samples).view.orders.get('1001')?.statusSince;
    const iso = (ms: number) => new Date(T0 + ms).toISOString();
    const later = { at: T0 + 60_000 };
    assert.equal(since(orders([one])), T0);
    assert.equal(since(orders([one]), orders([{ ...one, limitPrice: 1 }], later)), T0);
    assert.equal(since(orders([one]), orders([order({ status: 'pending_cancel' })], later)), T0 + 60_000);
    assert.equal(since(orders([order({ updatedAt: iso(-5_000) })])), T0 - 5_000);
    assert.equal(since(orders([order({ updatedAt: iso(5_000) })])), T0);
    assert.equal(since(orders([order({ updatedAt: 'yesterday' })])), T0);
  });
});

describe('figures that do not fit together', () => {
  const told = (at: number, ...codes: readonly IssueCode[]) =>
    balancesSample(
      at,
      {},
      { trust: trust({ issues: codes.map((code) => ({ code, severity: 'warning', message: '' })) }) },
    );
  const since = (...samples: readonly Parameters<typeof takeSample>[1][]): AccountView['mismatchSince'] =>
    after(...samples).view.mismatchSince;

  it('have not fitted since a check first found it, until none finds it', () => {
    for (const code of [
      'SUSPECT_EMPTY',
      'NAV_MISMATCH',
      'ORDER_MISMATCH',
      'FILL_MISSING',
      'SIGN_MISMATCH',
      'PRICE_MISMATCH',
      'DUPLICATE_KEY',
      'NLV_JUMP',
    ] as const)
      assert.equal(since(told(T0, code)), T0, code);
    assert.equal(since(told(T0, 'TRUNCATED', 'CLOCK_SKEW')), null);
    assert.equal(since(told(T0, 'NAV_MISMATCH'), told(T0 + 9, 'TRUNCATED', 'SIGN_MISMATCH')), T0);
    assert.equal(since(told(T0, 'NAV_MISMATCH'), told(T0 + 9)), null);
    assert.equal(since(told(T0, 'NAV_MISMATCH'), told(T0 + 9), told(T0 + 20, 'NAV_MISMATCH')), T0 + 20);
  });

  it('are none where something is only to be known', () => {
    const issues = [{ code: 'SUSPECT_EMPTY', severity: 'info', message: '' }] as const;
    assert.equal(since(positions([], { trust: trust({ issues }) })), null);
  });

  it('are found in any kind', () => {
    const issues = [{ code: 'ORDER_MISMATCH', severity: 'warning', message: '' }] as const;
    assert.equal(since(orders([], { trust: trust({ issues }) }), told(T0 + 9)), T0);
    assert.equal(since(positions([], { trust: trust({ issues }) }), told(T0 + 9)), T0);
  });
});
