import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loginStore } from '../nodes/schwab-config/schwab-config.js';
import type { SchwabSimulator } from '../simulators/index.js';
import { RateLimit } from '../src/brokers/schwab/rate-limit.js';
import { tokenEndpoint } from '../src/brokers/schwab/token-endpoint.js';
import { systemClock } from '../src/runtime/system-clock.js';

/** Id of the connection in the demo's flow. */
const NODE_ID = 'demo-schwab';
const CREDENTIALS = 'flows_cred.json';

/**
 * Logs the demo in at the simulated Schwab, as a person would in the dialog, before Node-RED starts: each run of the
 * simulator knows only its own logins.
 */
export async function logInAtSchwab(userDir: string, schwab: SchwabSimulator): Promise<void> {
  const { appKey, appSecret, callbackUrl, url: apiUrl } = schwab;
  const app = { apiUrl, appKey, appSecret };
  const credentials = join(userDir, CREDENTIALS);
  // Node-RED encrypts it with the first deploy; what the user has entered since then stays.
  if (!existsSync(credentials))
    await writeFile(credentials, JSON.stringify({ [NODE_ID]: { appKey, appSecret } }), { mode: 0o600 });
  const code = new URL(schwab.authorize()).searchParams.get('code') ?? '';
  const endpoint = tokenEndpoint({ app, limit: new RateLimit(systemClock), clock: systemClock });
  const store = loginStore({ userDir, clock: systemClock, warn: console.error }, NODE_ID, app);
  await store.write(JSON.stringify(await endpoint.login(code, callbackUrl)));
}
