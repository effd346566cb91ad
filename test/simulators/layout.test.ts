import assert from 'node:assert/strict';
import { createMarket, sentinelFrames, type LedgerOrder, type MarketEvent } from '../../simulators/index.js';
import { commissionReport, execDetails } from '../../simulators/tws/encode/executions.js';
import { completedOrder, openOrder, orderStatus } from '../../simulators/tws/encode/orders.js';
import { errorFields } from '../../simulators/tws/encode/messages.js';
import { positionRow } from '../../simulators/tws/encode/portfolio.js';
import { notReadyView } from '../../simulators/tws/frozen-view.js';
import { recordedFrames, recordedPositions, recordedSummary, whyNotThere } from './support/recorded.js';
import { Bench } from './support/simulator.js';

// The length check of reference/ibkr.md 2.6, verified there against three independent clients.
const LENGTHS = [
  [157, 128, 96, 31],
  [158, 129, 96, 31],
  [160, 130, 96, 31],
  [162, 131, 96, 31],
  [169, 131, 96, 31],
  [170, 136, 101, 31],
  [176, 136, 101, 31],
  [177, 135, 100, 31],
  [178, 135, 100, 32],
  [183, 136, 101, 32],
  [184, 137, 102, 32],
  [185, 138, 102, 32],
  [189, 139, 102, 32],
  [193, 141, 102, 32],
  [195, 154, 102, 32],
  [198, 155, 103, 33],
  [199, 156, 103, 33],
  [200, 156, 103, 33],
] as const;

const TSLA_ORDER: LedgerOrder = {
  permId: '1376327563',
  orderId: 13,
  clientId: 100,
  conId: 76792991,
  symbol: 'TSLA',
  side: 'BUY',
  orderType: 'MKT',
  quantity: 100,
  filled: 0,
  remaining: 100,
  limitPrice: null,
  stopPrice: null,
  averageFillPrice: 0,
  status: 'PreSubmitted',
  lastFillPrice: 0,
  commission: 1,
  endedAt: null,
};

const FILLED: LedgerOrder = {
  ...TSLA_ORDER,
  status: 'Filled',
  filled: 100,
  remaining: 0,
  averageFillPrice: 196.52,
  lastFillPrice: 196.52,
};

const market = createMarket();
const account = 'DU1234567';

describe('the length of long messages', () => {
  for (const [version, open, completed, execution] of LENGTHS) {
    it(`is ${open}, ${completed} and ${execution} tokens at server version ${version}`, () => {
      const frames = sentinelFrames(version);
      assert.deepEqual(
        [frames.openOrder, frames.completedOrder, frames.execDetails].map(({ fields }) => fields.length),
        [open, completed, execution],
      );
    });
  }

  it('of an error grows by the reject text at 166 and loses its version field at 194', () => {
    const at = (version: number): readonly string[] =>
      errorFields({ id: -1, code: 2104, text: 'fine' }, version);
    assert.deepEqual(at(165), ['4', '2', '-1', '2104', 'fine']);
    assert.deepEqual(at(166), ['4', '2', '-1', '2104', 'fine', '']);
    assert.deepEqual(at(194).slice(0, 5), ['4', '-1', '2104', 'fine', '']);
  });

  it('of an error is escaped text from 153 on', () => {
    assert.equal(errorFields({ id: -1, code: 321, text: 'Prüfung' }, 193)[4], String.raw`Pr\u00fcfung`);
    assert.equal(errorFields({ id: -1, code: 321, text: 'Prüfung' }, 152)[4], 'Prüfung');
  });
});

// Recorded frames: rust-ibapi v1.0.0 src/orders/tests.rs and v2.0.0 tws_interactions.yaml (see samples/ibkr/SOURCES.md).
describe('against recorded frames', () => {
  const bench = new Bench();
  afterEach(() => bench.close());

  before(function () {
    const reason = whyNotThere();
    if (reason === null) return;
    console.warn(`      skipped: ${reason}`);
    this.skip();
  });

  it('an order is the one recorded at sv 164 through its whole life, field by field', () => {
    const [placed, accepted, , filled, done, settled] = recordedFrames('market-order-filled');
    assert.deepEqual(openOrder(market, { account, order: TSLA_ORDER }, 164), placed);
    assert.deepEqual(orderStatus(TSLA_ORDER), accepted);
    assert.deepEqual(openOrder(market, { account, order: FILLED }, 164), filled);
    assert.deepEqual(orderStatus(FILLED), done);
    assert.deepEqual(openOrder(market, { account, order: FILLED, withCommission: true }, 164), settled);
  });

  it('an execution and its commission are those recorded, but for the ids of an API order', () => {
    const recorded = recordedFrames('market-order-filled');
    const execution = {
      execId: '00025b46.63f8f39c.01.01',
      revision: 1,
      permId: '1376327563',
      conId: 76792991,
      side: 'BUY' as const,
      quantity: 100,
      price: 196.52,
      commission: 1,
      commissionCurrency: 'USD',
      realizedPnl: null,
      time: '2023-02-24T17:04:56.000Z',
      cumulativeQuantity: 100,
      averagePrice: 196.52,
      superseded: [],
    };
    const sent = execDetails(market, { requestId: '-1', account, execution }, 164);
    assert.deepEqual(sent.with(2, '13').with(22, '100'), recorded[2]);
    assert.deepEqual(commissionReport(execution), recorded[6]);
  });

  it('a cancelled order ends as recorded', () => {
    const [status, error] = recordedFrames('order-cancelled');
    const canceled: LedgerOrder = { ...TSLA_ORDER, orderId: 41, permId: '71270927', status: 'Cancelled' };
    assert.deepEqual(orderStatus(canceled), status);
    assert.deepEqual(errorFields({ id: 41, code: 202, text: 'Order Canceled - reason:' }, 164), error);
  });

  it('a completed order is the one recorded, but for the time zone', () => {
    const [, recorded = []] = recordedFrames('completed-orders');
    const order: LedgerOrder = {
      ...FILLED,
      conId: 265598,
      symbol: 'AAPL',
      permId: '1824933227',
      endedAt: '2023-03-06T20:28:30.000Z',
    };
    const sent = completedOrder(market, { account, order }, 164);
    assert.equal(sent.at(-2), '20230306 15:28:30 America/New_York');
    assert.deepEqual(sent.with(94, '20230306 12:28:30 America/Los_Angeles'), recorded);
  });

  it('positions have the form recorded at sv 173, short stock and long future', () => {
    const [stock, future] = recordedPositions();
    const zeros = {
      currency: 'USD',
      strike: null,
      right: null,
      marketPrice: 1,
      marketValue: 1,
      unrealizedPnl: 0,
      realizedPnl: 0,
      dailyPnl: 0,
    } as const;
    const aapl = {
      ...zeros,
      conId: 265598,
      symbol: 'AAPL',
      secType: 'STK',
      multiplier: 1,
      expiry: null,
      quantity: -110,
      averageCost: 201.8829709,
    } as const;
    assert.deepEqual(positionRow(market, 'ACCOUNT_ID', aapl), stock);
    const es = {
      ...zeros,
      conId: 637533641,
      symbol: 'ES',
      secType: 'FUT',
      multiplier: 50,
      expiry: '20250919',
      quantity: 1,
      averageCost: 315114.75,
    } as const;
    const contract = {
      ...market.instrument(649180695),
      conId: 637533641,
      expiry: '20250919',
      localSymbol: 'ESU5',
    };
    assert.deepEqual(
      positionRow({ ...notReadyView(market), instrument: () => contract }, 'ACCOUNT_ID', es),
      future,
    );
  });

  it('a summary has the tags, the order and the form recorded at sv 173', async () => {
    const simulator = await bench.start({ serverVersion: 173, market: createMarket({ accounts: 1 }) });
    const client = await bench.ready(simulator);
    const shape = (frames: readonly (readonly string[])[]): unknown =>
      frames.map(([id, version, reqId, , tag, value, currency]) => [
        id,
        version,
        reqId,
        tag,
        value?.replaceAll(/\d+\./g, 'N.').replaceAll(/\d\d$/g, 'NN'),
        currency,
      ]);
    const recorded = recordedSummary();
    const sent = await client.download('64', ...recorded.request);
    assert.deepEqual(shape(sent), shape(recorded.responses));
  });
});

describe('market events', () => {
  it('are told after the ledger has changed', () => {
    const own = createMarket({ positions: 0 });
    const heard: MarketEvent['kind'][] = [];
    const quantities: unknown[] = [];
    const stop = own.subscribe((event) => {
      heard.push(event.kind);
      if (event.kind === 'position') quantities.push(own.position(event.account, event.conId)?.quantity);
    });
    const permId = own.placeOrder({
      account: 'DU1000001',
      conId: 265598,
      side: 'BUY',
      quantity: 2,
      orderType: 'MKT',
    });
    own.fillOrder(permId);
    stop();
    own.tick();
    assert.deepEqual(heard, ['order', 'fill', 'position']);
    assert.deepEqual(quantities, [2]);
  });
});
