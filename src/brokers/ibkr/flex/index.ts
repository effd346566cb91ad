import type { AccountKey, Broker, BrokerSession, Chance, Clock, SessionEvents } from '../../../ports.js';
import { accountsAmong, type Choice } from '../choose-accounts.js';
import { StatementKeeper } from './keeper.js';
import { flexHost, flexQuery, type FlexOptions } from './options.js';
import type { FlexPace } from './pace.js';
import { FlexSession } from './session.js';
import { closed } from './waiting.js';

export { flexHost, type FlexOptions } from './options.js';
export { flexPaces, type FlexPace } from './pace.js';

export interface FlexDependencies {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly accountKey: AccountKey;
  /** That of the token: it is the same for everyone in the process who uses the token. */
  readonly pace: FlexPace;
}

/**
 * Interactive Brokers through its Flex Web Service: no gateway, no login, and figures of the last business day. Unlike
 * other brokers it fetches while it opens, since only a statement says which accounts there are.
 */
export function createFlexBroker(
  options: FlexOptions,
  { accountKey, chance, clock, pace }: FlexDependencies,
): Broker {
  const choose = (numbers: readonly string[]): Choice =>
    accountsAmong(
      {
        numbers,
        source: 'the Flex query',
        shows: 'the Flex query has',
        remedy: 'Change the trading mode, or the accounts of the query in Client Portal.',
        // Each look is a whole statement, which changes once a day.
        retrySlowly: false,
      },
      options,
      accountKey,
    );
  return {
    name: 'ibkr',
    via: 'flex',
    address: flexHost(options),
    async open(events: SessionEvents, signal: AbortSignal): Promise<BrokerSession> {
      if (signal.aborted) throw closed();
      const query = flexQuery(options);
      const keeper = await StatementKeeper.open({ query, pace, clock, chance }, signal);
      const session = new FlexSession({ keeper, clock, events, choose });
      session.start();
      return session;
    },
  };
}
