import assert from 'node:assert/strict';
import type { Sample } from '../../src/alerts/index.js';
import { happeningsOf, type Happening } from '../../src/alerts/happenings.js';
import type { Activity } from '../../src/domain/activity.js';
import type { Change } from '../../src/domain/change.js';
import type { Issue } from '../../src/domain/issue.js';
import { digest, execution, instrument, leg, order, position, T0 } from '../support/builders.js';
import { balancesSample, sampledAccount, status, trust } from './support.js';

type ChangeOf<Of extends Change['of']> = Extract<Change, { readonly of: Of }>;

const account = sampledAccount();
const common = { at: T0, account, trust: trust() };
const apple = instrument();

function ofPositions(...changes: readonly ChangeOf<'positions'>[]): readonly Happening[] {
  return happeningsOf({ ...common, of: 'positions', positions: [], complete: true, changes }, digest);
}

function ofOrders(...changes: readonly ChangeOf<'orders'>[]): readonly Happening[] {
  return happeningsOf({ ...common, of: 'orders', orders: [], complete: true, changes }, digest);
}

function ofExecutions(...changes: readonly ChangeOf<'executions'>[]): readonly Happening[] {
  return happeningsOf({ ...common, of: 'executions', changes }, digest);
}

function booked(given: Partial<Activity>): Happening | undefined {
  const activity: Activity = {
    activityId: 'x1',
    orderId: null,
    type: 'dividend',
    rawType: null,
    amount: null,
    quantity: null,
    price: null,
    cost: null,
    fees: null,
    instrument: null,
    time: null,
    settledAt: null,
    description: null,
    ...given,
  };
  return happeningsOf({ of: 'activities', at: T0, account, activities: [activity] }, digest)[0];
}

describe('what has happened', () => {
  it('is that a position was opened, changed its size, or was closed', () => {
    const [ten, five] = [position({ quantity: 10 }), position({ quantity: -5 })];
    const base = { metric: 'quantity', words: [], happenedAt: null, instrument: ten.instrument };
    assert.deepEqual(
      ofPositions(
        { of: 'positions', change: 'opened', before: null, after: five, eventId: 'a' },
        { of: 'positions', change: 'changed', before: ten, after: five, eventId: 'b' },
        { of: 'positions', change: 'closed', before: ten, after: null, eventId: 'c' },
        // A cost that is corrected later moves nothing.
        { of: 'positions', change: 'changed', before: ten, after: { ...ten, averageCost: 1 }, eventId: 'd' },
      ),
      [
        { ...base, operator: 'appeared', eventId: 'a', text: 'opened: -5 AAPL', value: -5 },
        { ...base, operator: 'changed', eventId: 'b', text: 'AAPL from 10 to -5', value: -5 },
        { ...base, operator: 'vanished', eventId: 'c', text: 'closed: 10 AAPL', value: 0 },
      ],
    );
  });

  it('is what became of an order, with what was filled and why it was rejected', () => {
    const legs = [leg('265598')];
    const fresh = order({ legs, updatedAt: new Date(T0).toISOString() });
    const partly = order({
      legs,
      status: 'partially_filled',
      side: 'sell_short',
      filledQuantity: 4,
      averageFillPrice: 95.5,
    });
    const rejected = order({
      legs,
      status: 'rejected',
      rejectReason: 'No shares',
      closedAt: new Date(T0 + 1).toISOString(),
    });
    const [instrumentOfLeg] = legs.map((one) => one.instrument);
    const base = { metric: 'orderStatus', instrument: instrumentOfLeg, value: null };
    assert.deepEqual(
      ofOrders(
        { of: 'orders', change: 'opened', before: null, after: fresh, eventId: 'a' },
        { of: 'orders', change: 'changed', before: fresh, after: partly, eventId: 'b' },
        { of: 'orders', change: 'closed', before: fresh, after: rejected, eventId: 'c' },
        { of: 'orders', change: 'changed', before: fresh, after: { ...fresh, limitPrice: 1 }, eventId: 'd' },
      ),
      [
        {
          ...base,
          operator: 'appeared',
          words: ['working'],
          eventId: 'a',
          happenedAt: T0,
          text: 'buy 10 AAPL: working',
        },
        {
          ...base,
          operator: 'changed',
          words: ['partially_filled'],
          eventId: 'b',
          happenedAt: null,
          text: 'sell short 10 AAPL: partially filled (4 filled at 95.5)',
        },
        {
          ...base,
          operator: 'vanished',
          words: ['rejected'],
          eventId: 'c',
          happenedAt: T0 + 1,
          text: 'buy 10 AAPL: rejected: No shares',
        },
        // What a rule about a status waits for has not happened again.
        {
          ...base,
          operator: 'changed',
          words: [],
          eventId: 'd',
          happenedAt: T0,
          text: 'buy 10 AAPL: working',
        },
      ],
    );
  });

  it('says of an order what is known of it', () => {
    const text = (given: Parameters<typeof order>[0]) =>
      ofOrders({ of: 'orders', change: 'opened', before: null, after: order(given), eventId: 'a' })[0]?.text;
    assert.equal(text({ legs: [], quantity: null }), 'buy  order: working');
    assert.equal(text({ legs: [], filledQuantity: null }), 'buy 10 order: working');
    assert.equal(text({ legs: [], filledQuantity: 3 }), 'buy 10 order: working (3 filled)');
  });

  it('is that an order with a tag appeared', () => {
    const tagged = order({ tag: 'API_TOS', legs: [leg('265598')] });
    const [first, tag, ...others] = ofOrders({
      of: 'orders',
      change: 'opened',
      before: null,
      after: tagged,
      eventId: 'a',
    });
    assert.deepEqual(others, []);
    assert.equal(first?.metric, 'orderStatus');
    assert.deepEqual(tag, {
      metric: 'orderTag',
      operator: 'appeared',
      words: ['API_TOS'],
      eventId: 'a|tag',
      happenedAt: null,
      instrument: tagged.legs[0]?.instrument,
      text: 'buy 10 AAPL: entered with the tag API_TOS',
      value: null,
    });
    const later: ChangeOf<'orders'> = {
      of: 'orders',
      change: 'changed',
      before: tagged,
      after: tagged,
      eventId: 'b',
    };
    assert.equal(ofOrders(later).length, 1);
  });

  it('is a fill, and its correction, and not the commission that comes late', () => {
    const fill = execution({ side: 'sell_short' });
    const base = {
      metric: 'execution',
      operator: 'event',
      words: ['sell_short'],
      happenedAt: T0 - 1_000,
      instrument: apple,
    };
    assert.deepEqual(
      ofExecutions(
        { of: 'executions', change: 'reported', before: null, after: fill, eventId: 'a' },
        {
          of: 'executions',
          change: 'reported',
          before: fill,
          after: { ...fill, commission: 1 },
          eventId: 'b',
        },
        {
          of: 'executions',
          change: 'reported',
          before: fill,
          after: { ...fill, revision: 2, price: null },
          eventId: 'c',
        },
      ),
      [
        { ...base, eventId: 'a', text: 'sell short 10 AAPL at 95', value: 95 },
        { ...base, eventId: 'c', text: 'corrected: sell short 10 AAPL', value: null },
      ],
    );
    const undated = { ...fill, executedAt: 'yesterday' };
    assert.equal(
      ofExecutions({ of: 'executions', change: 'reported', before: null, after: undated, eventId: 'a' })[0]
        ?.happenedAt,
      null,
    );
  });

  it('is what was booked, with the way that the money or the shares went', () => {
    assert.deepEqual(
      booked({ amount: 12.5, instrument: apple, time: new Date(T0).toISOString(), rawType: 'DIV_OR_INT' }),
      {
        metric: 'activity',
        operator: 'event',
        words: ['dividend', 'dividend_in', 'div_or_int'],
        eventId: 'activity|x1',
        happenedAt: T0,
        instrument: apple,
        text: 'dividend: AAPL',
        value: 12.5,
      },
    );
    const words = (given: Partial<Activity>) => booked({ type: 'transfer', ...given })?.words;
    assert.deepEqual(words({ amount: -5 }), ['transfer', 'transfer_out']);
    assert.deepEqual(words({ amount: 0 }), ['transfer', 'transfer_out']);
    assert.deepEqual(words({}), ['transfer', 'transfer_out']);
    assert.deepEqual(words({ quantity: 5 }), ['transfer', 'transfer_in']);
    assert.deepEqual(words({ amount: -5, quantity: 5 }), ['transfer', 'transfer_out']);
    assert.equal(
      booked({ type: 'corporate_action', description: 'A split' })?.text,
      'corporate action: A split',
    );
    assert.equal(booked({ type: 'corporate_action' })?.text, 'corporate action');
  });

  it('is that a position changed and no fill explains it, once in the same words', () => {
    const issue = (message: string, given: Partial<Issue> = {}): Issue => ({
      code: 'UNEXPLAINED_POSITION_CHANGE',
      severity: 'info',
      message,
      ...given,
    });
    const issues = [
      issue('AAPL went'),
      issue('Other', { code: 'TRUNCATED' }),
      issue('B went', { severity: 'warning' }),
    ];
    const told = (sample: Sample) => happeningsOf(sample, digest);
    const [first, second, ...others] = told(balancesSample(T0, {}, { trust: trust({ issues }) }));
    assert.deepEqual(others, []);
    assert.deepEqual(first, {
      metric: 'unexplainedChange',
      operator: 'event',
      words: ['info'],
      eventId: first?.eventId,
      happenedAt: null,
      instrument: null,
      text: 'AAPL went',
      value: null,
    });
    assert.deepEqual(second?.words, ['warning']);
    const ofOther = balancesSample(
      T0,
      {},
      { trust: trust({ issues }), account: sampledAccount({ key: 'b' }) },
    );
    const again: Sample = {
      ...common,
      of: 'positions',
      positions: [],
      complete: true,
      changes: [],
      trust: trust({ issues }),
    };
    const ids = [first, second, ...told(ofOther)].map((one) => one?.eventId);
    assert.equal(new Set(ids).size, 4);
    assert.deepEqual(
      told(again).map(({ eventId }) => eventId),
      ids.slice(0, 2),
    );
  });

  it('is nothing that a connection says', () => {
    const connection = { key: 'c1', label: 'TWS', broker: 'ibkr' };
    assert.deepEqual(happeningsOf({ of: 'connection', at: T0, connection, status: status() }, digest), []);
  });
});
