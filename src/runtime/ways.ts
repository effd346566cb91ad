import type { Via } from '../domain/update.js';
import { sentenceOf } from '../errors.js';
import type { Clock, Logger, Timer } from '../ports.js';
import type { Connection } from './connection.js';

/** A way to the figures that is opened when no better one serves. */
export interface StandbyWay {
  readonly make: () => Connection;
  /** How long no better one must have served. */
  readonly afterMs: number;
}

export interface WaysOptions {
  readonly first: Connection;
  /** The best first. */
  readonly standbys: readonly StandbyWay[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A better way has served for so long before the others are closed: one that comes and goes needs them again. */
const STEADY_MS = 60_000;

/** The ways that one connection has to its broker: the first is always open, the others while it does not serve. */
export class Ways {
  readonly first: Connection;
  readonly #options: WaysOptions;
  readonly #standbys: readonly Standby[];
  readonly #listeners = new Set<() => void>();
  readonly #onStatus = new Set<() => void>();
  readonly #leave: () => void;
  #pollMs = 60_000;
  #isStarted = false;

  constructor(options: WaysOptions) {
    this.#options = options;
    this.first = options.first;
    this.#standbys = options.standbys.map((way) => new Standby(way));
    this.#leave = this.#follow(options.first);
  }

  /** Those that are open or being opened, the best first. */
  get active(): readonly Connection[] {
    return [this.first, ...this.#standbys.flatMap(({ connection }) => connection ?? [])];
  }

  set pollMs(pollMs: number) {
    this.#pollMs = pollMs;
    for (const connection of this.active) connection.pollMs = pollMs;
  }

  /** Calls back after each change of their figures, of how they are, and of which there are. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back after each change of how one of them is. */
  onStatus(listener: () => void): () => void {
    this.#onStatus.add(listener);
    return () => this.#onStatus.delete(listener);
  }

  /** Idempotent. */
  start(): void {
    this.#isStarted = true;
    this.first.start();
    this.#look();
  }

  /** The user has done something about what is wrong. */
  retryNow(): void {
    for (const connection of this.active) connection.retryNow();
  }

  /** Ends the sessions of these ways, and opens the next ones at once. */
  reopen(via?: Via): void {
    for (const connection of this.active) {
      if (via === undefined || connection.via === via) connection.reopen();
    }
  }

  /** Idempotent; resolves when no socket and no timer is left. */
  async close(): Promise<void> {
    this.#isStarted = false;
    this.#leave();
    const open = [this.first, ...this.#standbys.flatMap((standby) => standby.close() ?? [])];
    await Promise.all(open.map(async (connection) => await connection.close()));
  }

  #follow(connection: Connection): () => void {
    const changed = (): void => {
      this.#look();
      tell(this.#listeners);
    };
    const leave = [
      connection.store.onChange(changed),
      connection.onStatus(() => {
        changed();
        tell(this.#onStatus);
      }),
    ];
    return () => leave.forEach((end) => end());
  }

  /** Opens and closes what is due, or sees to it that it will be. */
  #look(): void {
    if (!this.#isStarted) return;
    let isServed = this.first.isServing;
    for (const standby of this.#standbys) {
      const { connection } = standby;
      if (isServed === (connection !== null)) standby.wait(isServed, this.#waitFor(standby, isServed));
      else standby.cancel();
      isServed ||= connection?.isServing === true;
    }
  }

  #waitFor(standby: Standby, isServed: boolean): () => Timer {
    const { clock } = this.#options;
    return () =>
      isServed
        ? clock.after(STEADY_MS, () => this.#close(standby))
        : clock.after(standby.way.afterMs, () => this.#open(standby));
  }

  #open(standby: Standby): void {
    standby.cancel();
    const connection = standby.way.make();
    connection.pollMs = this.#pollMs;
    standby.open(connection, this.#follow(connection));
    this.#options.logger.info(
      `${this.first.address} has no figures at the moment, so ${connection.address} is asked, too.`,
    );
    connection.start();
    this.#look();
    tell(this.#listeners);
    tell(this.#onStatus);
  }

  #close(standby: Standby): void {
    const closed = standby.close();
    if (closed === null) return;
    const { logger } = this.#options;
    logger.info(`${this.first.address} has figures again: ${closed.address} is not asked any more.`);
    closed.close().catch((error: unknown) => logger.warn(sentenceOf(error)));
    this.#look();
    tell(this.#listeners);
    tell(this.#onStatus);
  }
}

/** One of the other ways: open or not, and waiting to become the other. */
class Standby {
  readonly way: StandbyWay;
  #open: { readonly connection: Connection; readonly leave: () => void } | null = null;
  #waiting: { readonly toClose: boolean; readonly timer: Timer } | null = null;

  constructor(way: StandbyWay) {
    this.way = way;
  }

  get connection(): Connection | null {
    return this.#open?.connection ?? null;
  }

  /** Goes on waiting where it waits for the same already. */
  wait(toClose: boolean, begin: () => Timer): void {
    if (this.#waiting?.toClose === toClose) return;
    this.cancel();
    this.#waiting = { toClose, timer: begin() };
  }

  cancel(): void {
    this.#waiting?.timer.cancel();
    this.#waiting = null;
  }

  open(connection: Connection, leave: () => void): void {
    this.#open = { connection, leave };
  }

  /** What was open. */
  close(): Connection | null {
    this.cancel();
    const { connection = null, leave = () => undefined } = this.#open ?? {};
    leave();
    this.#open = null;
    return connection;
  }
}

function tell(listeners: ReadonlySet<() => void>): void {
  for (const listener of listeners) listener();
}
