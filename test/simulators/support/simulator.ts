import { startTwsSimulator, type TwsSimulator, type TwsSimulatorOptions } from '../../../simulators/index.js';
import { RawClient } from './raw-client.js';

/** What a test has opened; `close` leaves nothing behind. */
export class Bench {
  readonly #simulators: TwsSimulator[] = [];
  readonly #clients: RawClient[] = [];

  async start(options: TwsSimulatorOptions = {}): Promise<TwsSimulator> {
    const simulator = await startTwsSimulator({ valuePushMs: null, ...options });
    this.#simulators.push(simulator);
    return simulator;
  }

  async ready(
    simulator: TwsSimulator,
    options: { clientId?: number; versions?: string } = {},
  ): Promise<RawClient> {
    const client = await RawClient.ready(simulator.port, options);
    this.#clients.push(client);
    return client;
  }

  dial(simulator: TwsSimulator): RawClient {
    const client = new RawClient(simulator.port);
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.destroy();
    await Promise.all(this.#simulators.splice(0).map((simulator) => simulator.close()));
  }
}

/** Looks again every few milliseconds, for what no event announces. */
export const eventually = async (
  condition: () => boolean | Promise<boolean>,
  boundMs = 5000,
): Promise<void> => {
  const end = performance.now() + boundMs;
  for (;;) {
    if (await condition()) return;
    if (performance.now() > end) throw new Error(`still false after ${boundMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
