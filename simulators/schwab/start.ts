import { SchwabServer } from './schwab-server.js';
import { createMarket } from '../market/market.js';
import type { SchwabSimulator, SchwabSimulatorOptions } from './simulator.js';

export const SIMULATED_APP_KEY = 'simulated-app-key-32-characters-';
export const SIMULATED_APP_SECRET = 'simulated-secret';

/** Starts Schwab on a port of this machine: sign-in, Trader API and streamer. */
export const startSchwabSimulator = async (
  options: SchwabSimulatorOptions = {},
): Promise<SchwabSimulator> => {
  const { market = createMarket({ accounts: 0 }), faults = [] } = options;
  const server = new SchwabServer(market, {
    port: 0,
    appKey: SIMULATED_APP_KEY,
    appSecret: SIMULATED_APP_SECRET,
    callbackUrls: ['https://127.0.0.1'],
    now: Date.now,
    lifetimes: {},
    rotation: 'off',
    maxRows: 3_000,
    ...options,
  });
  for (const fault of faults) {
    const [name = '', ...argument] = fault.split('=');
    server.fault(name, argument.join('='));
  }
  await server.startListening();
  return server;
};
