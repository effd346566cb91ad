import type { Clock, Logger, SecretStore } from '../../ports.js';
import type { RateLimit } from './rate-limit.js';
import { tokenEndpoint, type SchwabApp } from './token-endpoint.js';
import { Tokens } from './tokens.js';

export interface TokensByAppOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limitOf: (appKey: string) => RateLimit;
  /** Where the login of one config node with one app is kept. */
  readonly storeOf: (nodeId: string, app: SchwabApp) => SecretStore;
}

/**
 * One `Tokens` for each config node and app, for as long as the process lives: a dialog that logs in and the
 * connection that runs share it, and so do a connection and its successor after a deploy.
 */
export function tokensByApp({ clock, logger, limitOf, storeOf }: TokensByAppOptions) {
  const known = new Map<string, Tokens>();
  return (nodeId: string, app: SchwabApp): Tokens => {
    const name = JSON.stringify([nodeId, app.apiUrl, app.appKey, app.appSecret]);
    const found = known.get(name);
    if (found !== undefined) return found;
    const endpoint = tokenEndpoint({ app, limit: limitOf(app.appKey), clock });
    const tokens = new Tokens({ store: storeOf(nodeId, app), endpoint, clock, logger });
    known.set(name, tokens);
    return tokens;
  };
}
