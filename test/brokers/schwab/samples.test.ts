import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Order } from '../../../src/domain/order.js';
import { ConfigError, ConnectionLost, LoginRequired, RateLimited, Rejected } from '../../../src/errors.js';
import type { SchwabAnswer } from '../../../src/brokers/schwab/exchange.js';
import { readAccounts, type SchwabAccountFigures } from '../../../src/brokers/schwab/normalize/accounts.js';
import { readOrders, type ReadOrders } from '../../../src/brokers/schwab/normalize/orders.js';
import { readTransactions } from '../../../src/brokers/schwab/normalize/transactions.js';
import { problemOf } from '../../../src/brokers/schwab/problem.js';
import { readStreamerInfo } from '../../../src/brokers/schwab/schema/user-preference.js';
import { tokenProblemOf } from '../../../src/brokers/schwab/token-problem.js';

const ROOT = new URL('../../../../', import.meta.url);
/** Answers that owners of accounts published, beside the project; null where they are not laid. */
const FOLDER =
  ['../shared/samples/schwab/', '../../shared/samples/schwab/']
    .map((path) => fileURLToPath(new URL(path, ROOT)))
    .find((path) => existsSync(path)) ?? null;

function skipWithoutSamples(this: Mocha.Context): void {
  if (FOLDER !== null) return;
  process.stdout.write('    skipped: the public answers of Schwab are not beside the project\n');
  this.skip();
}

const sample = (name: string): unknown => JSON.parse(readFileSync(`${FOLDER ?? ''}/${name}`, 'utf8'));

function account(name: string): SchwabAccountFigures {
  const { accounts, issues } = readAccounts(sample(name), () => 0);
  const [first, ...others] = accounts;
  assert.ok(first);
  assert.deepEqual([others.length, issues, first.issues], [0, [], []]);
  return first;
}

/** Symbol → quantity, average price, cost, value, open result, result of the day. */
const held = ({ positions }: SchwabAccountFigures) =>
  Object.fromEntries(
    (positions ?? []).map((one) => [
      one.instrument.symbol,
      [one.quantity, one.averagePrice, one.costBasis, one.marketValue, one.unrealizedPnl, one.dayPnl],
    ]),
  );

function orders(name: string): ReadOrders & { readonly orders: readonly Order[] } {
  const read = readOrders(sample(name));
  assert.deepEqual([read.complete, read.issues], [true, []]);
  return { ...read, orders: [...read.byAccount.values()].flatMap((one) => one.orders) };
}

const fills = ({ byAccount }: ReadOrders) => [...byAccount.values()].flatMap(({ executions }) => executions);

describe("public answers of Schwab's Trader API", () => {
  before(skipWithoutSamples);

  it('give a margin account its own net liquidation, and its spreads to the cent', () => {
    const figures = account('account-margin-option-spreads.json');
    const { balances } = figures;
    assert.equal(figures.type, 'margin');
    assert.deepEqual(
      [balances.netLiquidation, balances.previousNetLiquidation, balances.dayPnl, balances.dayPnlSource],
      [50946.39, 50875.56, 70.83, 'delta'],
    );
    assert.deepEqual(
      [balances.totalCash, balances.settledCash, balances.moneyMarket, balances.equityWithLoan],
      [51420.89, null, 0, 51420.89],
    );
    assert.deepEqual(
      [balances.buyingPower, balances.availableFunds, balances.maintenanceMargin, balances.excessLiquidity],
      [88853.04, 44420.89, 7000, 44420.89],
    );
    // 436 + 910.50 in options; 44,420.89 of 50,946.39 may be lost
    assert.deepEqual(
      [balances.grossPositionValue, balances.leverage, balances.cushion, balances.isMarginCall],
      [1346.5, 0.0264297431084, 0.871914379017, false],
    );
    assert.equal(balances.unrealizedPnl, 274.84);
    assert.deepEqual(held(figures), {
      'META  250131P00510000': [1, 1.7466, 174.66, 44.5, -130.16, -18.5],
      'META  250131P00525000': [-1, 2.7733, -277.33, -75, 202.33, 33.5],
      'TSLA  250221P00340000': [-1, 6.2832, -628.32, -440, 188.32, 52.5],
      'MRVL  250321C00155000': [-1, 2.0533, -205.33, -272.5, -67.17, -18.5],
      'MRVL  250321P00090000': [-1, 2.1933, -219.33, -64, 155.33, 4.5],
      'MRVL  250321C00170000': [1, 0.8666, 86.66, 120.5, 33.84, 7.5],
      'MRVL  250321P00080000': [1, 0.9466, 94.66, 25, -69.66, -1.69],
      'NVDA  250228P00115000': [-1, 1.8533, -185.33, -59, 126.33, 8.5],
      'TSLA  250221P00320000': [1, 3.7066, 370.66, 228, -142.66, -42.5],
      'NVDA  250228P00095000': [1, 0.3966, 39.66, 18, -21.66, 0],
    });
  });

  it('give a cash account its covered call at the price net of commission', () => {
    const figures = account('account-cash-covered-call.json');
    const { balances } = figures;
    assert.deepEqual(
      [balances.netLiquidation, balances.previousNetLiquidation, balances.dayPnl],
      [30433.63, 30701.5, -267.87],
    );
    assert.deepEqual(
      [balances.totalCash, balances.settledCash, balances.buyingPower, balances.equityWithLoan],
      [11687.43, 11687.43, 11687.43, null],
    );
    assert.deepEqual([balances.unrealizedPnl, balances.grossPositionValue], [-1096.06, 18753.2]);
    assert.deepEqual(held(figures), {
      'WMT 260605C00121000': [-1, 0.9434, -94.34, -3.5, 90.84, 6.03],
      WMT: [166, 120.1, 19936.6, 18749.7, -1186.9, -273.9],
    });
    const [call] = figures.positions ?? [];
    assert.deepEqual(
      [call?.instrument.occSymbol, call?.instrument.expiry, call?.instrument.strike, call?.marketPrice],
      ['WMT   260605C00121000', '2026-06-05', 121, 0.035],
    );
  });

  it('give a margin account its ETFs, with no cushion while nothing is borrowed', () => {
    const figures = account('accounts-list-margin-etfs.json');
    const { balances } = figures;
    assert.deepEqual(
      [balances.netLiquidation, balances.dayPnl, balances.totalCash, balances.cushion],
      [36850.61, 173.49, 3206.75, null],
    );
    assert.deepEqual(
      [balances.grossPositionValue, balances.excessLiquidity, balances.unrealizedPnl],
      [33643.86, 26757.45, 2065.29],
    );
    assert.deepEqual(held(figures), {
      VOO: [47, 482.8685106383, 22694.82, 25233.36, 2538.54, 195.99],
      TLT: [90, 98.7083333333, 8883.75, 8410.5, -473.25, -22.5],
    });
    for (const { instrument } of figures.positions ?? []) assert.equal(instrument.assetClass, 'etf');
  });

  it('give spreads their net prices', () => {
    const read = orders('orders-verticals-opened-and-closed.json');
    assert.deepEqual(
      read.orders.map((one) => [one.averageFillPrice, one.orderType, one.status, one.side, one.limitPrice]),
      [
        [0.17, 'net_debit', 'filled', 'mixed', 0.17],
        [1.2, 'net_credit', 'filled', 'mixed', 1.2],
        [2.59, 'net_credit', 'filled', 'mixed', 2.59],
        [1.47, 'net_credit', 'filled', 'mixed', 1.47],
        [1.04, 'net_credit', 'filled', 'mixed', 1.04],
        [1.26, 'net_credit', 'filled', 'mixed', 1.26],
      ],
    );
    const [closed] = read.orders;
    assert.deepEqual(
      closed?.legs.map((leg) => [leg.side, leg.positionEffect, leg.filledQuantity, leg.averageFillPrice]),
      [
        ['buy', 'close', 1, 0.46],
        ['sell', 'close', 1, 0.29],
      ],
    );
    assert.deepEqual([...read.byAccount.keys()], ['98226457']);
    const first = fills(read).filter(({ orderId }) => orderId === '1002648561251');
    assert.deepEqual(
      first.map((one) => [one.executionId, one.side, one.quantity, one.price, one.executedAt]),
      [
        ['91437824940-1', 'buy', 1, 0.46, '2025-01-24T18:53:11.000Z'],
        ['91437824940-2', 'sell', 1, 0.29, '2025-01-24T18:53:11.000Z'],
      ],
    );
    assert.equal(fills(read).length, 12);
  });

  it('give a condor that waits and a limit that was cancelled no fill and no price', () => {
    const read = orders('orders-iron-condor-pending-and-canceled-limit.json');
    assert.deepEqual(fills(read), []);
    assert.deepEqual(
      read.orders.map((one) => [
        one.status,
        one.isOpen,
        one.quantity,
        one.filledQuantity,
        one.remainingQuantity,
      ]),
      [
        ['accepted', true, 1, 0, 1],
        ['canceled', false, 100, 0, 0],
      ],
    );
    assert.deepEqual(
      read.orders.map((one) => [one.averageFillPrice, one.limitPrice, one.legs.length, one.closedAt]),
      [
        [null, 1.85, 4, null],
        [null, 50, 1, '2025-01-25T20:56:55.000Z'],
      ],
    );
  });

  it('give an order of three fills one average and three executions, as they happened', () => {
    const read = orders('order-equity-limit-three-fills-tda-era.json');
    assert.deepEqual(
      read.orders.map((one) => [one.averageFillPrice, one.filledQuantity, one.side]),
      [[6.065, 1700, 'buy']],
    );
    assert.deepEqual(
      fills(read).map(({ quantity }) => quantity),
      [800, 700, 200],
    );
    assert.equal(new Set(fills(read).map(({ executionId }) => executionId)).size, 3);
    assert.deepEqual([...read.byAccount.keys()], ['91348109']);
  });

  it('give a nested order its three orders, and what holds them together is none', () => {
    const read = orders('order-trigger-oco-nested-canceled-tda-era.json');
    assert.deepEqual(
      read.orders.map((one) => [
        one.key,
        one.parentOrderId,
        one.groupId,
        one.side,
        one.limitPrice,
        one.stopPrice,
      ]),
      [
        ['9348619027', null, null, 'sell_short', null, 44.02],
        ['9348619030', '9348619027', '9348619028', 'buy_to_cover', 41.34, null],
        ['9348619029', '9348619027', '9348619028', 'buy_to_cover', null, 44.69],
      ],
    );
    for (const { filledQuantity, status } of read.orders)
      assert.deepEqual([status, filledQuantity], ['canceled', 0]);
  });

  it('give trades their fees, and their sums', () => {
    const { activities, complete, issues } = readTransactions(sample('transactions-option-trades.json'));
    assert.deepEqual([complete, issues], [true, []]);
    assert.deepEqual(
      activities.map((one) => [
        one.instrument?.symbol,
        one.amount,
        one.quantity,
        one.price,
        one.cost,
        one.fees,
      ]),
      [
        ['CVS   240816C00057500', -248.66, 1, 2.48, -248, 0.66],
        ['AAPL  240517C00180000', 649.33, -1, 6.5, 650, 0.67],
        ['SNAP  240517C00012000', 618.67, -2, 3.1, 620, 1.33],
      ],
    );
    for (const { amount, cost, fees, instrument, type } of activities) {
      assert.ok(amount !== null && cost !== null && fees !== null);
      assert.ok(Math.abs(cost - fees - amount) < 1e-9);
      assert.deepEqual([type, instrument?.assetClass, instrument?.multiplier], ['trade', 'option', 100]);
    }
  });

  it('give a certificate of deposit what was paid, and no multiplier', () => {
    const [bought, ...others] = readTransactions(
      sample('transaction-fixed-income-cd-purchase.json'),
    ).activities;
    assert.equal(others.length, 0);
    assert.deepEqual(
      [bought?.type, bought?.amount, bought?.quantity, bought?.price, bought?.cost, bought?.fees],
      ['trade', -100000, 100, 100, -100000, null],
    );
    assert.deepEqual([bought?.instrument?.assetClass, bought?.instrument?.multiplier], ['bond', null]);
  });

  it('say where the streamer is, in one object or in a list of one', () => {
    for (const answer of [sample('user-preference.json'), [sample('user-preference.json')]])
      assert.deepEqual(readStreamerInfo(answer), {
        streamerSocketUrl: 'wss://streamer-api.schwab.com/ws',
        schwabClientCustomerId: 'REDACTED',
        schwabClientCorrelId: '1dd1ad6d-0246-9f38-dc70-e5bfd2a5dff8',
        schwabClientChannel: 'N9',
        schwabClientFunctionId: 'APIAPP',
      });
    assert.equal(readStreamerInfo({ streamerInfo: [] }), null);
  });
});

const Wrapped = z.object({ status: z.number(), body: z.unknown() });

const answerOf = (given: unknown): SchwabAnswer => {
  const { body, status } = Wrapped.parse(given);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, text, retryAfter: null, serverTime: null, correlationId: 'a-1' };
};

describe("public error bodies of Schwab's APIs", () => {
  before(skipWithoutSamples);

  it('ask for another token when they say that this one is not good', () => {
    for (const [name, said] of [
      ['error-gateway-401-client-not-authorized.json', 'Unauthorized: Client not authorized'],
      ['error-trader-401-unauthorized.json', 'Unauthorized'],
    ] as const)
      assert.deepEqual(problemOf(answerOf(sample(name)), 'GET /accounts', 0), { kind: 'unauthorized', said });
  });

  it('are refusals when the request is wrong, and outages when it is not', () => {
    const told = (name: string) => {
      const problem = problemOf(answerOf(sample(name)), 'GET /orders', 0);
      assert.ok(problem.kind === 'failed');
      return problem.error;
    };
    const pointed = told('error-gateway-400-source-pointer.json');
    assert.ok(pointed instanceof Rejected);
    assert.match(pointed.message, /^Schwab refused GET \/orders: 400 Bad Request: Search combination should/);
    const time = told('error-trader-400-bad-time-format.json');
    assert.ok(time instanceof Rejected);
    assert.match(time.message, /is not a valid value for fromEnteredTime \(Schwab's reference a-1\)$/);
    const out = told('error-gateway-503-service-unavailable.json');
    assert.ok(out instanceof ConnectionLost);
    assert.match(
      out.message,
      /503 Service Unavailable: Service temporarily unavailable\)\. Request: GET \/orders\. Retrying\.$/,
    );
  });

  it('of the token endpoint end the login, blame the key, or pass by themselves', () => {
    const captured = z.array(z.unknown()).parse(sample('error-token-endpoint-captured.json'));
    const told = captured.map((one) => tokenProblemOf(answerOf(one), 0));
    assert.deepEqual(
      told.map(({ code, name }) => [name, code]),
      [
        [LoginRequired.name, 'login-ended'],
        [LoginRequired.name, 'login-ended'],
        [LoginRequired.name, 'too-slow'],
        [LoginRequired.name, 'bad-code'],
        [LoginRequired.name, 'bad-code'],
        [ConfigError.name, 'invalid-client'],
        [LoginRequired.name, 'login-ended'],
        [RateLimited.name, 'blocked'],
        [ConnectionLost.name, '404'],
        [ConnectionLost.name, '500'],
      ],
    );
    for (const { message } of told) {
      assert.match(message, /^[A-Z].*\.$/u);
      assert.doesNotMatch(message, /tokenDigest=\w|[{}<>\\]/);
    }
  });

  it('of an outage are no empty account, also in plain text and with status 401', () => {
    const captured = z.array(Wrapped).parse(sample('error-token-endpoint-captured.json'));
    const outage = captured.filter(({ status }) => status === 404 || status === 500);
    assert.equal(outage.length, 2);
    for (const one of [...outage, { ...outage[1], status: 401 }]) {
      const problem = problemOf(answerOf(one), 'GET /accounts', 0);
      assert.ok(problem.kind === 'failed' && problem.error instanceof ConnectionLost);
    }
  });
});
