import type { Account, BrokerName } from './domain/account.js';
import type { BrokerUpdate, Kind, Via } from './domain/update.js';
import type { BrokerageError } from './errors.js';

/** Time. `now` is wall-clock ms since the epoch; `monotonic` only grows, also when the wall clock is set. */
export interface Clock {
  now(): number;
  monotonic(): number;
  /** Calls back once after `delayMs`; the timer never keeps the process alive. */
  after(delayMs: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** A number in [0, 1). */
export type Chance = () => number;

/** Where words for the administrator go. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Account numbers enter here and only keys come out; salted per installation. */
export type AccountKey = (broker: BrokerName, accountNumber: string) => string;

/** What is to be fetched anew; null = all. */
export interface RefreshRequest {
  readonly kind: Kind | null;
  /** Account key. */
  readonly account: string | null;
}

/** What a session tells the spine. Handlers are synchronous and never throw. */
export interface SessionEvents {
  update(update: BrokerUpdate): void;
  /** The session is over; called exactly once, after `open` resolved. */
  ended(error: BrokerageError): void;
}

/** One attempt at a connection, made by a broker's adapter. */
export interface Broker {
  readonly name: BrokerName;
  readonly via: Via;
  /** Whom it talks to, for messages: `127.0.0.1:4002`. */
  readonly address: string;
  /**
   * Resolves when the session is ready for requests; it fetches nothing before `refresh` asks for it.
   * @throws ConnectionLost, ConfigError, LoginRequired, RateLimited
   */
  open(events: SessionEvents, signal: AbortSignal): Promise<BrokerSession>;
}

export interface BrokerSession {
  readonly accounts: readonly Account[];
  /**
   * Fetches anew and resolves when the answer has been told through `update`.
   * @throws Rejected, ConnectionLost
   */
  refresh(request: RefreshRequest): Promise<void>;
  /** Idempotent; leaves no timer, no socket, no listener. */
  close(): Promise<void>;
}
