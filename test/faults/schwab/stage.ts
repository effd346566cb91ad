import { createHash } from 'node:crypto';
import {
  createMarket,
  startSchwabSimulator,
  type Market,
  type SchwabSimulator,
  type SchwabSimulatorOptions,
} from '../../../simulators/index.js';
import { tradingDayStart } from '../../../src/brokers/schwab/trading-day.js';
import type { Chance, Clock } from '../../../src/ports.js';
import type { ConnectionState } from '../../../src/runtime/status.js';
import { fastWorld } from '../../support/clocks.js';
import { misdeedOf, recordedRequests } from '../../support/recorder.js';
import { CountedClock } from '../counted-clock.js';
import { Observer } from '../observer.js';
import { Oracle } from '../oracle/oracle.js';
import { Truth } from '../oracle/truth.js';
import { between, type FaultStage } from '../play.js';
import { FaultProxy, startFaultProxy } from '../proxy/fault-proxy.js';
import { latency } from '../proxy/toxics.js';
import type { Outcome, Stage } from '../scenario.js';
import { comesTrue, within } from '../within.js';
import { Installation, type Process } from './installation.js';
import { Disk } from './disk.js';
import { Stranger } from './stranger.js';
import { tradeAtSchwab } from './trades.js';
import { schwabWorld } from './world.js';

/** Everything is so many times as fast, Schwab's clock and the wall's too. */
const CLOCK_FACTOR = 40;
/** A Tuesday, eleven in the morning in New York: the market is open, and a poll is 15 s away. */
const STARTS_AT = Date.UTC(2026, 10, 24, 16, 0, 0);
/** Of the product's clock: the next poll may come before or after the next trade. */
const MOST_BETWEEN_TRADES_MS = 10_000;
/** Real time, either way. */
const MOST_LATENCY_MS = 2;
const CLOSES_WITHIN_MS = 2_000;
const SOCKETS_END_WITHIN_MS = 2_000;

/**
 * How long a figure that has changed may still be told as live, ms of the product's clock. A session is given up
 * after three looks in a row without an answer (brokers/schwab/session): the first 15 s after the last good one, the
 * others after 60 s and 120 s more (pace), each of them up to 20 s for the accounts and as much for what moved in an
 * account, where that is due.
 */
export const LIVE_FOR_MS = 15_000 + 60_000 + 120_000 + 3 * 40_000;

export interface SchwabStageOptions {
  readonly simulator?: (chance: Chance) => SchwabSimulatorOptions;
  /** What has happened in the market before the product came. */
  readonly prepare?: (market: Market, chance: Chance) => void;
  /** Orders that an account remembers after their end. */
  readonly ordersKept?: number;
  /** How old a live figure may be, ms of the product's clock. */
  readonly liveForMs?: number;
  /** How many times as fast everything is. */
  readonly clockFactor?: number;
}

/** A market, a Schwab, a proxy before it, and an installation of the product before that. */
export class SchwabStage implements FaultStage {
  readonly chance: Chance;
  readonly market: Market;
  readonly clock: CountedClock;
  readonly clockFactor: number;
  readonly schwab: SchwabSimulator;
  readonly proxy: FaultProxy;
  readonly oracle: Oracle;
  readonly observer: Observer;
  readonly stranger: Stranger;
  /** What a refresh does to the old refresh token. */
  readonly rotation: NonNullable<SchwabSimulatorOptions['rotation']>;
  readonly disk = new Disk();
  readonly #installation: Installation;
  readonly #truth: Truth;

  private constructor(parts: Parts) {
    const { chance, clock, clockFactor, liveForMs, market, proxy, rotation, schwab, stranger } = parts;
    this.chance = chance;
    this.clockFactor = clockFactor;
    this.rotation = rotation;
    this.market = market;
    this.schwab = schwab;
    this.proxy = proxy;
    this.stranger = stranger;
    this.clock = new CountedClock(clock);
    const now = (): number => clock.monotonic();
    this.#truth = new Truth(schwabWorld(market, tradingDayStart(STARTS_AT)), now);
    this.oracle = new Oracle({ truth: this.#truth, keyOf, now, liveForMs });
    this.observer = new Observer({ clock, clockFactor, oracle: this.oracle });
    this.#installation = new Installation({
      schwab,
      apiUrl: this.apiUrl,
      disk: this.disk,
      clock: this.clock,
      chance,
      keyOf,
      onChange: (change) => this.oracle.hear(change),
      onWord: (word) => this.observer.note(word),
    });
  }

  static async open(
    { chance, seed }: Stage,
    {
      clockFactor = CLOCK_FACTOR,
      liveForMs = LIVE_FOR_MS,
      ordersKept,
      prepare,
      simulator,
    }: SchwabStageOptions,
  ): Promise<SchwabStage> {
    const clock = fastWorld(STARTS_AT, clockFactor);
    const now = (): number => clock.now();
    const kept = ordersKept === undefined ? {} : { schwabOrdersKept: ordersKept };
    const market = createMarket({ seed, accounts: 0, now, ...kept });
    prepare?.(market, chance);
    const { rotation = 'off', ...given } = simulator?.(chance) ?? {};
    const schwab = await startSchwabSimulator({ now, rotation, ...given, market });
    const proxy = await startFaultProxy({ port: Number(new URL(schwab.url).port) }, chance);
    proxy.add(latency(0, MOST_LATENCY_MS), 'both');
    const stranger = await Stranger.listen();
    return new SchwabStage({
      chance,
      clock,
      clockFactor,
      liveForMs,
      market,
      proxy,
      rotation,
      schwab,
      stranger,
    });
  }

  get running(): Process {
    return this.#installation.running;
  }

  /** Where the product believes Schwab to be. */
  get apiUrl(): string {
    return `http://127.0.0.1:${this.proxy.port}`;
  }

  async startProduct(): Promise<void> {
    this.#installation.start();
    await this.logIn();
  }

  /** Signs in at Schwab and hands the code to the product, as the dialog does. */
  async logIn(): Promise<void> {
    const { endpoint, tokens } = this.running;
    const code = new URL(this.schwab.authorize()).searchParams.get('code') ?? '';
    await tokens.adopt(await endpoint.login(code, this.schwab.callbackUrl));
  }

  /** The process dies, and another one begins with what is on the disk. */
  async crash(): Promise<void> {
    await this.#installation.kill();
    this.oracle.silence('crash');
    this.#installation.start();
  }

  async trade(most: number): Promise<void> {
    const steps = between(this.chance, 1, most);
    for (let step = 0; step < steps; step++) {
      tradeAtSchwab(this.market, this.chance);
      if (this.chance() < 0.5) await this.pass(this.chance() * MOST_BETWEEN_TRADES_MS);
    }
  }

  /** Waits `ms` of the product's clock. */
  readonly pass = async (ms: number): Promise<void> => await this.observer.pass(ms);

  /** A whole number from `least` to `most`. */
  readonly between = (least: number, most: number): number => between(this.chance, least, most);

  /** One of several. */
  readonly pick = <T>(first: T, ...others: readonly T[]): T =>
    [first, ...others][this.between(0, others.length)] ?? first;

  /** How often Schwab was asked for other tokens. */
  get refreshes(): number {
    return this.schwab.tokenRequests.filter(({ grant }) => grant === 'refresh_token').length;
  }

  /** Waits until the product says that it is so. @throws Error when it does not */
  async says(state: ConnectionState): Promise<void> {
    const { product } = this.running;
    const said = await comesTrue(SAYS_WITHIN_MS, () => product.status.state === state);
    if (!said) throw new Error(`The product says ${product.status.state} instead of ${state}.`);
    this.oracle.look();
  }

  async close(): Promise<Pick<Outcome, 'leaks' | 'writes'>> {
    this.#truth.close();
    return { leaks: await this.#close(), writes: this.#misdeeds() };
  }

  /** Requests that nobody should have made, and words to somebody that they were not for. */
  #misdeeds(): readonly string[] {
    const sent = recordedRequests().filter(({ origin }) => origin === this.apiUrl);
    return [
      ...(mostInAMinute(this.schwab.requests) > MOST_A_MINUTE ? ['more than 60 requests in a minute'] : []),
      ...sent.flatMap((request) => misdeedOf(request) ?? []),
      ...this.schwab.violations.map(({ method, path }) => `${method} ${path}`),
      ...this.stranger.heard.map((text) => `another host heard ${JSON.stringify(text.slice(0, 80))}`),
    ];
  }

  /** Returns what was left behind. */
  async #close(): Promise<readonly string[]> {
    const { product } = this.running;
    const failures = await Promise.allSettled([
      within(CLOSES_WITHIN_MS, 'the product closes', product.close()),
    ]);
    const timers = this.clock.pending;
    const listeners = product.listeners();
    await comesTrue(SOCKETS_END_WITHIN_MS, () => this.schwab.inFlight === 0);
    const requests = this.schwab.inFlight;
    failures.push(
      ...(await Promise.allSettled([within(CLOSES_WITHIN_MS, 'Schwab closes', this.schwab.close())])),
    );
    // What is kept alive between two requests ends with the other side.
    await comesTrue(SOCKETS_END_WITHIN_MS, () => this.proxy.clients === 0);
    const { clients } = this.proxy;
    failures.push(...(await Promise.allSettled([this.proxy.close(), this.stranger.close()])));
    return [
      ...failures.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : [])),
      ...(timers === 0 ? [] : [`${timers} timers wait after the product was closed`]),
      ...(listeners === 0 ? [] : [`${listeners} listeners are left on the connection`]),
      ...(requests === 0 ? [] : [`${requests} requests are being answered`]),
      ...(clients === 0 ? [] : [`${clients} sockets of the product are open`]),
    ];
  }
}

/** The limit of the product is 60; what it sent a minute apart may arrive a little closer together. */
const MOST_A_MINUTE = 62;

function mostInAMinute(requests: SchwabSimulator['requests']): number {
  // What tests ask besides the product.
  const times = requests.filter(({ path }) => !path.includes('/userPreference')).map(({ at }) => at);
  return Math.max(
    0,
    ...times.map((from, index) => times.slice(index).filter((at) => at - from < 60_000).length),
  );
}

/** Real time. */
const SAYS_WITHIN_MS = 10_000;

interface Parts extends Pick<
  SchwabStage,
  'chance' | 'market' | 'schwab' | 'proxy' | 'rotation' | 'stranger'
> {
  readonly clock: Clock;
  readonly clockFactor: number;
  readonly liveForMs: number;
}

function keyOf(accountNumber: string): string {
  return createHash('sha256').update(accountNumber).digest('hex').slice(0, 12);
}
