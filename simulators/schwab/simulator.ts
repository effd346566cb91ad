import type { Market } from '../market/types.js';
import type { SchwabBook } from './book/book.js';
import type { Lifetimes, Rotation } from './login/authority.js';

export interface SchwabSimulatorOptions {
  readonly market?: Market;
  readonly port?: number;
  /** 32 characters at Schwab. */
  readonly appKey?: string;
  /** 16 characters at Schwab. */
  readonly appSecret?: string;
  readonly callbackUrls?: readonly string[];
  /** ms since epoch; lifetimes and windows are measured by it. */
  readonly now?: () => number;
  readonly lifetimes?: Partial<Lifetimes>;
  readonly rotation?: Rotation;
  /** Lists are cut after so many rows, without a word. */
  readonly maxRows?: number;
  /** `name` or `name=argument` */
  readonly faults?: readonly string[];
}

export interface SchwabRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** 0 while it is not answered. */
  readonly status: number;
  /** `Retry-After` of the answer, null when there was none. */
  readonly retryAfter: string | null;
  readonly at: number;
  readonly hasBearer: boolean;
  readonly host: string;
}

/** A running simulator, as tests and demos hold it. */
export interface SchwabSimulator {
  readonly url: string;
  readonly market: Market;
  readonly book: SchwabBook;
  readonly appKey: string;
  readonly appSecret: string;
  readonly callbackUrl: string;
  /** Every request, in order. */
  readonly requests: readonly SchwabRequest[];
  /** Requests that a read-only client must never send; they were refused. */
  readonly violations: readonly SchwabRequest[];
  /** Requests for tokens and the status they were answered with. */
  readonly tokenRequests: readonly { readonly grant: string; readonly status: number }[];
  /** Codes and tokens, oldest first: what a client must keep to itself. */
  readonly handedOut: readonly string[];
  /** Requests that are being answered. */
  readonly inFlight: number;
  /** Open connections to the streamer. */
  readonly streams: number;
  /** Signs in and comes back as a browser would: the address with the code, for tests without one; all accounts are ticked where none is named. */
  authorize(state?: string, accounts?: readonly string[]): string;
  /** As after a change of the password: no token is good any more. */
  revokeLogin(): void;
  /** Access tokens die early, the login goes on. */
  forgetAccessTokens(): void;
  /** A heartbeat on every stream, as the timer does. */
  beat(): void;
  fault(name: string, argument?: string): { clear(): void };
  clearFaults(): void;
  disconnectAll(): void;
  stopListening(): Promise<void>;
  startListening(): Promise<void>;
  close(): Promise<void>;
}
