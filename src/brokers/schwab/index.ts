import { ProtocolError } from '../../errors.js';
import { GuardedCalls } from '../../resilience/guarded-calls.js';
import type { AccountKey, Broker, Chance, Clock, SessionEvents } from '../../ports.js';
import { SchwabApi } from './api.js';
import { chooseAccounts, type Choice, type SchwabOptions } from './config.js';
import { endpoints } from './endpoints.js';
import { readAccountNumbers } from './normalize/account-numbers.js';
import { orderMemory } from './order-reader.js';
import type { RateLimit } from './rate-limit.js';
import { SchwabSession } from './session.js';
import type { Tokens } from './tokens.js';
import { wakeBy } from './wake-by-streamer.js';

export type { SchwabOptions } from './config.js';

export interface SchwabDependencies {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly accountKey: AccountKey;
  readonly tokens: Tokens;
  readonly limit: RateLimit;
}

/** Charles Schwab through its Trader API: asked, never told. */
export function createSchwabBroker(
  { accounts: wanted, apiUrl, streamer }: SchwabOptions,
  { accountKey, chance, clock, limit, tokens }: SchwabDependencies,
): Broker {
  const memory = orderMemory();
  // With the broker, not with a session: an endpoint that is down is so for the next session, too.
  const calls = new GuardedCalls({ broker: 'schwab', clock, chance });
  return {
    name: 'schwab',
    via: 'schwab',
    address: new URL(apiUrl).host,
    login: tokens,
    counters: () => calls.counters,
    async open(events: SessionEvents, signal: AbortSignal) {
      const api = new SchwabApi({ apiUrl, tokens, limit, calls, clock });
      const listAccounts = async (stop: AbortSignal): Promise<Choice> => {
        const listed = readAccountNumbers(await api.get(endpoints.accountNumbers(), stop));
        if (listed === null)
          throw new ProtocolError('Schwab sent a list of accounts that cannot be read. Retrying.', {
            broker: 'schwab',
            code: 'bad-response',
          });
        return chooseAccounts(listed, wanted, accountKey);
      };
      // Whoever opens has a backoff of their own, or has mended something: two in a row would only add up.
      calls.allowTrials();
      const choice = await listAccounts(signal);
      calls.reset();
      const session = new SchwabSession({ api, clock, events, memory, listAccounts }, choice);
      session.start();
      return streamer ? wakeBy({ api, tokens, clock, chance, events }, session) : session;
    },
  };
}
