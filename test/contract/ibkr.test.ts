import { createMarket, startTwsSimulator } from '../../simulators/index.js';
import { createIbkrBroker } from '../../src/brokers/ibkr/index.js';
import { fastClock } from '../support/clocks.js';
import { brokerContract } from './broker-contract.js';

brokerContract('Interactive Brokers', async () => {
  const market = createMarket({ seed: 3, accounts: 2 });
  const gateway = await startTwsSimulator({ market });
  const keyOf = (number: string): string => `key-of-${number.slice(-4)}`;
  const options = {
    host: '127.0.0.1',
    port: gateway.port,
    clientId: 17,
    tradingMode: 'any',
    accounts: [],
  } as const;
  return {
    broker: createIbkrBroker(options, {
      clock: fastClock(20),
      accountKey: (_broker, number) => keyOf(number),
    }),
    accountNumbers: market.accounts,
    truth: () =>
      new Map(
        market.ledger().ibkr.accounts.map(({ account, balances, positions }) => [
          keyOf(account),
          {
            netLiquidation: balances.netLiquidation,
            positions: new Map(positions.map(({ conId, quantity }) => [String(conId), quantity])),
          },
        ]),
      ),
    closeOne: () => {
      const [account = ''] = market.accounts;
      const conId = market.positions(account)[0]?.conId ?? 0;
      market.closePosition(account, conId);
      return { account: keyOf(account), key: String(conId) };
    },
    drop: () => gateway.disconnectAll('reset'),
    cutDownloads: () => void gateway.fault('cut-snapshot', '5'),
    connections: () => gateway.connections,
    writes: () => gateway.violations.length,
    close: async () => await gateway.close(),
  };
});
