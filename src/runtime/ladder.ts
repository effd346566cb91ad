import type { Kind } from '../domain/update.js';
import type { Clock, RefreshRequest, Timer } from '../ports.js';
import { withDelayed } from '../sync/delayed.js';
import type { AccountState, SyncState } from '../sync/state.js';
import type { Connection } from './connection.js';
import { standing, type Standing } from './standing.js';

/** A reader leaves a better way only when it has not served for this long: most gateways are back by then. */
const STEP_DOWN_MS = 15_000;

/** One account, as it stands on the best way to it. */
export interface View {
  readonly account: AccountState;
  readonly way: Connection;
  /** The figures are those of another day: what differs in them from the last live ones is no news. */
  readonly isDelayed: boolean;
  /** What is to be known of the connection that a kind came through, and whether it came through its open session. */
  readonly origin: (kind: Kind) => { readonly state: SyncState; readonly fresh: boolean };
}

/** The ways of one connection that are open or being opened, the best first. */
export interface Source {
  readonly active: readonly Connection[];
  onChange(listener: () => void): () => void;
}

/**
 * One reader's choice of ways, account by account: the best that serves complete figures, in the order primary, second
 * gateway, second connection, report. Upwards at once, downwards after a while; where none serves, the last one stays,
 * and with it the figures that were told last.
 */
export class Ladder {
  readonly #sources: readonly Source[];
  readonly #first: Connection;
  readonly #clock: Clock;
  /** account key → the way it is read through */
  readonly #current = new Map<string, Connection>();
  /** account key → the last way of it that was live */
  readonly #live = new Map<string, Connection>();
  /** account key → since when its way has not served, on the monotonic clock */
  readonly #lostAt = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  readonly #leave: readonly (() => void)[];
  #timer: Timer | null = null;

  constructor(first: Connection, sources: readonly Source[], clock: Clock) {
    this.#first = first;
    this.#sources = sources;
    this.#clock = clock;
    this.#leave = sources.map((source) => source.onChange(() => this.#tell()));
  }

  /** Every account there is to read; takes a step up or down where one is due. */
  views(): readonly View[] {
    return [...this.#keys()].flatMap((key) => this.#view(key) ?? []);
  }

  /** Whom an error is to name, and where what was remembered belongs. */
  get first(): Connection {
    return this.#first;
  }

  /** How things stand for the reader of these accounts. */
  standing(accounts: Iterable<string>): Standing {
    const first = this.#first;
    const used = [...accounts].flatMap((key) => {
      const way = this.#wayOf(key);
      return way !== first && servesAccount(way, key) ? [way] : [];
    })[0];
    // While the first one serves nobody needs to hear of the others; Diagnostics tells of them.
    const others = first.isServing
      ? []
      : inOrder(this.#sources).filter((way) => ![first, used].includes(way));
    return standing({ first, used: used ?? null, others });
  }

  /**
   * Fetches anew through the ways that are in use.
   * @throws ConnectionLost while there is no session; what the session throws
   */
  async refresh(request: RefreshRequest): Promise<void> {
    const keys = request.account === null ? [...this.#keys()] : [request.account];
    const ways = new Set(keys.map((key) => this.#wayOf(key)));
    if (ways.size === 0) ways.add(this.#first);
    await Promise.all([...ways].map(async (way) => await way.refresh(request)));
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Idempotent. */
  close(): void {
    this.#timer?.cancel();
    for (const leave of this.#leave) leave();
  }

  /** The accounts of the first connection; those of the second as long as the first has never named its own. */
  #keys(): ReadonlySet<string> {
    const none: ReadonlySet<string> = new Set();
    return this.#sources.map(keysOf).find((keys) => keys.size > 0) ?? none;
  }

  /** null while only a way that does not serve has named the account. */
  #view(key: string): View | null {
    const way = this.#choose(key);
    if (isDelayed(way)) return this.#delayedView(key, way);
    const { state } = way.store;
    const account = stateIn(way, key);
    if (account === null) return null;
    return { account, way, isDelayed: false, origin: (kind) => ({ state, fresh: way.isFresh(key, kind) }) };
  }

  #delayedView(key: string, way: Connection): View | null {
    const live = this.#live.get(key) ?? this.#first;
    const image = stateIn(way, key);
    const base = stateIn(live, key);
    if (image === null) return null;
    const account = withDelayed(base, image);
    return {
      account,
      way,
      isDelayed: true,
      origin: (kind) =>
        account[kind]?.from === image[kind]?.from
          ? { state: way.store.state, fresh: way.isFresh(key, kind) }
          : { state: live.store.state, fresh: false },
    };
  }

  #wayOf(key: string): Connection {
    return this.#current.get(key) ?? this.#first;
  }

  #choose(key: string): Connection {
    const ways = inOrder(this.#sources);
    const current = this.#wayOf(key);
    const serves = (way: Connection): boolean => servesAccount(way, key) && !this.#isOld(way, key);
    const now = this.#clock.monotonic();
    if (serves(current)) this.#lostAt.delete(key);
    else if (!this.#lostAt.has(key)) this.#lostAt.set(key, now);
    const best = ways.find(serves);
    if (best === undefined || best === current) return current;
    const rank = ways.indexOf(current);
    const isStepDown = rank !== -1 && rank < ways.indexOf(best);
    const waitMs = STEP_DOWN_MS - (now - (this.#lostAt.get(key) ?? now));
    if (isStepDown && waitMs > 0) {
      this.#lookAgain(waitMs);
      return current;
    }
    this.#current.set(key, best);
    this.#lostAt.delete(key);
    if (!isDelayed(best)) this.#live.set(key, best);
    return best;
  }

  /** Nobody is helped by a report of yesterday's close while he has the figures of this morning. */
  #isOld(way: Connection, key: string): boolean {
    if (!isDelayed(way)) return false;
    const report = stateIn(way, key)?.balances?.from ?? stateIn(way, key)?.positions?.from;
    const live = stateIn(this.#live.get(key) ?? this.#first, key)?.balances?.from;
    return report !== undefined && live !== undefined && (report.asOf ?? 0) <= live.receivedAt;
  }

  #lookAgain(waitMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(waitMs, () => this.#tell());
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function keysOf({ active }: Source): ReadonlySet<string> {
  return new Set(active.flatMap((way) => [...way.store.state.accounts.keys()]));
}

function inOrder(sources: readonly Source[]): readonly Connection[] {
  const all = sources.flatMap(({ active }) => active);
  return [...all.filter((way) => !isDelayed(way)), ...all.filter(isDelayed)];
}

function isDelayed(way: Connection): boolean {
  return way.via === 'flex';
}

function stateIn(way: Connection, key: string): AccountState | null {
  return way.store.state.accounts.get(key) ?? null;
}

/** Whether complete figures of the account have come through the session that is open now. */
function servesAccount(way: Connection, key: string): boolean {
  if (stateIn(way, key)?.present !== true || way.store.state.link.state === 'lost') return false;
  const kinds = (['balances', 'positions'] as const).map((kind) => way.isFresh(key, kind));
  // A report may lack a section, and is better than nothing even so.
  return isDelayed(way) ? kinds.includes(true) : !kinds.includes(false);
}
