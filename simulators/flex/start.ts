import { createMarket } from '../market/market.js';
import { weekdayBefore } from './days.js';
import { FlexServer } from './flex-server.js';
import type { FlexSimulator, FlexSimulatorOptions } from './simulator.js';

export const SIMULATED_FLEX_TOKEN = '104729613385042277190364';
export const SIMULATED_FLEX_QUERY = '987654';

/** Starts IBKR's Flex Web Service on a port of this machine. */
export const startFlexSimulator = async (options: FlexSimulatorOptions = {}): Promise<FlexSimulator> => {
  const { faults = [], now = Date.now, ...rest } = options;
  const market = options.market ?? createMarket({ schwabAccounts: 0, now });
  const server = new FlexServer(market, {
    port: 0,
    token: SIMULATED_FLEX_TOKEN,
    queryId: SIMULATED_FLEX_QUERY,
    now,
    reportDate: weekdayBefore(now()),
    makingMs: 0,
    ...rest,
  });
  for (const fault of faults) server.fault(fault);
  await server.listen();
  return server;
};
