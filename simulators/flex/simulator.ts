import type { IncomingHttpHeaders } from 'node:http';
import type { LedgerAccount } from '../market/ledger.js';
import type { Market } from '../market/types.js';

export interface FlexSimulatorOptions {
  readonly market?: Market;
  readonly port?: number;
  readonly token?: string;
  readonly queryId?: string;
  /** ms since epoch; requests are counted by it. */
  readonly now?: () => number;
  /** The day of the first statement, `20261124`; otherwise the last weekday before now. */
  readonly reportDate?: string;
  /** A statement takes so long to be made; until then 1019 is answered. */
  readonly makingMs?: number;
  /** `name` or `name=argument` */
  readonly faults?: readonly string[];
}

export interface FlexRequest {
  readonly method: string;
  /** With its query, token and all. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly at: number;
  /** 0 while it is not answered. */
  readonly status: number;
  /** The error code in the answer, null when there was none. */
  readonly code: number | null;
}

/** A running simulator, as tests and demos hold it. */
export interface FlexSimulator {
  /** What a client adds `/SendRequest` to. */
  readonly url: string;
  readonly market: Market;
  readonly token: string;
  readonly queryId: string;
  /** The day of the statement, `20261124`. */
  readonly reportDate: string;
  /** What the statement is made of. */
  readonly accounts: readonly LedgerAccount[];
  /** Every request, in order. */
  readonly requests: readonly FlexRequest[];
  /** Requests that are being answered. */
  readonly inFlight: number;
  /** The next statement: the ledger as it is now, under the next weekday or the day given. */
  endOfDay(reportDate?: string): void;
  fault(name: string, argument?: string): { clear(): void };
  clearFaults(): void;
  close(): Promise<void>;
}
