import assert from 'node:assert/strict';
import type { Execution } from '../../src/domain/execution.js';
import type { Order } from '../../src/domain/order.js';
import type { Position } from '../../src/domain/position.js';
import { createIbkrBroker } from '../../src/brokers/ibkr/index.js';
import { Connection } from '../../src/runtime/connection.js';
import type { AccountState } from '../../src/sync/state.js';
import { eventually, fastClock } from '../support/clocks.js';
import { scriptedGateway, type ScriptedGateway, type ScriptedOptions } from '../support/scripted-gateway.js';
import { lifecycleFrames, recordedAnswers, samplesFolder } from './samples.js';

const folder = samplesFolder();
const clock = fastClock(20);
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

// Sources: github.com/wboayue/rust-ibapi, src/orders/tests.rs (sv 164) and tws_interactions.yaml (sv 173).
describe('what a real TWS sent, through the product', function () {
  if (folder === null) {
    it.skip('the recorded frames are not beside this checkout (../shared/samples/ibkr)');
    return;
  }

  let gateway: ScriptedGateway | null = null;
  let connection: Connection | null = null;

  const live = async (options: ScriptedOptions): Promise<Connection> => {
    gateway = await scriptedGateway(options);
    const broker = createIbkrBroker(
      { host: '127.0.0.1', port: gateway.port, clientId: 100, tradingMode: 'any', accounts: [] },
      { clock, accountKey: () => 'account' },
    );
    connection = new Connection({ broker, clock, chance: () => 0.5, logger: quiet });
    connection.start();
    return connection;
  };
  const account = (): AccountState | undefined => connection?.store.state.accounts.get('account');

  afterEach(async () => {
    await connection?.close();
    await gateway?.close();
    connection = null;
    gateway = null;
  });

  it('takes an order from PreSubmitted to Filled, with its fill and the commission that came last', async () => {
    const running = await live(orderGateway([]));
    await eventually(
      () => account()?.orders !== null && account()?.executions !== null && account() !== undefined,
    );
    const seen: Order[] = [];
    running.store.onChange(() => {
      const order = account()?.orders?.value.get('1376327563')?.value;
      if (order !== undefined && order !== seen.at(-1)) seen.push(order);
    });
    gateway?.push(lifecycleFrames(folder, 'market-order-filled'));
    await eventually(() => execution()?.commission === 1);

    const [leg] = seen.at(-1)?.legs ?? [];
    assert.deepEqual(
      seen.map(({ status, isOpen, filledQuantity, averageFillPrice }) => ({
        status,
        isOpen,
        filledQuantity,
        averageFillPrice,
      })),
      [
        { status: 'accepted', isOpen: true, filledQuantity: null, averageFillPrice: null },
        { status: 'accepted', isOpen: true, filledQuantity: 0, averageFillPrice: null },
        { status: 'filled', isOpen: false, filledQuantity: 100, averageFillPrice: 196.52 },
      ],
    );
    assert.deepEqual({ ...seen.at(-1), legs: [] }, {
      key: '1376327563',
      orderId: '13',
      permId: '1376327563',
      clientOrderId: '100-13',
      parentOrderId: null,
      groupId: null,
      status: 'filled',
      rawStatus: 'Filled',
      isOpen: false,
      side: 'buy',
      orderType: 'market',
      timeInForce: 'day',
      quantity: 100,
      filledQuantity: 100,
      remainingQuantity: 0,
      limitPrice: null,
      stopPrice: null,
      averageFillPrice: 196.52,
      legs: [],
      createdAt: null,
      updatedAt: null,
      closedAt: null,
      rejectReason: null,
      tag: null,
    } satisfies Order);
    assert.deepEqual(
      [leg?.instrument.symbol, leg?.instrument.conId, leg?.instrument.strike, leg?.instrument.right],
      ['TSLA', '76792991', null, null],
    );

    const { instrument, ...fill } = execution() ?? assert.fail('no execution');
    assert.equal(instrument.symbol, 'TSLA');
    assert.deepEqual(fill, {
      executionId: '00025b46.63f8f39c.01',
      revision: 1,
      correctionOf: null,
      orderId: '13',
      permId: '1376327563',
      legId: null,
      side: 'buy',
      quantity: 100,
      price: 196.52,
      commission: 1,
      commissionCurrency: 'USD',
      realizedPnl: null,
      liquidity: 'removed',
      // 12:04:56 without a zone is the gateway's own time, and its handshake named New York.
      executedAt: '2023-02-24T17:04:56.000Z',
    } satisfies Omit<Execution, 'instrument'>);
  });

  it('reads the end of an order that was filled, though its total quantity is 0 and the library reads it one field off', async () => {
    await live(orderGateway(lifecycleFrames(folder, 'completed-orders').slice(0, -1)));
    const order = await eventually(() => account()?.orders?.value.get('1824933227')?.value);
    const {
      status,
      isOpen,
      quantity,
      filledQuantity,
      remainingQuantity,
      rawStatus,
      closedAt,
      side,
      orderType,
    } = order;
    assert.deepEqual(
      { status, isOpen, quantity, filledQuantity, remainingQuantity, rawStatus, closedAt, side, orderType },
      {
        status: 'filled',
        isOpen: false,
        quantity: 100,
        filledQuantity: 100,
        remainingQuantity: 0,
        rawStatus: 'Filled',
        closedAt: '2023-03-06T20:28:30.000Z',
        side: 'buy',
        orderType: 'market',
      },
    );
  });

  it('takes no harm from a cancel of an order it does not know, nor from the error that follows it', async () => {
    const running = await live(orderGateway([]));
    const before = await eventually(() => account()?.orders?.value);
    gateway?.push([...lifecycleFrames(folder, 'order-cancelled'), ['49', '1', '1752606307']]);
    await running.refresh({ kind: 'balances', account: null });
    assert.equal(running.status.state, 'live');
    assert.deepEqual(account()?.orders?.value, before);
  });

  it('shows the recorded account: a short stock, a future per unit and per contract, and what it is worth', async () => {
    const summary = recordedAnswers(folder, 'account_summary');
    const running = await live({
      serverVersion: 173,
      connectionTime: '20250715 12:05:13 America/Los_Angeles',
      accounts: recordedAnswers(folder, 'managed_accounts')[0]?.[2] ?? '',
      script: ([id, , third = '']) => {
        if (id === '61') return recordedAnswers(folder, 'positions');
        if (id === '62')
          return summary.map((fields) => fields.map((field) => (field === '9000' ? third : field)));
        // The recording has no account download: the same rows, in the form of message 6.
        if (id === '6' && third === '1')
          return [...summary.slice(0, -1).map(asAccountValue), ['54', '1', 'ACCOUNT_ID']];
        return commonAnswers(id, third);
      },
    });
    await eventually(() => running.status.state === 'live');
    const { netLiquidation, totalCash, grossPositionValue, buyingPower } =
      account()?.balances?.value ?? assert.fail('no balances');
    assert.deepEqual(
      { netLiquidation, totalCash, grossPositionValue, buyingPower },
      {
        netLiquidation: 246447.83,
        totalCash: 269339.33,
        grossPositionValue: 23172.6,
        buyingPower: null,
      },
    );
    const positions = [...(account()?.positions?.value.values() ?? [])].map(({ value }) => value);
    assert.deepEqual(positions.map(inShort), [
      {
        symbol: 'AAPL',
        assetClass: 'stock',
        expiry: null,
        multiplier: 1,
        quantity: -110,
        averagePrice: 201.8829709,
        averageCost: 201.8829709,
        costBasis: -22207.126799,
        marketValue: null,
      },
      {
        symbol: 'ES',
        assetClass: 'future',
        expiry: '2025-09-19',
        multiplier: 50,
        quantity: 1,
        averagePrice: 6302.295,
        averageCost: 315114.75,
        costBasis: 315114.75,
        marketValue: null,
      },
    ]);
  });

  function execution(): Execution | undefined {
    return account()?.executions?.value.get('00025b46.63f8f39c.01');
  }
});

function orderGateway(completed: readonly (readonly string[])[]): ScriptedOptions {
  return {
    serverVersion: 164,
    connectionTime: '20230224 12:04:50 EST',
    accounts: 'DU1234567',
    script: ([id, , third = '']) => {
      if (id === '99') return [...completed, ['102']];
      if (id === '6' && third === '1')
        return [
          ['6', '2', 'NetLiquidation', '1000.00', 'USD', 'DU1234567'],
          ['54', '1', 'DU1234567'],
        ];
      if (id === '61') return [['62', '1']];
      return commonAnswers(id, third);
    },
  };
}

function commonAnswers(id: string | undefined, third: string): readonly (readonly string[])[] | undefined {
  if (id === '16') return [['53', '1']];
  if (id === '99') return [['102']];
  if (id === '7') return [['55', '1', third]];
  return undefined;
}

/** `63 v reqId account tag value currency` as `6 v tag value currency account`. */
function asAccountValue([
  ,
  ,
  ,
  account = '',
  tag = '',
  value = '',
  currency = '',
]: readonly string[]): readonly string[] {
  return ['6', '2', tag, value, currency, account];
}

function inShort({ instrument, quantity, averagePrice, averageCost, costBasis, marketValue }: Position) {
  const { symbol, assetClass, expiry, multiplier } = instrument;
  return {
    symbol,
    assetClass,
    expiry,
    multiplier,
    quantity,
    averagePrice,
    averageCost,
    costBasis,
    marketValue,
  };
}
