import assert from 'node:assert/strict';
import { createMarket, sentinelFrames, type SentinelFrame } from '../../simulators/index.js';
import { Bench } from './support/simulator.js';
import { StoqeyClient } from './support/stoqey-client.js';

const VERSIONS = [157, 163, 164, 173, 176, 177, 178, 187, 193];
// Below 177 the library shifts every field after modelCode of a completed order (D17 in reference/ibkr.md).
const FIRST_GOOD_COMPLETED_ORDER = 177;

// What the library does not keep, or keeps elsewhere.
const NOT_COMPARED = new Set(
  'secType right comboLegs orderComboLegs smartComboRoutingParams scalePriceIncrement deltaNeutralContract conditions hedgeType algoStrategy softDollarName softDollarValue softDollarDisplayName sharesAllocation adjustedTrailStopPrice trailStopPrice reqId venue account exchange'.split(
    ' ',
  ),
);

/** All fields of the decoded objects under lower-case names. */
const flat = (objects: readonly unknown[]): ReadonlyMap<string, unknown> =>
  new Map(
    objects
      .filter((value) => typeof value === 'object' && value !== null)
      .flatMap((value) =>
        Object.entries(value).map(([name, field]): [string, unknown] => [name.toLowerCase(), field]),
      ),
  );

const shifted = ({ values }: SentinelFrame, decoded: readonly unknown[]): readonly string[] => {
  const fields = flat(decoded);
  return Object.entries(values)
    .filter(([name]) => !NOT_COMPARED.has(name) && name !== 'orderId')
    .filter(([name, sent]) => {
      const got = fields.get(name.toLowerCase());
      return String(got) !== sent && Number(got) !== Number(sent);
    })
    .map(([name, sent]) => `${name}: sent ${sent}, decoded ${String(fields.get(name.toLowerCase()))}`);
};

describe('@stoqey/ib', () => {
  const bench = new Bench();
  const clients: StoqeyClient[] = [];

  const connect = async (...args: Parameters<Bench['start']>): Promise<StoqeyClient> => {
    const client = new StoqeyClient(await bench.start(...args));
    clients.push(client);
    await client.connect();
    return client;
  };

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await bench.close();
  });

  for (const serverVersion of VERSIONS) {
    it(`finds every sentinel in its place at server version ${serverVersion}`, async () => {
      const { ib, of, until, decodeErrors } = bind(await connect({ serverVersion, faults: ['sentinels'] }));
      const sent = sentinelFrames(serverVersion);
      ib.reqAllOpenOrders();
      ib.reqExecutions(5, {});
      await until('openOrderEnd');
      await until('execDetailsEnd');
      assert.deepEqual(shifted(sent.openOrder, of('openOrder')[0] ?? []), []);
      assert.deepEqual(shifted(sent.execDetails, of('execDetails')[0] ?? []), []);
      assert.deepEqual(decodeErrors(), []);
      if (serverVersion < FIRST_GOOD_COMPLETED_ORDER) return;
      ib.reqCompletedOrders(false);
      await until('completedOrdersEnd');
      assert.deepEqual(shifted(sent.completedOrder, of('completedOrder')[0] ?? []), []);
      assert.deepEqual(decodeErrors(), []);
    });

    it(`understands a whole session at server version ${serverVersion}`, async () => {
      const market = createMarket({ seed: serverVersion });
      for (let step = 0; step < 60; step += 1) market.trade();
      const { ib, of, until, decodeErrors } = bind(await connect({ serverVersion, market }));
      const [account = ''] = market.accounts;
      const [truth] = market.ledger().ibkr.accounts;
      assert.ok(truth);
      const [held] = truth.positions;
      assert.ok(held);
      ib.reqAccountUpdates(true, account);
      ib.reqPositions();
      ib.reqPositionsMulti(1, account, '');
      ib.reqAccountSummary(2, 'All', 'NetLiquidation,TotalCashValue,$LEDGER:ALL');
      ib.reqAccountUpdatesMulti(3, account, '', false);
      ib.reqPnL(4, account, '');
      ib.reqPnLSingle(5, account, '', held.conId);
      ib.reqAllOpenOrders();
      ib.reqExecutions(6, {});
      ib.reqCurrentTime();
      if (serverVersion >= FIRST_GOOD_COMPLETED_ORDER) ib.reqCompletedOrders(false);
      const ends = [
        'accountDownloadEnd',
        'positionEnd',
        'positionMultiEnd',
        'accountSummaryEnd',
        'accountUpdateMultiEnd',
      ];
      for (const name of [...ends, 'pnl', 'pnlSingle', 'openOrderEnd', 'execDetailsEnd', 'currentTime'])
        await until(name);
      if (serverVersion >= FIRST_GOOD_COMPLETED_ORDER) await until('completedOrdersEnd');
      assert.deepEqual(decodeErrors(), []);
      const { balances, positions, executions } = truth;
      assert.deepEqual(
        of('updatePortfolio').map(([contract, ...numbers]) => [flat([contract]).get('conid'), ...numbers]),
        positions.map((p) => [
          p.conId,
          p.quantity,
          p.marketPrice,
          p.marketValue,
          p.averageCost,
          p.unrealizedPnl,
          p.realizedPnl,
          account,
        ]),
      );
      assert.deepEqual(
        of('position')
          .filter(([own]) => own === account)
          .map(([, contract, ...numbers]) => [flat([contract]).get('conid'), ...numbers]),
        positions.map(({ conId, quantity, averageCost }) => [conId, quantity, averageCost]),
      );
      assert.deepEqual(of('pnl')[0], [4, balances.dayPnl, balances.unrealizedPnl, balances.realizedPnl]);
      assert.deepEqual(of('pnlSingle')[0], [
        5,
        held.quantity,
        held.dailyPnl,
        held.unrealizedPnl,
        held.realizedPnl,
        held.marketValue,
      ]);
      const summary = of('accountSummary').find(
        ([, own, tag]) => own === account && tag === 'NetLiquidation',
      );
      assert.deepEqual(summary, [2, account, 'NetLiquidation', balances.netLiquidation.toFixed(2), 'USD']);
      const told = of('execDetails')
        .map(([, , execution]) => flat([execution]))
        .filter((execution) => execution.get('acctnumber') === account);
      assert.deepEqual(
        told.map((execution) => ['execid', 'shares', 'price'].map((name) => execution.get(name))),
        executions.map(({ execId, quantity, price }) => [execId, quantity, price]),
      );
    });
  }
});

/** The methods of a client as plain functions. */
const bind = (client: StoqeyClient): Pick<StoqeyClient, 'ib' | 'of' | 'until' | 'decodeErrors'> => ({
  ib: client.ib,
  of: (name) => client.of(name),
  until: (name, count) => client.until(name, count),
  decodeErrors: () => client.decodeErrors(),
});
