import assert from 'node:assert/strict';
import { reconcile } from '../../src/sync/reconcile.js';
import { EMPTY_STATE } from '../../src/sync/state.js';
import { KINDS, type BrokerUpdate } from '../../src/domain/update.js';
import {
  account,
  accounts,
  activitiesSnapshot,
  activity,
  after,
  balances,
  balancesSnapshot,
  balancesUpsert,
  execution,
  executionsOf,
  executionsSnapshot,
  executionsUpsert,
  issueCodes,
  KEY,
  order,
  ordersOf,
  ordersSnapshot,
  ordersUpsert,
  position,
  positionsRemove,
  positionsSnapshot,
  positionsUpsert,
  quantities,
  stateOf,
  T0,
} from '../support/builders.js';

const readOnly: BrokerUpdate = {
  kind: 'notice',
  of: 'orders',
  account: null,
  issue: { code: 'ORDERS_UNAVAILABLE', severity: 'info', message: 'The API is read-only.' },
};

describe('reconcile', () => {
  it('hands the very same state back when an update brings no news', () => {
    const state = after([
      balancesSnapshot({ netLiquidation: 1000 }),
      positionsSnapshot([position()]),
      ordersSnapshot([order()]),
      executionsSnapshot([execution()]),
      { kind: 'link', state: 'limited', reason: 'Another client holds the account.' },
      readOnly,
    ]);
    const stale: readonly BrokerUpdate[] = [
      accounts(account()),
      balancesUpsert({ netLiquidation: 1000 }),
      positionsUpsert([position()]),
      ordersUpsert([order()]),
      executionsUpsert([execution()]),
      positionsUpsert([]),
      positionsRemove(['never-held']),
      { kind: 'link', state: 'limited', reason: 'Another client holds the account.' },
      readOnly,
    ];
    for (const update of stale) assert.equal(reconcile(state, update), state, JSON.stringify(update));
  });

  it('keeps the references of figures that a complete image repeats, and takes its time', () => {
    const before = after([
      balancesSnapshot({ netLiquidation: 1000 }),
      positionsSnapshot([position()]),
      ordersSnapshot([order()]),
      executionsSnapshot([execution()]),
      activitiesSnapshot([activity()]),
    ]);
    const later = { from: { receivedAt: T0 + 60_000 } };
    const now = after(
      [
        balancesSnapshot({ netLiquidation: 1000 }, later),
        positionsSnapshot([position()], later),
        ordersSnapshot([order()], later),
        executionsSnapshot([execution()], later),
        activitiesSnapshot([activity()], later),
      ],
      before,
    );
    for (const kind of KINDS) {
      assert.equal(stateOf(now)[kind]?.value, stateOf(before)[kind]?.value, kind);
      assert.equal(stateOf(now)[kind]?.from.receivedAt, T0 + 60_000, kind);
      assert.equal(stateOf(now)[kind]?.receivedAt, T0 + 60_000, kind);
    }
    assert.equal(stateOf(now).closedVersions, stateOf(before).closedVersions);
    assert.equal(now.notices, before.notices);
  });

  it('keeps what did not change of an image in which one thing did', () => {
    const [bystander, waiting] = [position({ key: 'b' }), order({ permId: '2', orderId: '6' })];
    const before = after([positionsSnapshot([position(), bystander]), ordersSnapshot([order(), waiting])]);
    const moved = { quantity: 7, limitPrice: 96 };
    const now = after(
      [
        positionsSnapshot([position({ quantity: moved.quantity }), bystander]),
        ordersSnapshot([order({ limitPrice: moved.limitPrice }), waiting]),
      ],
      before,
    );
    assert.deepEqual([quantities(now)['265598'], ordersOf(now)[0]?.limitPrice], [7, 96]);
    const [was, is] = [stateOf(before), stateOf(now)];
    assert.equal(is.positions?.value.get('b'), was.positions?.value.get('b'));
    assert.equal(is.orders?.value.get('2'), was.orders?.value.get('2'));
  });

  it('leaves the state it was given as it was', () => {
    const before = after([positionsSnapshot([position()]), ordersSnapshot([order()])]);
    after(
      [
        positionsUpsert([position({ quantity: 7 })]),
        positionsRemove(['265598']),
        ordersUpsert([order({ status: 'canceled' })]),
        accounts(),
      ],
      before,
    );
    assert.deepEqual([quantities(before), ordersOf(before)], [{ '265598': 10 }, [order()]]);
    assert.equal(stateOf(before).present, true);
  });

  it('holds rows back until the first complete image: half a portfolio must not look like a whole one', () => {
    const rows = [
      balancesUpsert({ netLiquidation: 1 }),
      positionsUpsert([position()]),
      positionsRemove(['265598']),
      ordersUpsert([order()]),
      executionsUpsert([execution()]),
    ];
    const empty = after([]);
    assert.equal(after(rows, empty), empty);
    assert.deepEqual(
      { ...stateOf(empty), account: null, closedVersions: null },
      {
        account: null,
        present: true,
        balances: null,
        positions: null,
        orders: null,
        executions: null,
        closedVersions: null,
        activities: null,
      },
    );
  });

  it('takes rows between complete images, and leaves the time of the last image alone', () => {
    const state = after([
      balancesSnapshot({ netLiquidation: 1000 }),
      positionsSnapshot([position()]),
      ordersSnapshot([order()]),
      executionsSnapshot([]),
      balancesUpsert({ netLiquidation: 1010 }, { receivedAt: T0 + 1 }),
      positionsUpsert([position({ key: '272093', quantity: -3 })], { receivedAt: T0 + 2 }),
      ordersUpsert([order({ limitPrice: 96 })], { receivedAt: T0 + 3 }),
      executionsUpsert([execution()], { receivedAt: T0 + 4 }),
    ]);
    assert.deepEqual(stateOf(state).balances?.value, balances({ netLiquidation: 1010 }));
    assert.deepEqual(quantities(state), { '265598': 10, '272093': -3 });
    assert.deepEqual(ordersOf(state), [order({ limitPrice: 96 })]);
    assert.deepEqual(executionsOf(state), [execution()]);
    const times = (['balances', 'positions', 'orders', 'executions'] as const).map((kind) => [
      stateOf(state)[kind]?.receivedAt,
      stateOf(state)[kind]?.from.receivedAt,
    ]);
    assert.deepEqual(times, [
      [T0 + 1, T0],
      [T0 + 2, T0],
      [T0 + 3, T0],
      [T0 + 4, T0],
    ]);
  });

  it('drops whatever is about an account that is not behind this login', () => {
    const state = after([readOnly]);
    const other = { account: 'ffffffffffff' };
    const foreign = [
      balancesSnapshot({}, other),
      balancesUpsert({ netLiquidation: 1 }, other),
      positionsSnapshot([position()], other),
      ordersSnapshot([], other),
      executionsUpsert([execution()], other),
      positionsRemove(['265598'], other),
    ];
    assert.equal(after(foreign, state), state);
    assert.deepEqual(issueCodes(state), ['ORDERS_UNAVAILABLE']);
  });

  it('keeps the figures of an account that is no longer named, marked as gone, and knows it when it is back', () => {
    const before = after([positionsSnapshot([position()])]);
    const gone = after([accounts(account({ key: 'b', lastFour: '9999' }))], before);
    assert.deepEqual([...gone.accounts.keys()], [KEY, 'b']);
    assert.deepEqual([stateOf(gone).present, quantities(gone)], [false, { '265598': 10 }]);
    assert.equal(stateOf(gone).positions, stateOf(before).positions);
    const back = after([accounts(account(), account({ key: 'b', lastFour: '9999' }))], gone);
    assert.deepEqual([stateOf(back).present, stateOf(back, 'b').present], [true, true]);
    assert.equal(stateOf(back).positions, stateOf(before).positions);
  });

  it('does not unlearn the type and the currency of an account, and learns new ones', () => {
    const vague = account({ type: null, currency: null });
    assert.deepEqual(stateOf(after([accounts(vague)])).account, account());
    const learnt = after([accounts(account({ currency: 'EUR' }))], reconcile(EMPTY_STATE, accounts(vague)));
    assert.deepEqual(stateOf(learnt).account, account({ currency: 'EUR' }));
  });

  it('forgets with a new session what the last one said of itself, and nothing else', () => {
    const limited: BrokerUpdate = { kind: 'link', state: 'limited', reason: 'Another client.' };
    const plain = after([positionsSnapshot([position()])]);
    assert.equal(after([{ kind: 'begin' }], plain), plain);
    for (const said of [[limited], [readOnly], [limited, readOnly]]) {
      const now = after([{ kind: 'begin' }], after(said, plain));
      assert.deepEqual([now.link, issueCodes(now)], [EMPTY_STATE.link, []]);
      assert.equal(now.accounts, plain.accounts);
    }
  });

  it("knows how the link to the broker's servers is", () => {
    const lost: BrokerUpdate = { kind: 'link', state: 'lost', reason: 'IBKR servers unreachable.' };
    const state = after([lost]);
    assert.deepEqual(state.link, lost);
    const words: BrokerUpdate = { ...lost, reason: 'Still unreachable.' };
    assert.deepEqual(after([words], state).link, words);
    const limited: BrokerUpdate = { ...lost, state: 'limited' };
    assert.deepEqual(after([limited], state).link, limited);
    assert.deepEqual(after([{ kind: 'link', state: 'up', reason: null }], state).link, EMPTY_STATE.link);
  });
});
