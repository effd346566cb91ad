import type { Account } from '../../src/domain/account.js';
import type { BrokerUpdate } from '../../src/domain/update.js';
import { ConnectionLost, type BrokerageError } from '../../src/errors.js';
import type { Broker, BrokerSession, Logger, RefreshRequest, SessionEvents } from '../../src/ports.js';
import { account } from './builders.js';
import { suiteWatch } from './leak-watch.js';

/** Something that a test answers when it likes. */
interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** A broker in memory: the test opens its sessions, answers its refreshes and ends it. */
export class MemoryBroker implements Broker {
  readonly name = 'ibkr';
  readonly via = 'tws';
  readonly address = '127.0.0.1:4002';
  readonly accounts: readonly Account[];
  /** Every session that was opened, oldest first. */
  readonly sessions: MemorySession[] = [];
  /** Whether `open` fails when the connection is closed, as it should. */
  heedsSignal = true;
  attempts = 0;
  #opening: (Pending<BrokerSession> & { readonly events: SessionEvents }) | null = null;

  constructor(...accounts: readonly Account[]) {
    this.accounts = accounts.length === 0 ? [account()] : accounts;
  }

  async open(events: SessionEvents, signal: AbortSignal): Promise<BrokerSession> {
    this.attempts += 1;
    let closed = (): void => undefined;
    const opened = new Promise<BrokerSession>((resolve, reject) => {
      this.#opening = { resolve, reject, events };
      closed = () => {
        if (this.heedsSignal) reject(lost('Closed.'));
      };
    });
    signal.addEventListener('abort', closed);
    try {
      return await opened;
    } finally {
      signal.removeEventListener('abort', closed);
    }
  }

  get isOpening(): boolean {
    return this.#opening !== null;
  }

  /** The attempt that is under way succeeds. */
  async accept(): Promise<MemorySession> {
    const { events, resolve } = this.#take();
    const session = new MemorySession(this.accounts, events);
    this.sessions.push(session);
    events.update({ kind: 'accounts', accounts: this.accounts });
    events.update({ kind: 'link', state: 'up', reason: null });
    resolve(session);
    await settled();
    return session;
  }

  /** The attempt that is under way fails; some adapters cannot help telling something after that. */
  async refuse(error: unknown, ...late: readonly BrokerUpdate[]): Promise<void> {
    const { events, reject } = this.#take();
    reject(error);
    await settled();
    for (const update of late) events.update(update);
  }

  #take() {
    const opening = this.#opening;
    if (opening === null) throw new Error('Nobody is connecting.');
    this.#opening = null;
    return opening;
  }
}

/** One session with the broker in memory. */
export class MemorySession implements BrokerSession {
  readonly accounts: readonly Account[];
  /** What was asked for, in order. */
  readonly requests: RefreshRequest[] = [];
  closed = 0;
  /** What `close` throws, if anything. */
  closeFailure: Error | null = null;
  readonly #events: SessionEvents;
  readonly #pending: Pending<void>[] = [];

  constructor(accounts: readonly Account[], events: SessionEvents) {
    this.accounts = accounts;
    this.#events = events;
  }

  async refresh(request: RefreshRequest): Promise<void> {
    this.requests.push(request);
    await new Promise<void>((resolve, reject) => this.#pending.push({ resolve, reject }));
  }

  /** Like a real one, it tells nobody that it was closed, and fails what was asked of it. */
  async close(): Promise<void> {
    this.closed += 1;
    for (const { reject } of this.#pending.splice(0)) reject(lost('The connection was closed.'));
    if (this.closeFailure !== null) throw this.closeFailure;
  }

  tell(...updates: readonly BrokerUpdate[]): void {
    for (const update of updates) this.#events.update(update);
  }

  /** Tells these updates and answers the oldest open request. */
  async answer(...updates: readonly BrokerUpdate[]): Promise<void> {
    this.tell(...updates);
    this.#oldest().resolve();
    await settled();
  }

  /** Fails the oldest open request. */
  async fail(error: unknown): Promise<void> {
    this.#oldest().reject(error);
    await settled();
  }

  async end(error: BrokerageError): Promise<void> {
    this.#events.ended(error);
    await settled();
  }

  #oldest(): Pending<void> {
    const oldest = this.#pending.shift();
    if (oldest === undefined) throw new Error('Nothing was asked for.');
    return oldest;
  }
}

export function lost(message = 'The gateway closed the connection.'): ConnectionLost {
  return new ConnectionLost(message, { broker: 'ibkr', code: 'closed' });
}

/** A logger that keeps what it is told. */
export class MemoryLogger implements Logger {
  readonly lines: string[] = [];

  info(message: string): void {
    this.#take(`info ${message}`);
  }

  warn(message: string): void {
    this.#take(`warn ${message}`);
  }

  error(message: string): void {
    this.#take(`error ${message}`);
  }

  #take(line: string): void {
    suiteWatch.hear('log of an adapter', line);
    this.lines.push(line);
  }
}

/** Lets every promise that can settle do so; no time passes. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
