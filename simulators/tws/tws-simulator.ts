import type { Market, MarketEvent, MarketView } from '../market/types.js';
import type { Behaviour, Controls } from './behaviours/behaviour.js';
import { createBehaviour, splitFault } from './behaviours/table.js';
import { connectionTime } from './clock.js';
import type { Desk, RecordedRequest, Violation } from './desk.js';
import type { Fields } from './fields.js';
import { frozenView, notReadyView } from './frozen-view.js';
import { HOST, Listener } from './listener.js';
import { pushValues, tellLive } from './live.js';
import { noticeText } from './notices.js';
import { TwsSession } from './session.js';

export interface TwsOptions {
  readonly port: number;
  readonly serverVersion: number;
  /** null = only on change */
  readonly valuePushMs: number | null;
  readonly connectionTime?: string;
  readonly pushLiveFills: boolean;
  readonly timeOncePerSecond: boolean;
  /** The newest frames of clients that are remembered. */
  readonly requestsKept: number;
}

/** A TWS or IB Gateway on a port of this machine. */
export class TwsSimulator implements Desk {
  readonly host = HOST;
  readonly market: Market;
  readonly sessions = new Set<TwsSession>();
  readonly requests: RecordedRequest[] = [];
  readonly violations: Violation[] = [];
  readonly serverVersion: number;
  readonly connectionTime: string;
  readonly timeOncePerSecond: boolean;
  readonly #pushLiveFills: boolean;
  readonly #requestsKept: number;
  readonly #listener: Listener;
  readonly #controls: Controls;
  readonly #stops: (() => void)[];
  #active: readonly Behaviour[] = [];
  #frozen: MarketView | null = null;
  #isClosed = false;

  constructor(market: Market, options: TwsOptions) {
    this.market = market;
    this.serverVersion = options.serverVersion;
    this.connectionTime = options.connectionTime ?? connectionTime(new Date());
    this.timeOncePerSecond = options.timeOncePerSecond;
    this.#pushLiveFills = options.pushLiveFills;
    this.#requestsKept = options.requestsKept;
    this.#listener = new Listener(options.port, (socket) => {
      if (this.#active.some(({ onConnection }) => onConnection?.(socket) === true)) return;
      const session = new TwsSession(socket, this);
      this.sessions.add(session);
      socket.once('close', () => this.sessions.delete(session));
    });
    this.#controls = this.#createControls();
    this.#stops = [market.subscribe((event) => this.#hear(event)), this.#startPushing(options.valuePushMs)];
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Open sockets now. */
  get connections(): number {
    return this.#listener.sockets.size;
  }

  get behaviours(): readonly Behaviour[] {
    return this.#active;
  }

  get view(): MarketView {
    const view = this.#frozen ?? this.market;
    return this.#active.some(({ accountsNotReady }) => accountsNotReady) ? notReadyView(view) : view;
  }

  /** Switches a behaviour on now; the names are in FAULT_NAMES. */
  fault(name: string, argument?: string): { clear(): void } {
    const split = splitFault(name);
    const behaviour = createBehaviour(split.name, argument ?? split.argument);
    this.#active = [...this.#active, behaviour];
    behaviour.onSwitchOn?.(this.#controls);
    return { clear: () => this.#clear(behaviour) };
  }

  clearFaults(): void {
    for (const behaviour of this.#active) this.#clear(behaviour);
  }

  disconnectAll(how: 'fin' | 'reset' = 'fin'): void {
    for (const session of this.sessions) session.hangUp(how);
    this.#listener.disconnectAll(how);
  }

  stopListening(): Promise<void> {
    this.#listener.close();
    return Promise.resolve();
  }

  startListening(): Promise<void> {
    return this.#isClosed ? Promise.resolve() : this.#listener.open();
  }

  /** A frame to every client that is ready. */
  send(fields: Fields): void {
    for (const session of this.#ready()) session.send([fields]);
  }

  sendRaw(bytes: Uint8Array): void {
    for (const session of this.#ready()) session.sendRaw(bytes);
  }

  /** An error frame with id -1 to every client that is ready. */
  notice(code: number, text = noticeText(code)): void {
    for (const session of this.#ready()) session.error({ id: -1, code, text });
  }

  /** What the three-minute timer does, now. */
  pushValues(): void {
    if (this.#frozen) return;
    for (const session of this.#ready()) pushValues(session, this.view);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.clearFaults();
    await this.#listener.end();
  }

  record(clientId: number | null, fields: Fields): void {
    this.requests.push({ clientId, fields });
    if (this.requests.length > this.#requestsKept) this.requests.shift();
  }

  violate(violation: Violation): void {
    this.violations.push(violation);
  }

  #ready(): readonly TwsSession[] {
    return [...this.sessions].filter(({ isReady }) => isReady);
  }

  #clear(behaviour: Behaviour): void {
    if (!this.#active.includes(behaviour)) return;
    this.#active = this.#active.filter((other) => other !== behaviour);
    behaviour.onClear?.(this.#controls);
  }

  #hear(event: MarketEvent): void {
    if (this.#frozen) return;
    const { view } = this;
    for (const session of this.#ready())
      tellLive(session, event, { view, pushLiveFills: this.#pushLiveFills });
  }

  #startPushing(everyMs: number | null): () => void {
    if (everyMs === null) return () => undefined;
    const timer = setInterval(() => this.pushValues(), everyMs).unref();
    return () => clearInterval(timer);
  }

  #createControls(): Controls {
    const isFrozen = (): boolean => this.#frozen !== null;
    return {
      get isFrozen() {
        return isFrozen();
      },
      clients: () => this.#ready(),
      disconnectAll: (how) => this.disconnectAll(how),
      closeDoor: () => this.#listener.close(),
      openDoor: () => {
        // The only way to fail is that another program took the port meanwhile; a client sees that as refused.
        this.startListening().catch((error: unknown) =>
          console.error('The simulator cannot listen again:', error),
        );
      },
      notice: (code, text) => this.notice(code, text),
      freeze: () => {
        this.#frozen ??= frozenView(this.market);
      },
      thaw: () => {
        this.#frozen = null;
        this.pushValues();
      },
      forgetSubscriptions: () => this.#ready().forEach(({ subscriptions }) => subscriptions.clear()),
    };
  }
}
