import { createMarket, startTwsSimulator } from '../simulators/index.js';
import { startSchwabSimulator } from '../simulators/schwab/start.js';
import type { DemoOptions } from './options.js';
import { onPort } from './ports.js';

export interface SimulatedBroker {
  readonly twsPort: number;
  /** Answers `GET /ledger` with what every account really holds. */
  readonly ledgerUrl: string;
  close(): Promise<void>;
}

/** TWS sends account values every three minutes; a demo that looks alive needs them sooner. */
const VALUE_PUSH_MS = 1000;

/** A brokerage with invented accounts that trade by themselves. */
export async function startSimulatedBroker(
  { accounts, positions, tickMs, tradeMs, twsPort, ledgerPort, faults }: DemoOptions,
  say: (line: string) => void,
): Promise<SimulatedBroker> {
  const market = createMarket({ accounts, positions });
  const tws = await onPort({ name: 'simulated TWS', preferred: twsPort, say }, (port) =>
    startTwsSimulator({ market, port, valuePushMs: VALUE_PUSH_MS, faults }),
  );
  const ledger = await onPort({ name: 'ledger', preferred: ledgerPort, say }, (port) =>
    startSchwabSimulator({ market, port }),
  );
  const stopPlaying = market.startAutoplay({ tickMs, tradeMs });
  return {
    twsPort: tws.port,
    ledgerUrl: `${ledger.url}/ledger`,
    async close() {
      stopPlaying();
      await Promise.all([tws.close(), ledger.close()]);
    },
  };
}
