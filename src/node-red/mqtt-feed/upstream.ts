import type { SampledAccount } from '../../alerts/sample.js';
import { sentenceOf } from '../../errors.js';
import type { Wanted } from '../../feeds/wanted.js';
import type { Clock } from '../../ports.js';
import type { Reader } from '../readers.js';
import { requestLimit } from '../request-limit.js';
import type { Log } from '../said.js';
import { Vouching } from './vouching.js';

/** The account-sync nodes of this Node-RED. */
export interface Readers {
  /** Those that run now. */
  readonly readers: () => readonly Reader[];
  /** Calls back with its connection when one of them has stopped; the returned function ends that. */
  readonly onReaderStopped: (listener: (connection: string) => void) => () => void;
  /** How the connection of this id is; `gone` = there is none. */
  readonly connectionIs: (id: string) => 'live' | 'gone' | 'other';
}

export interface UpstreamOptions extends Readers {
  readonly clock: Clock;
  readonly log: Log;
  /** Id of the feed's node. */
  readonly feed: string;
  readonly wanted: Wanted;
  /** Takes a message as if it had come over a wire. */
  readonly take: (message: object) => Promise<void>;
}

const REFRESHES_PER_MINUTE = 4;

/** What a feed asks of the account-sync nodes before it, and whether they vouch for its accounts. */
export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #vouching: Vouching;
  readonly #mayRefresh: () => boolean;
  readonly #leave: () => void;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    const { clock, onReaderStopped } = options;
    this.#vouching = new Vouching(clock.monotonic());
    this.#mayRefresh = requestLimit(clock, REFRESHES_PER_MINUTE);
    this.#leave = onReaderStopped((connection) => this.#vouching.stopped(connection, clock.monotonic()));
  }

  /** One of them has told of the account with this key. */
  heard(key: string): void {
    this.#vouching.heard(key, this.#options.clock.monotonic());
  }

  /** Has everything fetched anew. */
  refresh(): void {
    const { log } = this.#options;
    if (!this.#mayRefresh())
      return log.info(`More than ${REFRESHES_PER_MINUTE} refreshes in a minute: this one is not done.`);
    for (const reader of this.#readers())
      reader.refresh().catch((error: unknown) => log.warn(`The refresh failed: ${sentenceOf(error)}`));
  }

  /** Asks those that have told nothing since this node was made. */
  askSilent(): void {
    const { connections } = this.#options.wanted.feed;
    this.#ask(({ connection }) => !connections.has(connection));
  }

  /** Whether anybody still vouches for what stands there. Returns the accounts of which nobody will tell any more. */
  judge(): readonly SampledAccount[] {
    const { clock, connectionIs, wanted } = this.#options;
    const { accounts } = wanted.feed;
    const all = [...wanted.book.accounts.values()].map(({ account }) => ({
      account,
      isHeard: accounts.has(account.key),
    }));
    const isUp = (connection: string): boolean => connectionIs(connection) !== 'other';
    const { ask, doubted, gone } = this.#vouching.judge(all, clock.monotonic(), isUp);
    for (const key of doubted) wanted.doubt(key, clock.now());
    this.#ask(({ connection }) => ask.has(connection));
    return gone;
  }

  close(): void {
    this.#leave();
  }

  #ask(whom: (reader: Reader) => boolean): void {
    const { log, take } = this.#options;
    const report = (error: unknown): void => log.warn(sentenceOf(error));
    for (const reader of this.#readers().filter(whom))
      reader.tellAgain((status) => void take(status).catch(report)).catch(report);
  }

  /** Those whose messages come here. */
  #readers(): readonly Reader[] {
    const { feed, readers, wanted } = this.#options;
    const known = new Set([...wanted.book.accounts.values()].map(({ account }) => account.connection));
    return readers().filter(({ connection, wiredTo }) => known.has(connection) || wiredTo().has(feed));
  }
}
