import { fastClock } from '../support/clocks.js';
import { keyOf, schwabStage } from '../support/schwab-stage.js';
import { brokerContract } from './broker-contract.js';

const positionKey = (symbol: string, assetType: string): string =>
  (assetType === 'OPTION' ? symbol : `${assetType.replace('COLLECTIVE_INVESTMENT', 'EQUITY')}-${symbol}`)
    .toLowerCase()
    .replaceAll(' ', '_');

brokerContract('Charles Schwab', async () => {
  // The streamer is how a broker that is only asked notices between two questions that it was cut off.
  const { broker, logIn, schwab } = await schwabStage({
    clock: fastClock(20),
    options: { streamer: true },
  });
  await logIn();
  const { book } = schwab;
  return {
    broker,
    accountNumbers: book.accounts,
    truth: () =>
      new Map(
        schwab.market.ledger().schwab.accounts.map(({ accountNumber, netLiquidation, positions }) => [
          keyOf(accountNumber),
          {
            netLiquidation,
            positions: new Map(
              positions.map(({ assetType, quantity, symbol }) => [positionKey(symbol, assetType), quantity]),
            ),
          },
        ]),
      ),
    closeOne: () => {
      const [account = ''] = book.accounts;
      const { assetType, symbol } = book.lines(account)[0]?.instrument ?? book.instrument('AAPL');
      book.closePosition(account, symbol);
      return { account: keyOf(account), key: positionKey(symbol, assetType) };
    },
    drop: () => void schwab.stopListening(),
    cutDownloads: () => void schwab.fault('schwab-cut', '300@/accounts'),
    // A question that is being answered, or a stream: between two questions there is no connection.
    connections: () => schwab.inFlight + schwab.streams,
    writes: () => schwab.violations.length,
    close: async () => await schwab.close(),
  };
});
