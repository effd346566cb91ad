import assert from 'node:assert/strict';
import { createMarket, startTwsSimulator, type Market } from '../../../simulators/index.js';
import { createIbkrBroker } from '../../../src/brokers/ibkr/index.js';
import { Connection } from '../../../src/runtime/connection.js';
import { differences } from '../../support/differences.js';
import { fastClock } from '../../support/clocks.js';
import { Balances, Execution, Order, Position } from '../../support/messages.js';

const VERSIONS = [...Array.from({ length: 187 - 157 + 1 }, (_, index) => 157 + index), 193];
const clock = fastClock(5);
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** A market in which something of everything has happened: fills, cancels, open orders of each kind, a correction. */
function busyMarket(): Market {
  const market = createMarket({ seed: 11, accounts: 2 });
  for (let trade = 0; trade < 60; trade++) market.trade();
  const [account = ''] = market.accounts;
  const [first] = market.executions(account);
  if (first !== undefined) market.correctExecution(first.execId, { price: first.price + 0.01 });
  market.placeOrder({
    account,
    conId: market.positions(account)[0]?.conId ?? 0,
    side: 'SELL',
    quantity: 3,
    orderType: 'STP',
    stopPrice: 12.5,
  });
  return market;
}

async function differencesAt(serverVersion: number): Promise<readonly string[]> {
  const market = busyMarket();
  const gateway = await startTwsSimulator({ market, serverVersion });
  const options = {
    host: '127.0.0.1',
    port: gateway.port,
    clientId: 17,
    tradingMode: 'any',
    accounts: [],
  } as const;
  const broker = createIbkrBroker(options, { clock, accountKey: (_broker, number) => number });
  const connection = new Connection({ broker, clock, chance: () => 0, logger: quiet });
  connection.start();
  const compare = (): readonly string[] =>
    market.ledger().ibkr.accounts.flatMap((truth) => {
      const state = connection.store.state.accounts.get(truth.account);
      return differences(truth, {
        balances: state?.balances ? Balances.parse(state.balances.value) : null,
        positions: [...(state?.positions?.value.values() ?? [])].map(({ value }) => Position.parse(value)),
        orders: [...(state?.orders?.value.values() ?? [])].map(({ value }) => Order.parse(value)),
        executions: [...(state?.executions?.value.values() ?? [])].map((execution) =>
          Execution.parse(execution),
        ),
      }).map((line) => `${serverVersion}: ${line}`);
    });
  const until = performance.now() + 30_000;
  while (compare().length > 0 && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const left = compare();
  await connection.close();
  await gateway.close();
  return left;
}

describe('Interactive Brokers, whatever the version of the gateway', () => {
  it('tells every figure as it is from server version 157 to 187, and at 193', async function () {
    this.timeout(60_000);
    const left = await Promise.all(VERSIONS.map(differencesAt));
    assert.deepEqual(left.flat(), []);
  });
});
