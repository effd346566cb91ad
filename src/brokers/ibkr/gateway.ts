import { EventName, IBApi } from '@stoqey/ib';
import { ZodError } from 'zod';
import { ConfigError, ConnectionLost, ProtocolError, type BrokerageError } from '../../errors.js';
import type { Clock, Timer } from '../../ports.js';
import type { GatewayAddress } from './address.js';
import { explainRefusal } from './explain.js';
import { installGates, unreadable, type GatedSocket } from './gates.js';
import {
  decodeCompletedOrder,
  decodeOpenOrder,
  type CompletedOrderRow,
  type OpenOrderRow,
} from './order-wire.js';
import { decode, type WireMessage } from './wire.js';

const TCP_TIMEOUT_MS = 10_000;
const READY_TIMEOUT_MS = 15_000;
/** TWS drops who sends more than 50 messages a second (code 100). */
const REQUESTS_PER_SECOND = 40;

/** A message, also those whose fields come and go with the server's version. */
export type GatewayMessage =
  | WireMessage
  | { readonly kind: 'openOrder'; readonly row: OpenOrderRow; readonly bad: readonly string[] }
  | { readonly kind: 'completedOrder'; readonly row: CompletedOrderRow; readonly bad: readonly string[] };

export interface GatewayEvents {
  /** A burst of bytes has been read to its end: rows that came together can be told together. */
  idle(): void;
  message(message: GatewayMessage): void;
  /** A message of a known kind that is not what it must be; the others are not touched by it. */
  unreadable(messageId: string, why: string): void;
  ended(error: BrokerageError): void;
}

/** Requests that only read. The whole of `IBApi`, with its orders, stays out of reach of the session. */
export type ReadingApi = Pick<
  IBApi,
  | 'reqAccountSummary'
  | 'reqAccountUpdates'
  | 'reqAccountUpdatesMulti'
  | 'reqAllOpenOrders'
  | 'reqCompletedOrders'
  | 'reqCurrentTime'
  | 'reqExecutions'
  | 'reqPnL'
  | 'reqPnLSingle'
  | 'reqPositions'
  | 'reqPositionsMulti'
  | 'cancelPnLSingle'
>;

/** A gateway that has finished its handshake. */
export interface Gateway {
  readonly api: ReadingApi;
  readonly serverVersion: number;
  /** As the gateway wrote it: `20260105 09:30:00 EST`. */
  readonly connectionTime: string;
  readonly accountNumbers: readonly string[];
  close(): void;
}

export interface GatewayOptions {
  readonly address: GatewayAddress;
  readonly clock: Clock;
  readonly events: GatewayEvents;
  readonly signal: AbortSignal;
}

/**
 * One connection, made of one throw-away `IBApi`: its queues outlive a connection and would replay old
 * requests into the next handshake. Resolves when the gateway has named its accounts and its next order id.
 * @throws ConnectionLost, ConfigError
 */
export async function connectGateway(options: GatewayOptions): Promise<Gateway> {
  return await new Promise<Gateway>((resolve, reject) => new Handshake(options, { resolve, reject }).start());
}

interface Outcome {
  resolve(gateway: Gateway): void;
  reject(error: BrokerageError): void;
}

class Handshake {
  readonly #options: GatewayOptions;
  readonly #outcome: Outcome;
  readonly #ib: IBApi;
  readonly #abort = (): void => this.#fail(this.#lost('closed', 'The connection was closed.'));
  #timer: Timer | null = null;
  #stage: 'tcp' | 'version' | 'login' | 'ready' | 'over' = 'tcp';
  #serverVersion = 0;
  #connectionTime = '';
  #accountNumbers: readonly string[] | null = null;
  #hasOrderId = false;
  /** What the gateway said before it hung up. */
  #refusal: { readonly code: number; readonly text: string } | null = null;
  #idleQueued = false;
  #socket: GatedSocket | null = null;

  constructor(options: GatewayOptions, outcome: Outcome) {
    this.#options = options;
    this.#outcome = outcome;
    const { host, port, clientId } = options.address;
    // All four, always: without them the library reads .env files and sends an empty client id.
    this.#ib = new IBApi({ host, port, clientId, maxReqPerSec: REQUESTS_PER_SECOND });
  }

  start(): void {
    const { signal } = this.#options;
    if (signal.aborted) return this.#abort();
    signal.addEventListener('abort', this.#abort, { once: true });
    this.#socket = installGates(this.#ib, {
      onConnect: () => this.#connected(),
      onClose: () => this.#hungUp(),
      onFields: (fields) => this.#take(fields),
      onBroken: (error) => this.#broken(error),
    });
    this.#ib.on(EventName.error, (error, code) => this.#localError(error, code));
    this.#ib.on(EventName.disconnected, () => this.#hungUp());
    this.#wait(TCP_TIMEOUT_MS);
    this.#socket.connect();
  }

  #wait(timeoutMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(timeoutMs, () =>
      this.#fail(explainRefusal({ kind: 'timeout', stage: this.#stage }, this.#options.address)),
    );
  }

  #connected(): void {
    this.#stage = 'version';
    this.#wait(READY_TIMEOUT_MS);
  }

  #take(fields: readonly string[]): void {
    if (this.#stage === 'version') return this.#version(fields);
    let message: GatewayMessage | null;
    try {
      message = this.#decode(fields);
    } catch (error) {
      if (!(error instanceof ZodError)) throw error;
      const [issue] = error.issues;
      return this.#options.events.unreadable(
        fields[0] ?? '',
        `${String(issue?.path[0] ?? 'message')}: ${issue?.message ?? ''}`,
      );
    }
    if (this.#stage === 'login') this.#login(fields, message);
    if (message === null || this.#stage === 'over') return;
    if (this.#stage === 'ready') this.#deliver(message);
  }

  #decode(fields: readonly string[]): GatewayMessage | null {
    if (fields[0] === '5')
      return { kind: 'openOrder', row: decodeOpenOrder(fields, this.#serverVersion), bad: [] };
    if (fields[0] === '101')
      return { kind: 'completedOrder', row: decodeCompletedOrder(fields, this.#serverVersion), bad: [] };
    return decode(fields);
  }

  #deliver(message: GatewayMessage): void {
    const { events } = this.#options;
    events.message(message);
    if (this.#idleQueued) return;
    this.#idleQueued = true;
    // The socket hands over everything it has read in one go; microtasks run after that.
    queueMicrotask(() => {
      this.#idleQueued = false;
      if (this.#stage !== 'ready') return;
      try {
        events.idle();
      } catch (error) {
        // Nobody stands above a microtask: what is thrown here would end Node-RED.
        this.#broken(unreadable(error));
      }
    });
  }

  #version(fields: readonly string[]): void {
    this.#serverVersion = Number(fields[0]);
    this.#connectionTime = fields[1] ?? '';
    this.#stage = 'login';
  }

  /** Ready when the gateway has named its accounts (15) and its next order id (9): before that it drops requests. */
  #login(fields: readonly string[], message: GatewayMessage | null): void {
    if (message?.kind === 'error') {
      this.#refusal = { code: message.row.code, text: message.row.text };
    }
    if (message?.kind === 'managedAccounts') this.#accountNumbers = splitAccounts(message.row.accounts);
    if (fields[0] === '9') this.#hasOrderId = true;
    if (this.#accountNumbers === null || !this.#hasOrderId) return;
    this.#timer?.cancel();
    this.#stage = 'ready';
    this.#outcome.resolve({
      api: this.#ib,
      serverVersion: this.#serverVersion,
      connectionTime: this.#connectionTime,
      accountNumbers: this.#accountNumbers,
      close: () => this.#over(),
    });
  }

  /** Errors that the library makes itself: 502 of the socket, 503 and 506 of the version. */
  #localError(error: Error, code: number): void {
    if (this.#stage === 'ready')
      return this.#fail(this.#lost('closed', `The connection to the gateway broke: ${error.message}.`));
    this.#fail(
      explainRefusal(
        { kind: 'local', code, message: error.message, serverVersion: this.#serverVersion },
        this.#options.address,
      ),
    );
  }

  #hungUp(): void {
    if (this.#refusal !== null)
      return this.#fail(explainRefusal({ kind: 'code', ...this.#refusal }, this.#options.address));
    if (this.#stage === 'ready')
      return this.#fail(this.#lost('closed', 'The gateway closed the connection.'));
    this.#fail(explainRefusal({ kind: 'hung-up', stage: this.#stage }, this.#options.address));
  }

  #broken(error: ProtocolError): void {
    const { host, port } = this.#options.address;
    const text = `${host}:${port} does not speak the TWS API: ${error.message}.`;
    if (this.#stage === 'ready' || error.code !== 'frame') return this.#fail(this.#lost(error.code, text));
    this.#fail(
      new ConfigError(`${text} Is this the API port of TWS or IB Gateway?`, {
        broker: 'ibkr',
        code: error.code,
        retrySlowly: true,
        cause: error,
      }),
    );
  }

  #lost(code: string, message: string): ConnectionLost {
    return new ConnectionLost(message, { broker: 'ibkr', code });
  }

  #fail(error: BrokerageError): void {
    if (this.#stage === 'over') return;
    const wasReady = this.#stage === 'ready';
    this.#over();
    if (wasReady) this.#options.events.ended(error);
    else this.#outcome.reject(error);
  }

  #over(): void {
    if (this.#stage === 'over') return;
    this.#stage = 'over';
    this.#timer?.cancel();
    this.#options.signal.removeEventListener('abort', this.#abort);
    this.#socket?.shut();
  }
}

/** `A,B,` names two accounts. */
function splitAccounts(text: string): readonly string[] {
  return text
    .split(',')
    .map((account) => account.trim())
    .filter((account) => account !== '');
}
