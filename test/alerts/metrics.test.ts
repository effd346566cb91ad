import assert from 'node:assert/strict';
import { METRICS } from '../../src/alerts/index.js';
import { NUMBER_METRICS, type NumberMetric } from '../../src/alerts/metric-names.js';
import { valueOf } from '../../src/alerts/judge.js';
import type { ConnectionView, Subject } from '../../src/alerts/views.js';
import { balances, order, position, T0 } from '../support/builders.js';
import { status } from './support.js';
import { emptyView } from './views.js';

const value = (metric: NumberMetric, subject: Subject, at = T0) => valueOf(METRICS[metric], subject, at);
const ofBalances = (given: Parameters<typeof balances>[0] | null): Subject => ({
  of: 'account',
  view: { ...emptyView(), balances: given === null ? null : balances(given) },
});
const ofOrder = (given: Parameters<typeof order>[0], statusSince = T0 - 30_000): Subject => ({
  of: 'order',
  view: emptyView(),
  order: { order: order(given), statusSince },
});
const ofConnection = (given: Partial<ConnectionView>): Subject => ({
  of: 'connection',
  connection: {
    key: 'c',
    label: 'TWS',
    broker: 'ibkr',
    status: status(),
    downSince: null,
    quietSince: null,
    ...given,
  },
});
const subjects: readonly Subject[] = [
  ofBalances({}),
  { of: 'position', view: emptyView(), position: position() },
  ofOrder({}),
  ofConnection({}),
];

describe('what a rule can watch', () => {
  it('is read of its own kind of thing only', () => {
    for (const metric of NUMBER_METRICS)
      for (const subject of subjects)
        if (METRICS[metric].of !== subject.of)
          assert.equal(value(metric, subject), null, `${metric} of ${subject.of}`);
  });

  it('is a figure of the balances, and unknown where these, or it, are', () => {
    const figures = {
      cushion: 0.1,
      leverage: 1.5,
      netLiquidation: 1_000,
      totalCash: 250,
      excessLiquidity: 3,
      buyingPower: 4,
      dayPnl: 5,
      dayTradesRemaining: 6,
    } as const;
    const told = ofBalances({ ...figures, isMarginCall: true });
    for (const metric of [
      'cushion',
      'leverage',
      'netLiquidation',
      'totalCash',
      'excessLiquidity',
      'buyingPower',
      'dayPnl',
      'dayTradesRemaining',
    ] as const) {
      assert.equal(value(metric, told), figures[metric]);
      assert.equal(value(metric, ofBalances({})), null);
      assert.equal(value(metric, ofBalances(null)), null);
    }
    assert.equal(value('cashPercent', told), 25);
    assert.equal(value('isMarginCall', told), 1);
    assert.equal(value('isMarginCall', ofBalances({ isMarginCall: false })), 0);
    assert.equal(value('isMarginCall', ofBalances({})), null);
    assert.equal(value('lookAheadExcessLiquidity', told), null);
  });

  it('is the time for which figures have not fitted together', () => {
    const view = emptyView();
    assert.equal(value('reconcileMismatchSeconds', { of: 'account', view }), 0);
    assert.equal(
      value('reconcileMismatchSeconds', { of: 'account', view: { ...view, mismatchSince: T0 - 90_000 } }),
      90,
    );
  });

  it('is how long an order has been what it is', () => {
    assert.equal(value('orderAgeSeconds', ofOrder({ createdAt: new Date(T0 - 5_000).toISOString() })), 5);
    assert.equal(value('orderAgeSeconds', ofOrder({ createdAt: null })), null);
    for (const waiting of ['pending', 'pending_cancel'] as const)
      assert.equal(value('orderPendingSeconds', ofOrder({ status: waiting })), 30);
    assert.equal(value('orderPendingSeconds', ofOrder({ status: 'working' })), 0);
    assert.equal(value('orderPartialSeconds', ofOrder({ status: 'partially_filled' })), 30);
    assert.equal(value('orderPartialSeconds', ofOrder({ status: 'working' })), 0);
  });

  it('is how a connection is', () => {
    assert.equal(value('connectionDownSeconds', ofConnection({})), 0);
    assert.equal(value('connectionDownSeconds', ofConnection({ downSince: T0 - 60_000 })), 60);
    const login = (given: Parameters<typeof status>[0]) =>
      value('loginHoursLeft', ofConnection({ status: status(given) }));
    assert.equal(login({ loginExpiresAt: T0 + 7_200_000 }), 2);
    assert.equal(login({ loginExpiresAt: T0 - 7_200_000 }), 0);
    assert.equal(login({ loginExpiresAt: null }), null);
    assert.equal(login({ state: 'login-required', loginExpiresAt: T0 + 7_200_000 }), 0);
    assert.equal(value('apiErrorPercent', ofConnection({ status: status({ apiErrorPercent: 12 }) })), 12);
    assert.equal(value('apiErrorPercent', ofConnection({})), null);
    const limited = (code: 'RATE_LIMITED' | 'TRUNCATED') =>
      value(
        'rateLimited',
        ofConnection({ status: status({ issues: [{ code, severity: 'warning', message: '' }] }) }),
      );
    assert.deepEqual(
      [limited('RATE_LIMITED'), limited('TRUNCATED'), value('rateLimited', ofConnection({}))],
      [1, 0, 0],
    );
    for (const metric of ['loginHoursLeft', 'apiErrorPercent', 'rateLimited'] as const)
      assert.equal(value(metric, ofConnection({ status: null })), null);
  });
});
