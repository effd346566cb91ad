import { loginStore } from '../../nodes/schwab-config/schwab-config.js';
import type { SchwabSimulator } from '../../simulators/index.js';
import { RateLimit } from '../../src/brokers/schwab/rate-limit.js';
import { tokenEndpoint } from '../../src/brokers/schwab/token-endpoint.js';
import type { Clock, SecretStore } from '../../src/ports.js';
import { systemClock } from '../../src/runtime/system-clock.js';

/** Puts a login where the connection of this id looks for it, as the dialog does after a sign-in. */
export async function logInFor(
  nodeId: string,
  {
    accounts,
    clock = systemClock,
    schwab,
    userDir,
  }: {
    readonly schwab: SchwabSimulator;
    readonly userDir: string;
    readonly clock?: Clock;
    /** Those that are ticked; absent = all. */
    readonly accounts?: readonly string[];
  },
): Promise<SecretStore> {
  const { appKey, appSecret, callbackUrl, url: apiUrl } = schwab;
  const app = { apiUrl, appKey, appSecret };
  const endpoint = tokenEndpoint({ app, limit: new RateLimit(clock), clock });
  const code = new URL(schwab.authorize(undefined, accounts)).searchParams.get('code') ?? '';
  const warn = (message: string): void => {
    throw new Error(message);
  };
  const store = loginStore({ userDir, clock, warn }, nodeId, app);
  await store.write(JSON.stringify(await endpoint.login(code, callbackUrl)));
  return store;
}
