import { sentenceOf } from '../errors.js';
import type { Broker, Clock, Logger, Timer } from '../ports.js';
import type { Concern } from './concern.js';
import { LoginWatch } from './login-watch.js';
import { duringOutage, type Said } from './outage.js';
import { sameStatus, type ConnectionState, type ConnectionStatus } from './status.js';

export interface StatusBoardOptions {
  readonly broker: Pick<Broker, 'address' | 'login' | 'maintenance' | 'via'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly concern?: Concern;
  /** Whether anything has come through the session that is open now, and the broker's servers are there. */
  readonly isReached: () => boolean;
  /** There is a login that lasts longer than the one before. */
  readonly onRenewed: () => void;
}

/** What a connection says of itself, to whoever listens; a login that ends soon is worth a word of its own. */
export class StatusBoard {
  readonly #options: StatusBoardOptions;
  readonly #listeners = new Set<(status: ConnectionStatus) => void>();
  #status: ConnectionStatus;
  /** What was told last, before a warning or a word about maintenance was put to it. */
  #said: Said;
  /** Since when the connection has not been live, ms since the epoch; null = it is. */
  #outageSince: number | null;
  /** Runs while maintenance keeps an outage quiet. */
  #quietTimer: Timer | null = null;
  #login: LoginWatch | null = null;
  #leaveConcern: (() => void) | null = null;
  #isClosed = false;
  /** The last warning that went to the log. */
  #warned: string | null = null;

  constructor(options: StatusBoardOptions) {
    const { broker, clock } = options;
    this.#options = options;
    this.#status = {
      state: 'connecting',
      reason: `Connecting to ${broker.address}.`,
      since: clock.now(),
      nextAttemptAt: null,
      lostSince: clock.now(),
      loginExpiresAt: broker.login?.expiresAt ?? null,
      quietUntil: null,
      via: broker.via,
    };
    this.#said = this.#status;
    this.#outageSince = clock.now();
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  listen(listener: (status: ConnectionStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Idempotent; watches the login, and what else is worth a word, until `close`. */
  watch(): void {
    const { broker, clock, concern, onRenewed } = this.#options;
    const onNews = (): void => this.#tellAgain();
    this.#leaveConcern ??= concern?.onChange(onNews) ?? null;
    if (broker.login === undefined || this.#login !== null) return;
    this.#login = new LoginWatch({ login: broker.login, clock, onNews, onRenewed });
  }

  /** Idempotent. */
  close(): void {
    this.#login?.close();
    this.#leaveConcern?.();
    this.#quietTimer?.cancel();
    this.#isClosed = true;
  }

  tell(state: ConnectionState, reason: string | null, nextAttemptAt: number | null): void {
    const { broker, clock, isReached } = this.#options;
    this.#said = { state, reason };
    this.#outageSince = state === 'live' ? null : (this.#outageSince ?? clock.now());
    const now = duringOutage(this.#said, {
      since: this.#outageSince,
      at: clock.now(),
      maintenance: broker.maintenance?.bind(broker),
    });
    const warning = this.#warning();
    this.#become({
      state: now.state,
      reason: now.reason ?? (now.state === 'live' ? warning : null),
      since: now.state === this.#status.state ? this.#status.since : clock.now(),
      nextAttemptAt,
      lostSince: isReached() ? null : (this.#status.lostSince ?? clock.now()),
      loginExpiresAt: this.#login?.expiresAt ?? null,
      quietUntil: now.quietUntil,
      via: broker.via,
    });
  }

  #tellAgain(): void {
    this.tell(this.#said.state, this.#said.reason, this.#status.nextAttemptAt);
  }

  #become(status: ConnectionStatus): void {
    if (sameStatus(status, this.#status)) return;
    this.#status = status;
    this.#watchMaintenance(status.quietUntil);
    for (const listener of this.#listeners) this.#inform(listener, status);
  }

  /** The end of a window is told at once: no retry and no poll may come for a minute. */
  #watchMaintenance(until: number | null): void {
    const { clock } = this.#options;
    this.#quietTimer?.cancel();
    this.#quietTimer = null;
    if (until === null || this.#isClosed) return;
    this.#quietTimer = clock.after(until - clock.now(), () => this.#tellAgain());
  }

  #warning(): string | null {
    const warning = this.#options.concern?.sentence ?? this.#login?.warning ?? null;
    if (warning !== null && warning !== this.#warned) this.#options.logger.warn(warning);
    this.#warned = warning;
    return warning;
  }

  /** A listener that fails fails alone: the session and the other listeners go on. */
  #inform(listener: (status: ConnectionStatus) => void, status: ConnectionStatus): void {
    try {
      listener(status);
    } catch (error) {
      this.#options.logger.error(`A reader of the connection failed: ${sentenceOf(error)}`);
    }
  }
}
