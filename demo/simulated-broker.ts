import {
  createMarket,
  startSchwabSimulator,
  startTwsSimulator,
  type SchwabSimulator,
} from '../simulators/index.js';
import type { DemoOptions } from './options.js';
import { onPort } from './ports.js';

export interface SimulatedBrokers {
  readonly twsPort: number;
  readonly schwab: SchwabSimulator;
  /** Answers `GET /ledger` with what every account really holds. */
  readonly ledgerUrl: string;
  close(): Promise<void>;
}

/** TWS sends account values every three minutes; a demo that looks alive needs them sooner. */
const VALUE_PUSH_MS = 1000;

/** Two brokerages with invented accounts that trade by themselves, in one market. */
export async function startSimulatedBrokers(
  { accounts, positions, schwabAccounts, tickMs, tradeMs, twsPort, schwabPort, faults }: DemoOptions,
  say: (line: string) => void,
): Promise<SimulatedBrokers> {
  const market = createMarket({ accounts, positions, schwabAccounts });
  const tws = await onPort({ name: 'simulated TWS', preferred: twsPort, say }, (port) =>
    startTwsSimulator({ market, port, valuePushMs: VALUE_PUSH_MS, faults }),
  );
  const schwab = await onPort({ name: 'simulated Schwab', preferred: schwabPort, say }, (port) =>
    startSchwabSimulator({ market, port }),
  );
  const stopPlaying = market.startAutoplay({ tickMs, tradeMs });
  return {
    twsPort: tws.port,
    schwab,
    ledgerUrl: `${schwab.url}/ledger`,
    async close() {
      stopPlaying();
      await Promise.all([tws.close(), schwab.close()]);
    },
  };
}
