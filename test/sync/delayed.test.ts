import assert from 'node:assert/strict';
import { withDelayed } from '../../src/sync/delayed.js';
import {
  account,
  accounts,
  after,
  balancesSnapshot,
  execution,
  executionsSnapshot,
  order,
  ordersSnapshot,
  position,
  positionsSnapshot,
  stateOf,
  T0,
} from '../support/builders.js';

const close = { via: 'flex', asOf: T0 - 3_600_000, receivedAt: T0 + 60_000 } as const;
const [first, second] = [execution(), execution({ executionId: '0002.01' })];

describe('the report of a close', () => {
  const known = stateOf(
    after([
      balancesSnapshot({ netLiquidation: 1_000 }),
      positionsSnapshot([position()]),
      ordersSnapshot([order()]),
      executionsSnapshot([first]),
    ]),
  );
  const report = stateOf(
    after([
      balancesSnapshot({ netLiquidation: 900 }, { from: close }),
      positionsSnapshot([position({ quantity: 9 })], { from: close }),
    ]),
  );

  it('shows its balances and positions, and the orders as they were', () => {
    assert.deepEqual(withDelayed(known, report), {
      ...known,
      balances: report.balances,
      positions: report.positions,
    });
  });

  it('is all there is of an account of which nothing was known', () => {
    const withFills = stateOf(after([executionsSnapshot([first], { from: close })]));
    assert.deepEqual(withDelayed(null, { ...report, executions: withFills.executions }), {
      ...report,
      executions: withFills.executions,
    });
  });

  it('leaves what it has no section for as it was', () => {
    const empty = stateOf(after([]));
    assert.deepEqual(withDelayed(known, empty), known);
  });

  it('adds the fills that nobody has told of, and takes no word back about the others', () => {
    const ofReport = (...fills: readonly (typeof first)[]) =>
      stateOf(after([executionsSnapshot(fills, { from: close })]));
    const vague = { ...first, price: null, orderId: null };
    const joined = withDelayed(known, ofReport(vague, second)).executions;
    assert.deepEqual([...(joined?.value.values() ?? [])], [first, second]);
    assert.equal(joined?.from.via, 'flex');
    assert.equal(withDelayed(known, ofReport(vague)).executions, known.executions);
    assert.deepEqual(
      withDelayed({ ...known, executions: null }, ofReport(vague)).executions,
      ofReport(vague).executions,
    );
  });

  it('names the type and the currency of an account where the live connection did not', () => {
    const unnamed = { ...known, account: account({ type: null, currency: null, tradingMode: 'paper' }) };
    const named = { ...report, account: account({ type: 'ira', currency: 'EUR', tradingMode: 'live' }) };
    assert.deepEqual(
      withDelayed(unnamed, named).account,
      account({ type: 'ira', currency: 'EUR', tradingMode: 'paper' }),
    );
    assert.deepEqual(withDelayed(known, named).account, known.account);
  });

  it('says whether the account still is behind the login', () => {
    const gone = stateOf(after([accounts()], after([balancesSnapshot({}, { from: close })])));
    assert.equal(withDelayed(known, gone).present, false);
  });
});
