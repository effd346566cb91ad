import type { Account } from '../../domain/account.js';
import type { Notice } from '../../domain/update.js';
import { ConfigError, ConnectionLost, ProtocolError, Rejected, type BrokerageError } from '../../errors.js';
import type { BrokerSession, RefreshRequest, Timer } from '../../ports.js';
import { AccountBook } from './account-book.js';
import type { Choice } from './choose-accounts.js';
import { reactionTo } from './codes.js';
import { Exchanges } from './exchanges.js';
import type { Gateway, GatewayEvents, GatewayMessage } from './gateway.js';
import { Liveness } from './liveness.js';
import { LiveRows } from './live-rows.js';
import { OrderBook } from './order-book.js';
import { PnlSubscriptions } from './pnl-subscriptions.js';
import { Requests } from './requests.js';
import { badResponse, type SessionOptions } from './telling.js';
import { gatewayZone } from './time.js';
import type { ErrorRow } from './wire.js';

/** Open orders have no subscription for those of other clients: they are asked for this often. */
const ORDERS_POLL_MS = 10_000;
/** A fill moves several feeds; what follows from it is fetched once, this much later. */
const CATCH_UP_MS = 200;
/** The streams are gone, too, and no error will say so. */
const DATA_LOST = 1101;
const NO_REQUEST: ReadonlySet<number> = new Set([-1, 2147483647]);

/**
 * One session with a gateway: answers `refresh` with complete images, and tells in between what the gateway
 * pushes. Nothing of it outlives the socket.
 */
export class IbkrSession implements BrokerSession, GatewayEvents {
  readonly #options: SessionOptions;
  readonly #gateway: Gateway;
  readonly #exchanges: Exchanges;
  readonly #requests: Requests;
  readonly #live: LiveRows;
  readonly #liveness: Liveness;
  readonly #pnl: PnlSubscriptions;
  #queue: Promise<unknown> = Promise.resolve();
  /** `account|kind` → the request for it that has not begun */
  readonly #waiting = new Map<string, Promise<void>>();
  #catchUpTimer: Timer | null = null;
  #ordersTimer: Timer | null = null;
  #over = false;

  constructor(gateway: Gateway, choice: Choice, options: SessionOptions) {
    const { clock } = options;
    this.#options = options;
    this.#gateway = gateway;
    this.#exchanges = new Exchanges(clock);
    const books = new Map(
      choice.accounts.map(({ account, number }) => [number, new AccountBook(account, number)]),
    );
    const orders = new OrderBook(gatewayZone(gateway.connectionTime, clock.now()));
    this.#pnl = new PnlSubscriptions(gateway.api, clock);
    this.#live = new LiveRows({
      books,
      orders,
      pnl: this.#pnl,
      exchanges: this.#exchanges,
      options,
      onTrade: () => this.#catchUpSoon(),
    });
    this.#requests = new Requests({
      api: gateway.api,
      books,
      orders,
      pnl: this.#pnl,
      exchanges: this.#exchanges,
      tell: options,
      takeBadNumbers: (number) => this.#live.takeBadNumbers(number),
    });
    this.#liveness = new Liveness({
      clock,
      probe: () => gateway.api.reqCurrentTime(),
      onDead: () => this.#dead(),
    });
  }

  /** Says who is there, and opens the streams. */
  start({ accounts, unknown }: Choice): void {
    const { events } = this.#options;
    events.update({ kind: 'begin' });
    events.update({ kind: 'accounts', accounts: accounts.map(({ account }) => account) });
    for (const name of unknown) events.update(unknownAccount(name));
    this.#requests.subscribe();
    this.#pollOrders();
  }

  get accounts(): readonly Account[] {
    return this.#live.accounts;
  }

  /**
   * One at a time: the end markers of TWS do not say which request they end. What is asked for again while it
   * still waits is fetched once.
   */
  async refresh(request: RefreshRequest): Promise<void> {
    const name = `${request.account ?? ''}|${request.kind ?? ''}`;
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) return await waiting;
    const answer = this.#queue.then(async () => {
      this.#waiting.delete(name);
      await this.#requests.fetch(request);
    });
    this.#waiting.set(name, answer);
    // The queue goes on after a failure; the failure itself is the caller's.
    this.#queue = Promise.allSettled([answer]);
    await answer;
  }

  async close(): Promise<void> {
    this.#stop(new ConnectionLost('The connection was closed.', { broker: 'ibkr', code: 'closed' }));
    await this.#queue;
  }

  message(message: GatewayMessage): void {
    this.#liveness.heard();
    if (message.kind === 'error') this.#error(message.row);
    else this.#live.take(message);
  }

  idle(): void {
    this.#live.tell();
  }

  unreadable(messageId: string, why: string): void {
    this.#liveness.heard();
    this.#requests.spoil(messageId, why);
  }

  ended(error: BrokerageError): void {
    if (this.#over) return;
    this.#stop(error);
    this.#options.events.ended(error);
  }

  #stop(error: BrokerageError): void {
    if (this.#over) return;
    this.#over = true;
    this.#catchUpTimer?.cancel();
    this.#ordersTimer?.cancel();
    this.#liveness.close();
    this.#pnl.close();
    this.#exchanges.end(error);
    this.#gateway.close();
  }

  #dead(): void {
    const message = 'The gateway has left two questions in a row unanswered, though its socket is open.';
    this.ended(new ConnectionLost(message, { broker: 'ibkr', code: 'half-open' }));
  }

  #error({ requestId, code, text }: ErrorRow): void {
    const reaction = reactionTo(code);
    const { events } = this.#options;
    if (!NO_REQUEST.has(requestId)) {
      this.#exchanges.fail(
        `request:${requestId}`,
        new Rejected(`IBKR: ${text} (code ${code}).`, { broker: 'ibkr', code: String(code) }),
      );
      return;
    }
    switch (reaction) {
      case 'upstream-lost':
        return events.update({
          kind: 'link',
          state: 'lost',
          reason: `The gateway has lost its connection to IBKR's servers (code ${code}); it will reconnect by itself.`,
        });
      case 'upstream-restored':
        // "Data maintained" (1102) has proved wrong as often as "data lost" (1101): everything is asked again.
        events.update({ kind: 'link', state: 'up', reason: null });
        if (code === DATA_LOST) this.#requests.subscribeAgain();
        return this.#fetchInBackground({ kind: null, account: null });
      case 'account-taken':
        return this.#requests.accountTaken();
      case 'not-validated':
        return this.#requests.readOnlyApi();
      case 'request-unreadable':
        return this.ended(
          new ProtocolError(`The gateway could not read a request: ${text} (code 320).`, {
            broker: 'ibkr',
            code: '320',
          }),
        );
      case 'port-changed':
        return this.ended(
          new ConfigError(`The API port of the gateway was changed: ${text}. Enter the new port.`, {
            broker: 'ibkr',
            code: '1300',
            retrySlowly: true,
          }),
        );
      case 'client-id-in-use':
      case 'paper-disclaimer':
        return this.ended(
          new ConfigError(`IBKR: ${text} (code ${code}).`, {
            broker: 'ibkr',
            code: String(code),
            retrySlowly: true,
          }),
        );
      case 'rate':
      case 'info':
      case 'market-data':
      case 'version':
      case 'request':
        return;
    }
  }

  #catchUpSoon(): void {
    if (this.#over) return;
    this.#catchUpTimer ??= this.#options.clock.after(CATCH_UP_MS, () => {
      this.#catchUpTimer = null;
      this.#inBackground(async () => await this.#requests.catchUp());
    });
  }

  #pollOrders(): void {
    this.#ordersTimer = this.#options.clock.after(ORDERS_POLL_MS, () => {
      this.#inBackground(async () => await this.#requests.orders());
      this.#pollOrders();
    });
  }

  #fetchInBackground(request: RefreshRequest): void {
    this.#inBackground(async () => await this.#requests.fetch(request));
  }

  #inBackground(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => {
      // The end of the session is told by `ended`.
      if (!(error instanceof ConnectionLost)) this.#options.events.update(badResponse(null, error));
    });
  }
}

function unknownAccount(name: string): Notice {
  const message = `The account …${name.slice(-4)} that was entered is not behind this login.`;
  return {
    kind: 'notice',
    of: null,
    account: null,
    issue: { code: 'ACCOUNT_SET_CHANGED', severity: 'warning', message },
  };
}
