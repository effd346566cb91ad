import { SIMULATED_APP_KEY, SIMULATED_APP_SECRET, SIMULATED_CALLBACK } from './app.js';
import { SchwabServer } from './schwab-server.js';
import { splitFault } from './faults.js';
import { createMarket } from '../market/market.js';
import type { SchwabSimulator, SchwabSimulatorOptions } from './simulator.js';

/** Starts Schwab on a port of this machine: sign-in, Trader API and streamer. */
export const startSchwabSimulator = async (
  options: SchwabSimulatorOptions = {},
): Promise<SchwabSimulator> => {
  const { now = Date.now, faults = [] } = options;
  const market = options.market ?? createMarket({ accounts: 0, now });
  const server = new SchwabServer(market, {
    port: 0,
    appKey: SIMULATED_APP_KEY,
    appSecret: SIMULATED_APP_SECRET,
    callbackUrls: [SIMULATED_CALLBACK],
    now: Date.now,
    lifetimes: {},
    rotation: 'off',
    maxRows: 3_000,
    ...options,
  });
  try {
    for (const fault of faults) {
      const { name, argument } = splitFault(fault);
      server.fault(name, argument);
    }
    await server.startListening();
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
};
