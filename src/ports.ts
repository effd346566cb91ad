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

/** A login that ends by itself and that only the user can renew. */
export interface Login {
  /** When it ends, ms since the epoch; null = there is none, or it has ended. */
  readonly expiresAt: number | null;
  /** Calls back after each change of `expiresAt`; the returned function ends that. */
  onChange(listener: () => void): () => void;
}

/** What has become of a broker's requests since it was made, for whoever looks for what is wrong. */
export interface BrokerCounters {
  /** Attempts that went out, retries among them. */
  readonly requests: number;
  /** Attempts that failed at the other end; neither refusals nor what was called off. */
  readonly failures: number;
  /** The same two, of the last ten minutes. */
  readonly recent: { readonly requests: number; readonly failures: number };
  /** Attempts that followed a failed one within the same call. */
  readonly retries: number;
  /** The worst of all endpoints. */
  readonly breaker: 'closed' | 'open' | 'half-open' | 'isolated';
  /** When the first of the open ones is tried again, ms since the epoch; null = none is open. */
  readonly nextTrialAt: number | null;
}

/** One attempt at a connection, made by a broker's adapter. */
export interface Broker {
  readonly name: BrokerName;
  readonly via: Via;
  /** Whom it talks to, for messages: `127.0.0.1:4002`. */
  readonly address: string;
  /** Absent where logging in is not our business (TWS). */
  readonly login?: Login;
  /** The window in which the broker expects to be out of reach at `at`; null = it should be there. Times in ms since the epoch. */
  maintenance?(at: number): { readonly until: number; readonly sentence: string } | null;
  /**
   * What the calendar says of a connection that is lost at `at`, ms since the epoch; null = nothing.
   * @param goodSince when its last session that brought figures began, null = none did
   */
  likelyReason?(at: number, goodSince: number | null): string | null;
  /**
   * Resolves when the session is ready for requests; it fetches nothing before `refresh` asks for it.
   * @throws ConnectionLost, ConfigError, LoginRequired, RateLimited
   */
  open(events: SessionEvents, signal: AbortSignal): Promise<BrokerSession>;
  /** Absent where nothing is counted; null = nothing was asked yet. */
  counters?(): BrokerCounters | null;
}

export interface BrokerSession {
  readonly accounts: readonly Account[];
  /**
   * Fetches anew and resolves when the answer has been told through `update`.
   * @throws Rejected, ConnectionLost
   */
  refresh(request: RefreshRequest): Promise<void>;
  /** How long to wait until everything is asked for again; absent = `ceilingMs`, the most that the user allows. */
  nextLookMs?(ceilingMs: number): number;
  /** Idempotent; leaves no timer, no socket, no listener. */
  close(): Promise<void>;
}

/** Keeps one secret text, such as a login that changes by itself. What it says it has kept survives a crash. */
export interface SecretStore {
  /**
   * null = nothing is kept there.
   * @throws when it cannot be read, which never means that nothing is there
   */
  read(): Promise<string | null>;
  /** All or nothing: after a crash the old text is there, or the new one. */
  write(text: string): Promise<void>;
  /** Idempotent. */
  remove(): Promise<void>;
  /** Runs `work` while nobody else, in this process or another, runs theirs on the same secret. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}
