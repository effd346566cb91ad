import { createMarket } from '../market/market.js';
import type { Market } from '../market/types.js';
import type { RecordedRequest, Violation } from './desk.js';
import type { Fields } from './fields.js';
import { TwsSimulator as RunningTws, type TwsOptions } from './tws-simulator.js';

export interface TwsSimulatorOptions extends Partial<TwsOptions> {
  readonly market?: Market;
  /** `name` or `name=argument` */
  readonly faults?: readonly string[];
  /** The Read-Only API checkbox of TWS. */
  readonly readOnlyApi?: boolean;
}

/** A running simulator, as tests and demos hold it. */
export interface TwsSimulator {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly market: Market;
  /** Open sockets now. */
  readonly connections: number;
  /** Every frame received after the handshake, in order; the last `requestsKept`, 100 000 unless said otherwise. */
  readonly requests: readonly RecordedRequest[];
  /** Requests that a read-only client must never send; they were refused. */
  readonly violations: readonly Violation[];
  fault(name: string, argument?: string): { clear(): void };
  clearFaults(): void;
  disconnectAll(how?: 'fin' | 'reset'): void;
  stopListening(): Promise<void>;
  startListening(): Promise<void>;
  /** A frame to every client that is ready. */
  send(fields: Fields): void;
  sendRaw(bytes: Uint8Array): void;
  /** An error frame with id -1 to every client that is ready. */
  notice(code: number, text?: string): void;
  /** Account values, portfolios, summaries and P&L that changed, as the timer does. */
  pushValues(): void;
  close(): Promise<void>;
}

/** Starts a TWS on a port of this machine. */
export const startTwsSimulator = async (options: TwsSimulatorOptions = {}): Promise<TwsSimulator> => {
  const { market = createMarket(), faults = [], readOnlyApi = false, ...rest } = options;
  const simulator = new RunningTws(market, {
    port: 0,
    serverVersion: 193,
    valuePushMs: 180_000,
    pushLiveFills: true,
    timeOncePerSecond: false,
    requestsKept: 100_000,
    ...rest,
  });
  try {
    await simulator.startListening();
    for (const fault of [...(readOnlyApi ? ['read-only'] : []), ...faults]) simulator.fault(fault);
  } catch (error) {
    await simulator.close();
    throw error;
  }
  return simulator;
};
