import assert from 'node:assert/strict';
import { DEFAULT_RULES, parseRules, type Sample } from '../../src/alerts/index.js';
import type { Activity, ActivityType } from '../../src/domain/activity.js';
import type { IssueCode } from '../../src/domain/issue.js';
import type { Order } from '../../src/domain/order.js';
import type { Position } from '../../src/domain/position.js';
import { execution, instrument, order, position } from '../support/builders.js';
import { balancesSample, MINUTE_MS, sampledAccount, settingsOf, Stage, status, trust } from './support.js';

/** A Tuesday, 10:00 in New York. */
const START = Date.UTC(2026, 10, 24, 15, 0, 0);
const account = sampledAccount();
const iso = (at: number) => new Date(at).toISOString();

const balances = (given: Parameters<typeof balancesSample>[1]) => (at: number) => balancesSample(at, given);

function positions(...list: readonly Position[]) {
  return (at: number): Sample => ({
    of: 'positions',
    at,
    account,
    trust: trust(),
    positions: list,
    complete: true,
    changes: [],
  });
}

function orders(...list: readonly Order[]) {
  return (at: number): Sample => ({
    of: 'orders',
    at,
    account,
    trust: trust(),
    orders: list,
    complete: true,
    changes: [],
  });
}

const orderBecame =
  (after: Order, before: Order | null) =>
  (at: number): Sample => ({
    of: 'orders',
    at,
    account,
    trust: trust(),
    orders: [after],
    complete: true,
    changes: [
      before === null
        ? { of: 'orders', change: 'opened', before, after, eventId: 'o1' }
        : { of: 'orders', change: after.isOpen ? 'changed' : 'closed', before, after, eventId: 'o2' },
    ],
  });

const connection =
  (given: Parameters<typeof status>[0]) =>
  (at: number): Sample => ({
    of: 'connection',
    at,
    connection: { key: 'c1', label: 'TWS', broker: 'ibkr' },
    status: status({ since: at, ...given }),
  });

const booked =
  (type: ActivityType, given: Partial<Activity> = {}) =>
  (at: number): Sample => ({
    of: 'activities',
    at,
    account,
    activities: [
      {
        activityId: 'x1',
        orderId: null,
        type,
        rawType: null,
        amount: 100,
        quantity: null,
        price: null,
        cost: null,
        fees: null,
        instrument: null,
        time: iso(at),
        settledAt: null,
        description: null,
        ...given,
      },
    ],
  });

const finding =
  (code: IssueCode, severity: 'info' | 'warning') =>
  (at: number): Sample =>
    balancesSample(at, {}, { trust: trust({ issues: [{ code, severity, message: `${code} in AAPL` }] }) });

const opened =
  (one: Position) =>
  (at: number): Sample => ({
    of: 'positions',
    at,
    account,
    trust: trust(),
    positions: [one],
    complete: true,
    changes: [{ of: 'positions', change: 'opened', before: null, after: one, eventId: 'p1' }],
  });

const call = instrument({
  key: 'call',
  symbol: 'AAPL  261127C00090000',
  assetClass: 'option',
  underlying: 'AAPL',
  expiry: '2026-11-27',
  strike: 90,
  right: 'call',
  multiplier: 100,
});
const shortCall = position({ key: 'call', instrument: call, quantity: -1 });
const stock = position({
  key: 'stock',
  instrument: instrument({ key: 'stock', symbol: 'AAPL' }),
  quantity: 100,
  marketPrice: 100,
});
const cheapStock = { ...stock, marketPrice: 80 };

const assigned = (at: number): Sample => ({
  of: 'positions',
  at,
  account,
  trust: trust(),
  positions: [],
  complete: true,
  changes: [
    { of: 'positions', change: 'closed', before: shortCall, after: null, eventId: 'p1' },
    { of: 'positions', change: 'closed', before: stock, after: null, eventId: 'p2' },
  ],
});

type Make = (at: number) => Sample;

interface Script {
  /** What makes it fire, after figures of an account in order. */
  readonly bad: readonly Make[];
  /** What ends it; absent = it is told once, and has no end. */
  readonly good?: readonly Make[];
  /** Minutes until it fires. */
  readonly within?: number;
  readonly before?: readonly Make[];
  readonly start?: number;
}

const due = (status_: Order['status'], at: number, more: Partial<Order> = {}) =>
  order({ status: status_, updatedAt: iso(at), createdAt: iso(START), legs: [], ...more });

const working = order({ status: 'working' });
const SCRIPTS: Readonly<Record<string, Script>> = {
  'cushion-low': { bad: [balances({ cushion: 0.09 })], good: [balances({ cushion: 0.2 })] },
  'cushion-critical': { bad: [balances({ cushion: 0.04 })], good: [balances({ cushion: 0.2 })] },
  'excess-liquidity': { bad: [balances({ excessLiquidity: -1 })], good: [balances({ excessLiquidity: 1 })] },
  'margin-call': { bad: [balances({ isMarginCall: true })], good: [balances({ isMarginCall: false })] },
  'margin-call-booked': { bad: [booked('other', { rawType: 'MARGIN_CALL' })] },
  'look-ahead-liquidity': {
    bad: [
      balances({
        lookAhead: {
          initialMargin: 1,
          maintenanceMargin: 1,
          availableFunds: 1,
          excessLiquidity: -1,
          at: null,
        },
      }),
    ],
    good: [
      balances({
        lookAhead: {
          initialMargin: 1,
          maintenanceMargin: 1,
          availableFunds: 1,
          excessLiquidity: 1,
          at: null,
        },
      }),
    ],
  },
  'day-loss': {
    bad: [balances({ dayPnl: -40, previousNetLiquidation: 1000 })],
    good: [balances({ dayPnl: 0, previousNetLiquidation: 1000 })],
  },
  'day-loss-critical': {
    bad: [balances({ dayPnl: -60, netLiquidation: 940 })],
    good: [balances({ dayPnl: 0, netLiquidation: 940 })],
  },
  drawdown: {
    before: [balances({ netLiquidation: 1000, dayPnl: 0 })],
    bad: [balances({ netLiquidation: 880, dayPnl: -120 })],
    good: [balances({ netLiquidation: 990, dayPnl: -10 })],
  },
  'drawdown-critical': {
    before: [balances({ netLiquidation: 1000, dayPnl: 0 })],
    bad: [balances({ netLiquidation: 780, dayPnl: -220 })],
    good: [balances({ netLiquidation: 990, dayPnl: -10 })],
  },
  'net-liquidation-above': {
    bad: [balances({ netLiquidation: 2e6 })],
    good: [balances({ netLiquidation: 5e5 })],
  },
  'net-liquidation-below': {
    bad: [balances({ netLiquidation: 10 })],
    good: [balances({ netLiquidation: 5e5 })],
  },
  concentration: {
    before: [balances({ netLiquidation: 10_000 })],
    bad: [positions(position({ quantity: 30 }))],
    good: [positions(position({ quantity: 20 }))],
    within: 6,
  },
  'position-loss': {
    bad: [positions(position({ unrealizedPnl: -135 }))],
    good: [positions(position({ unrealizedPnl: 0 }))],
  },
  'position-gain': {
    bad: [positions(position({ unrealizedPnl: 300 }))],
    good: [positions(position({ unrealizedPnl: 0 }))],
  },
  'day-move': { bad: [positions(position({ dayPnl: -90 }))], good: [positions(position({ dayPnl: 1 }))] },
  'price-level': {
    before: [positions(position({ marketPrice: 99 }))],
    bad: [positions(position({ marketPrice: 100 }))],
  },
  'position-changed': { before: [positions()], bad: [opened(position({}))] },
  'unexplained-change': { bad: [finding('UNEXPLAINED_POSITION_CHANGE', 'warning')] },
  'change-without-fill': { bad: [finding('UNEXPLAINED_POSITION_CHANGE', 'info')] },
  'order-filled': { before: [orders(working)], bad: [orderBecame(order({ status: 'filled' }), working)] },
  'partial-fill': {
    bad: [(at) => orders(due('partially_filled', at))(at)],
    good: [(at) => orders(due('filled', at))(at)],
    within: 11,
  },
  'order-rejected': { before: [orders(working)], bad: [orderBecame(order({ status: 'rejected' }), working)] },
  'order-ended': { before: [orders(working)], bad: [orderBecame(order({ status: 'expired' }), working)] },
  'order-stuck': {
    bad: [(at) => orders(due('pending_cancel', at))(at)],
    good: [(at) => orders(due('working', at))(at)],
    within: 4,
  },
  'day-order-left': {
    bad: [orders(due('working', START, { timeInForce: 'day' }))],
    good: [orders()],
    start: Date.UTC(2026, 10, 25, 1, 30),
  },
  'expiry-week': { bad: [positions(shortCall)], good: [positions()] },
  'expiry-day': {
    bad: [positions({ ...shortCall, instrument: { ...call, expiry: '2026-11-25' } })],
    good: [positions()],
  },
  'short-option-itm': {
    bad: [positions(shortCall, stock)],
    good: [positions(shortCall, cheapStock)],
    within: 8,
  },
  assignment: { before: [positions(shortCall, stock)], bad: [assigned], within: 3 },
  'assignment-booked': { bad: [booked('assignment')] },
  'money-in': { bad: [booked('deposit')] },
  'money-out': { bad: [booked('transfer', { amount: -5 })] },
  income: { bad: [booked('dividend')] },
  'cash-negative': { bad: [balances({ totalCash: -5 })], good: [balances({ totalCash: 5 })], within: 6 },
  'cash-idle': {
    bad: [balances({ totalCash: 30, netLiquidation: 100 })],
    good: [balances({ totalCash: 3, netLiquidation: 100 })],
    within: 62,
  },
  'connection-lost': {
    before: [connection({})],
    bad: [connection({ state: 'down' })],
    good: [connection({})],
    within: 7,
  },
  'connection-lost-long': {
    before: [connection({})],
    bad: [connection({ state: 'down' })],
    good: [connection({})],
    within: 32,
  },
  'data-stale': {
    bad: [(at) => balancesSample(at, {}, { trust: trust({ stale: true, staleSeconds: 901 }) })],
    good: [balances({})],
  },
  'login-48h': {
    bad: [(at) => connection({ loginExpiresAt: at + 47 * 3_600_000 })(at)],
    good: [(at) => connection({ loginExpiresAt: at + 168 * 3_600_000 })(at)],
  },
  'login-24h': {
    bad: [(at) => connection({ loginExpiresAt: at + 23 * 3_600_000 })(at)],
    good: [(at) => connection({ loginExpiresAt: at + 168 * 3_600_000 })(at)],
  },
  'login-6h': {
    bad: [connection({ state: 'login-required' })],
    good: [(at) => connection({ loginExpiresAt: at + 168 * 3_600_000 })(at)],
  },
  mismatch: { bad: [finding('NAV_MISMATCH', 'warning')], good: [balances({})], within: 3 },
  'api-errors': { bad: [connection({ apiErrorPercent: 30 })], good: [connection({ apiErrorPercent: 0 })] },
  'rate-limited': {
    bad: [
      connection({ issues: [{ code: 'RATE_LIMITED', severity: 'warning', message: 'Too many requests.' }] }),
    ],
    good: [connection({})],
  },
  leverage: { bad: [balances({ leverage: 3 })], good: [balances({ leverage: 1 })], within: 6 },
  'day-trades': { bad: [balances({ dayTradesRemaining: 1 })], good: [balances({ dayTradesRemaining: 3 })] },
  'new-account': {
    bad: [(at) => balancesSample(at, {}, { account: sampledAccount({ key: 'ffffffffffff', label: 'New' }) })],
  },
  'unknown-order-tag': { before: [orders()], bad: [orderBecame(order({ tag: 'SOMEBODY' }), null)] },
};

/** The rule alone, switched on. */
function stageFor(id: string, start = START): Stage {
  const raw = DEFAULT_RULES.find((one) => one.raw.id === id)?.raw;
  const { problems, rules } = parseRules([{ ...raw, enabled: true }]);
  assert.deepEqual(problems, []);
  return new Stage(settingsOf(rules), start);
}

describe('each default rule', () => {
  for (const { explanation, number, raw } of DEFAULT_RULES) {
    const script = SCRIPTS[raw.id];
    it(`${number} ${raw.id}: ${script?.good === undefined ? 'is told once' : 'fires and ends'}`, () => {
      assert.ok(script, 'no script');
      assert.match(explanation, /^[A-Z].*\.$/u);
      const stage = stageFor(raw.id, script.start);
      stage.sample((at) => balancesSample(at, {}));
      stage.pass(2 * MINUTE_MS);
      const play = (makes: readonly Make[], minutes: number): readonly string[] => {
        for (const make of makes) stage.sample(make);
        stage.pass(minutes * MINUTE_MS);
        return stage.take().map(({ alert }) => `${alert.ruleId} ${alert.state}`);
      };
      assert.deepEqual(play(script.before ?? [], 1), []);
      assert.deepEqual(play(script.bad, script.within ?? 2), [`${raw.id} firing`]);
      assert.deepEqual(play(script.good ?? [], 2), script.good === undefined ? [] : [`${raw.id} resolved`]);
    });
  }

  it('has a script, and its number is one of the 32', () => {
    assert.deepEqual(new Set(DEFAULT_RULES.map(({ raw }) => raw.id)), new Set(Object.keys(SCRIPTS)));
    assert.deepEqual(
      [...new Set(DEFAULT_RULES.map(({ number }) => number))].toSorted((a, b) => a - b),
      Array.from({ length: 32 }, (_, index) => index + 1),
    );
  });

  it('is on in a new node when it is about money, orders or what is not known any more', () => {
    const on = new Set(DEFAULT_RULES.flatMap(({ number, raw }) => (raw.enabled ? [number] : [])));
    assert.deepEqual(on, new Set([1, 2, 3, 4, 5, 13, 16, 18, 21, 25, 26, 27, 28, 29]));
  });

  it('knows an assignment from a trade by its fill', () => {
    const stage = stageFor('assignment');
    stage.sample(positions(shortCall, stock));
    stage.pass(2 * MINUTE_MS);
    stage.sample(assigned);
    const fill = execution({ instrument: call });
    stage.sample((at) => ({
      of: 'executions',
      at,
      account,
      trust: trust(),
      changes: [{ of: 'executions', change: 'reported', before: null, after: fill, eventId: 'f1' }],
    }));
    stage.pass(3 * MINUTE_MS);
    assert.deepEqual(stage.take(), []);
  });
});
