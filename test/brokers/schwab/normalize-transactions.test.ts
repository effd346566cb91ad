import assert from 'node:assert/strict';
import type { Activity } from '../../../src/domain/activity.js';
import type { Execution } from '../../../src/domain/execution.js';
import { withCommissions } from '../../../src/brokers/schwab/normalize/commissions.js';
import { readOrders } from '../../../src/brokers/schwab/normalize/orders.js';
import { readTransactions } from '../../../src/brokers/schwab/normalize/transactions.js';
import { netTransfers } from '../../../src/brokers/schwab/normalize/transfers.js';
import {
  ACCOUNT_NUMBER,
  feeItem,
  fillActivity,
  filledOrderRow,
  moneyRow,
  tradeRow,
  type Row,
} from '../../support/schwab-payloads.js';

function one(row: Row): Activity {
  const { activities, complete } = readTransactions([row]);
  const [activity, ...others] = activities;
  assert.ok(activity);
  assert.deepEqual([others.length, complete], [0, true]);
  return activity;
}

const net = (...rows: readonly Row[]): number | null => netTransfers(readTransactions(rows).activities);

/** What a trade leaves of its items. */
const security = (given: Row = {}): Row => ({
  instrument: { assetType: 'EQUITY', symbol: 'ABC' },
  amount: 10,
  cost: -200,
  price: 20,
  ...given,
});

const delivered = (description: string | null, given: Row = {}): Row =>
  tradeRow({
    type: 'RECEIVE_AND_DELIVER',
    description,
    netAmount: 0,
    transferItems: [security({ cost: 0, price: 0 })],
    ...given,
  });

describe('transactions of Schwab', () => {
  it('say what moved, what it cost and what it cost besides', () => {
    const { instrument, ...activity } = one(tradeRow({ settlementDate: '2026-06-02T04:00:00+0000' }));
    assert.equal(instrument?.key, 'equity-abc');
    assert.deepEqual(activity, {
      activityId: '80000000001',
      orderId: '1000000000001',
      type: 'trade',
      rawType: 'TRADE',
      amount: -200.65,
      quantity: 10,
      price: 20,
      cost: -200,
      fees: 0.65,
      time: '2026-06-01T14:30:00.000Z',
      settledAt: '2026-06-02T04:00:00.000Z',
      description: null,
    });
  });

  it('have a type for each of the 15 words', () => {
    for (const [raw, type] of [
      ['TRADE', 'trade'],
      ['RECEIVE_AND_DELIVER', 'other'],
      ['DIVIDEND_OR_INTEREST', 'dividend'],
      ['ACH_RECEIPT', 'deposit'],
      ['ACH_DISBURSEMENT', 'withdrawal'],
      ['CASH_RECEIPT', 'deposit'],
      ['CASH_DISBURSEMENT', 'withdrawal'],
      ['ELECTRONIC_FUND', 'deposit'],
      ['WIRE_OUT', 'withdrawal'],
      ['WIRE_IN', 'deposit'],
      ['JOURNAL', 'transfer'],
      ['MEMORANDUM', 'other'],
      ['MARGIN_CALL', 'other'],
      ['MONEY_MARKET', 'other'],
      ['SMA_ADJUSTMENT', 'other'],
    ] as const) {
      const { issues } = readTransactions(moneyRow(raw, 5));
      assert.deepEqual([one(moneyRow(raw, 5, { description: 'ORACLE CORP' })).type, issues], [type, []], raw);
    }
  });

  it('are deposits or withdrawals by the sign of the money, and neither where it is missing', () => {
    const types = [5, 0, -5, null].map((amount) => one(moneyRow('ELECTRONIC_FUND', amount)).type);
    assert.deepEqual(types, ['deposit', 'deposit', 'withdrawal', 'transfer']);
  });

  it('of an unknown type are other, keep the word, and say so', () => {
    for (const raw of ['GIFT', 'constructor']) {
      const { activities, issues } = readTransactions(moneyRow(raw, 5));
      assert.deepEqual([activities[0]?.type, activities[0]?.rawType], ['other', raw]);
      assert.deepEqual(
        issues.map(({ code }) => code),
        ['UNKNOWN_ENUM'],
      );
    }
  });

  it('are dividend or interest by their description, and deliveries too are what it says', () => {
    const income = (description: string | null) =>
      one(moneyRow('DIVIDEND_OR_INTEREST', 0.5, { description })).type;
    assert.deepEqual(
      ['ORACLE CORP', 'CREDIT INTEREST', 'BANK INT 051624-061524', 'INTL PAPER CO', null].map(income),
      ['dividend', 'interest', 'interest', 'dividend', 'other'],
    );
    for (const [description, type] of [
      ['ASSIGNED OPTION', 'assignment'],
      ['Exercise of option', 'exercise'],
      ['REMOVAL OF OPTION DUE TO EXPIRATION', 'expiration'],
      ['TRANSFER OF SECURITY IN', 'transfer'],
      ['STOCK SPLIT', 'corporate_action'],
      ['MANDATORY MERGER', 'corporate_action'],
      [null, 'other'],
    ] as const)
      assert.equal(one(delivered(description)).type, type);
  });

  it('have fees of all cash items of a trade, also those that do not say which they are', () => {
    const items = [feeItem(-0.65), feeItem(-0.01, null), feeItem(0, 'TAF_FEE'), security()];
    assert.equal(one(tradeRow({ transferItems: items })).fees, 0.66);
    assert.equal(one(tradeRow({ transferItems: [security()] })).fees, null);
  });

  it('have no fees when one of them has no figure', () => {
    assert.equal(one(tradeRow({ transferItems: [feeItem(-0.65), feeItem(null), security()] })).fees, null);
  });

  it('do not take the money of a dividend or a transfer for a fee', () => {
    const cash = { instrument: { symbol: 'CURRENCY_USD' }, amount: 5, cost: 5 };
    for (const type of ['DIVIDEND_OR_INTEREST', 'JOURNAL'])
      assert.equal(one(moneyRow(type, 10, { transferItems: [cash, cash] })).fees, null);
  });

  it('of several securities have no figures of one of them', () => {
    const { cost, price, quantity } = one(tradeRow({ transferItems: [security(), security({ amount: 3 })] }));
    assert.deepEqual([quantity, price, cost], [null, null, null]);
  });

  it('find the option by its symbol where no type is named', () => {
    const option = { symbol: 'CVS   240816C00057500', optionPremiumMultiplier: 100, strikePrice: 57.5 };
    const { instrument } = one(tradeRow({ transferItems: [security({ instrument: option })] }));
    assert.deepEqual(
      [instrument?.assetClass, instrument?.key, instrument?.multiplier, instrument?.strike],
      ['option', 'cvs___240816c00057500', 100, 57.5],
    );
  });

  it('know options on futures, whose symbol and multiplier are others', () => {
    const option = {
      symbol: '/ESH25_P5050:XCME',
      optionPremiumMultiplier: 50,
      strikePrice: 5050,
      putCall: 'PUT',
      underlyingSymbol: '.ESH25:XCME',
    };
    const { instrument } = one(tradeRow({ transferItems: [security({ instrument: option })] }));
    assert.deepEqual(
      [instrument?.assetClass, instrument?.multiplier, instrument?.strike, instrument?.right],
      ['future_option', 50, 5050, 'put'],
    );
  });

  it('have no numbers of accounts in their description', () => {
    const { description } = one(moneyRow('JOURNAL', 5, { description: `JOURNAL TO ${ACCOUNT_NUMBER}` }));
    assert.equal(description, 'JOURNAL TO …4567');
  });

  it('happened when they were traded, and not the day before because a date has no time', () => {
    const trade = tradeRow({ tradeDate: '2026-06-01T14:00:00+0000' });
    assert.equal(one(trade).time, '2026-06-01T14:00:00.000Z');
    assert.equal(one(tradeRow({ tradeDate: '2026-06-01' })).time, '2026-06-01T14:30:00.000Z');
    assert.equal(one(tradeRow({ tradeDate: '2026-06-01', time: null })).time, '2026-06-01T00:00:00.000Z');
  });

  it('that Schwab calls invalid moved nothing', () => {
    assert.deepEqual(readTransactions([tradeRow({ status: 'INVALID' })]), {
      pending: new Set(['80000000001']),
      activities: [],
      issues: [],
      complete: true,
    });
  });

  it('that cannot be read are left out and said', () => {
    for (const row of [null, {}, tradeRow({ activityId: null }), tradeRow({ transferItems: 'x' })]) {
      const { activities, complete, issues } = readTransactions([row, tradeRow()]);
      assert.deepEqual([activities.length, complete, issues[0]?.code], [1, false, 'BAD_RESPONSE']);
    }
  });
});

describe('what was brought into an account and taken out of it', () => {
  it('is the sum of deposits, withdrawals and transfers, and nothing that was earned', () => {
    assert.equal(
      net(
        moneyRow('ACH_RECEIPT', 1000),
        moneyRow('WIRE_OUT', -300),
        moneyRow('ELECTRONIC_FUND', -50),
        moneyRow('JOURNAL', 25),
        moneyRow('DIVIDEND_OR_INTEREST', 7),
        moneyRow('MEMORANDUM', 9),
        tradeRow(),
        delivered('EXPIRED'),
      ),
      675,
    );
    assert.equal(net(), 0);
  });

  it('is valued by the cost of securities that moved, in or out by their quantity', () => {
    const moved = (amount: number, cost: number): Row =>
      delivered('TRANSFER OF SECURITY', { transferItems: [security({ amount, cost })] });
    for (const cost of [200, -200])
      assert.deepEqual([net(moved(10, cost)), net(moved(-10, cost))], [200, -200]);
  });

  it('is not known when something moved that Schwab does not value', () => {
    for (const row of [
      moneyRow('ACH_RECEIPT', null),
      moneyRow('ELECTRONIC_FUND', null),
      moneyRow('JOURNAL', null),
      moneyRow('GIFT', 1000),
      moneyRow(null, 1000),
      delivered('TRANSFER OF SECURITY'),
      delivered(null),
      delivered('TRANSFER OF SECURITY', { transferItems: [security(), security()] }),
    ])
      assert.equal(net(moneyRow('ACH_RECEIPT', 1000), row), null);
  });
});

describe('the commission of a fill', () => {
  const executions = (given: Row = {}): readonly Execution[] =>
    [...readOrders([filledOrderRow(given)]).byAccount.values()].flatMap((account) => account.executions);
  const commissions = (fills: readonly Execution[], ...rows: readonly Row[]) =>
    withCommissions(fills, readTransactions(rows).activities).map(({ commission, commissionCurrency }) => [
      commission,
      commissionCurrency,
    ]);
  const NONE = [null, null];

  it('is the fees of the one trade that is the same', () => {
    assert.deepEqual(commissions(executions(), tradeRow()), [[0.65, 'USD']]);
  });

  it('may be 0, which is known', () => {
    assert.deepEqual(commissions(executions(), tradeRow({ transferItems: [feeItem(0), security()] })), [
      [0, 'USD'],
    ]);
  });

  it('is not known while no trade, or one that differs in anything, is reported', () => {
    for (const rows of [
      [],
      [tradeRow({ orderId: 2 })],
      [tradeRow({ orderId: null })],
      [tradeRow({ type: 'JOURNAL' })],
      [tradeRow({ transferItems: [feeItem(-0.65), security({ amount: 9 })] })],
      [tradeRow({ transferItems: [feeItem(-0.65), security({ price: 20.01 })] })],
      [
        tradeRow({
          transferItems: [feeItem(-0.65), security({ instrument: { assetType: 'EQUITY', symbol: 'ABD' } })],
        }),
      ],
      [tradeRow({ transferItems: [security()] })],
    ])
      assert.deepEqual(commissions(executions(), ...rows), [NONE]);
  });

  it('is not guessed where two fills or two trades could be meant', () => {
    const activities = [1, 2].map((activityId) => fillActivity([{}], { activityId }));
    const twice = executions({ quantity: 20, filledQuantity: 20, orderActivityCollection: activities });
    assert.equal(twice.length, 2);
    assert.deepEqual(commissions(twice, tradeRow()), [NONE, NONE]);
    assert.deepEqual(commissions(executions(), tradeRow(), tradeRow({ activityId: 3 })), [NONE]);
  });

  it('of something sold is found though its quantity is below 0 there', () => {
    const sold = tradeRow({ transferItems: [feeItem(-0.7), security({ amount: -10, cost: 200 })] });
    assert.deepEqual(commissions(executions(), sold), [[0.7, 'USD']]);
  });
});
