import { createMarket, startSchwabSimulator, type SchwabSimulatorOptions } from '../../simulators/index.js';
import type { SchwabSimulator } from '../../simulators/index.js';
import { createSchwabBroker, type SchwabOptions } from '../../src/brokers/schwab/index.js';
import { RateLimit } from '../../src/brokers/schwab/rate-limit.js';
import { tokenEndpoint } from '../../src/brokers/schwab/token-endpoint.js';
import { Tokens } from '../../src/brokers/schwab/tokens.js';
import type { Broker, Chance, Clock, SecretStore } from '../../src/ports.js';
import { memorySecret } from '../../src/secrets/memory.js';
import { suiteWatch } from './leak-watch.js';
import { MemoryLogger } from './memory-broker.js';

export interface SchwabStage {
  readonly schwab: SchwabSimulator;
  readonly broker: Broker;
  readonly tokens: Tokens;
  readonly store: SecretStore;
  readonly clock: Clock;
  readonly logger: MemoryLogger;
  /** Signs in at Schwab and hands the tokens to the broker. */
  readonly logIn: () => Promise<void>;
}

export interface SchwabStageOptions extends SchwabSimulatorOptions {
  readonly clock: Clock;
  /** With 0 a retry goes out at once, which a clock that stands still needs. */
  readonly chance?: Chance;
  readonly options?: Partial<SchwabOptions>;
  /** Requests a minute; tests with a fake clock want to be left alone by it. */
  readonly perMinute?: number;
}

/** The key that a test gives an account. */
export const keyOf = (number: string): string => `key-of-${number.slice(-4)}`;

/** A simulated Schwab, and our broker that reads it. */
export async function schwabStage({
  clock,
  chance = () => 0.5,
  options = {},
  perMinute = 1_000_000,
  ...simulator
}: SchwabStageOptions): Promise<SchwabStage> {
  // The book's history must lie before the clock that the test holds, not before today's.
  const { now } = simulator;
  const market =
    simulator.market ?? createMarket({ seed: 5, accounts: 0, ...(now === undefined ? {} : { now }) });
  const schwab = await startSchwabSimulator({ ...simulator, market });
  suiteWatch.knows(() => schwab.handedOut.map((value) => ({ name: 'a token of the simulator', value })));
  const { appKey, appSecret, callbackUrl, url: apiUrl } = schwab;
  const limit = new RateLimit(clock, perMinute);
  const endpoint = tokenEndpoint({ app: { apiUrl, appKey, appSecret }, limit, clock });
  const store = memorySecret();
  const logger = new MemoryLogger();
  const tokens = new Tokens({ store, endpoint, clock, logger });
  const broker = createSchwabBroker(
    { apiUrl, accounts: [], streamer: false, ...options },
    { clock, chance, accountKey: (_broker, number) => keyOf(number), tokens, limit },
  );
  const logIn = async (): Promise<void> => {
    const code = new URL(schwab.authorize()).searchParams.get('code') ?? '';
    await tokens.adopt(await endpoint.login(code, callbackUrl));
  };
  return { schwab, broker, tokens, store, clock, logger, logIn };
}
