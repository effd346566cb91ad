import {
  createMarket,
  startTwsSimulator,
  type Market,
  type TwsSimulator,
  type TwsSimulatorOptions,
} from '../../../simulators/index.js';
import { createIbkrBroker } from '../../../src/brokers/ibkr/index.js';
import type { Chance } from '../../../src/ports.js';
import { fastClock } from '../../support/clocks.js';
import { CountedClock, type RunClock } from '../counted-clock.js';
import { Observer } from '../observer.js';
import { LIVE_FOR_MS, Oracle } from '../oracle/oracle.js';
import { Truth } from '../oracle/truth.js';
import { between, type FaultStage } from '../play.js';
import { startProduct, type Product, type ProductOptions } from '../product.js';
import { startFaultProxy, type FaultProxy } from '../proxy/fault-proxy.js';
import type { Outcome, Stage } from '../scenario.js';
import { comesTrue, within } from '../within.js';
import { ibWorld } from './world.js';

/**
 * Waits of the product are this many times as short. @stoqey/ib sends 40 requests a second of real time, so that a
 * higher factor would let requests time out in its queue.
 */
export const CLOCK_FACTOR = 25;
const ACCOUNTS = 2;
const POSITIONS = 4;
const CLOSES_WITHIN_MS = 2_000;
const SOCKETS_END_WITHIN_MS = 2_000;

export interface IbStageOptions {
  readonly gateway?: TwsSimulatorOptions;
  /** How old a live figure may be, ms of the product's clock. */
  readonly liveForMs?: number;
  /** Instead of one that runs `CLOCK_FACTOR` times as fast. */
  readonly clock?: RunClock;
  /** The time at the broker, ms since the epoch; without it that of this machine. */
  readonly marketNow?: () => number;
  /** What the oracle calls an account; without it by the key that the product gets. */
  readonly nameOf?: (accountNumber: string) => string;
}

/** What a scenario sets of a product that the stage starts. */
type OwnOptions = Pick<ProductOptions, 'memory' | 'onChange'>;

/** A market, a gateway, a proxy before it, and, once it is started, the product before that. */
export class IbStage implements FaultStage {
  readonly chance: Chance;
  readonly market: Market;
  readonly clock: RunClock;
  readonly gateway: TwsSimulator;
  readonly proxy: FaultProxy;
  readonly oracle: Oracle;
  readonly observer: Observer;
  readonly truth: Truth;
  #product: Product | null = null;

  private constructor(parts: {
    readonly chance: Chance;
    readonly market: Market;
    readonly gateway: TwsSimulator;
    readonly proxy: FaultProxy;
    readonly liveForMs: number;
    readonly clock: RunClock;
    readonly nameOf: (accountNumber: string) => string;
  }) {
    this.clock = parts.clock;
    this.chance = parts.chance;
    this.market = parts.market;
    this.gateway = parts.gateway;
    this.proxy = parts.proxy;
    const now = (): number => this.clock.awake();
    const { liveForMs, nameOf } = parts;
    this.truth = new Truth(ibWorld(this.market), now);
    this.oracle = new Oracle({ truth: this.truth, keyOf: nameOf, now, liveForMs });
    this.observer = new Observer({ clock: this.clock, clockFactor: CLOCK_FACTOR, oracle: this.oracle });
  }

  static async open({ chance, seed }: Stage, options: IbStageOptions = {}): Promise<IbStage> {
    const { liveForMs = LIVE_FOR_MS, marketNow, nameOf = keyOf } = options;
    const clock = options.clock ?? new CountedClock(fastClock(CLOCK_FACTOR));
    const now = marketNow === undefined ? {} : { now: marketNow };
    const market = createMarket({
      seed,
      accounts: ACCOUNTS,
      positions: POSITIONS,
      schwabAccounts: 1,
      ...now,
    });
    const gateway = await startTwsSimulator({
      valuePushMs: 180_000 / CLOCK_FACTOR,
      ...options.gateway,
      market,
    });
    const proxy = await startFaultProxy(gateway, chance);
    return new IbStage({ chance, market, gateway, proxy, liveForMs, clock, nameOf });
  }

  startProduct(own: Partial<OwnOptions> = {}): void {
    this.#product = this.product({ onChange: (change) => this.oracle.hear(change), ...own });
  }

  /** One that nobody but the caller closes. */
  product(own: OwnOptions): Product {
    const { chance, clock, observer, proxy } = this;
    const broker = createIbkrBroker(
      { host: '127.0.0.1', port: proxy.port, clientId: 17, tradingMode: 'any', accounts: [] },
      { clock, accountKey: (_broker, number) => keyOf(number) },
    );
    return startProduct({ broker, clock, chance, onWord: (word) => observer.note(word), ...own });
  }

  /** Ends it, in good order. */
  async stopProduct(): Promise<void> {
    const product = this.#product;
    if (product === null) return;
    await within(CLOSES_WITHIN_MS, 'the product closes', product.close());
    this.oracle.silence('close');
  }

  /** 1 to `most` steps of a person trading, some in one burst, some between two messages; prices move meanwhile. */
  readonly trade = async (most: number): Promise<void> => {
    const steps = 1 + Math.floor(this.chance() * most);
    for (let step = 0; step < steps; step++) {
      this.market.trade();
      if (this.chance() < 0.3) this.market.tick();
      if (this.chance() < 0.5) await this.pass(this.chance() * 2_000);
    }
  };

  /** Waits `ms` of the product's clock. */
  readonly pass = async (ms: number): Promise<void> => await this.observer.pass(ms);

  /** A whole number from `least` to `most`. */
  readonly between = (least: number, most: number): number => between(this.chance, least, most);

  async close(): Promise<Pick<Outcome, 'leaks' | 'writes'>> {
    return {
      leaks: await this.#close(),
      writes: this.gateway.violations.map((violation) => JSON.stringify(violation)),
    };
  }

  /** Returns what was left behind. */
  async #close(): Promise<readonly string[]> {
    this.truth.close();
    const product = this.#product;
    const closed =
      product === null ? Promise.resolve() : within(CLOSES_WITHIN_MS, 'the product closes', product.close());
    const failures = await Promise.allSettled([closed]);
    const timers = this.clock.pending;
    const listeners = product?.listeners() ?? 0;
    await comesTrue(SOCKETS_END_WITHIN_MS, () => this.proxy.clients === 0);
    const { clients } = this.proxy;
    failures.push(...(await Promise.allSettled([this.proxy.close()])));
    await comesTrue(SOCKETS_END_WITHIN_MS, () => this.gateway.connections === 0);
    const sockets = this.gateway.connections;
    failures.push(
      ...(await Promise.allSettled([within(CLOSES_WITHIN_MS, 'the gateway closes', this.gateway.close())])),
    );
    return [
      ...failures.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : [])),
      ...(timers === 0 ? [] : [`${timers} timers wait after the product was closed`]),
      ...(listeners === 0 ? [] : [`${listeners} listeners are left on the connection`]),
      ...(clients === 0 ? [] : [`${clients} sockets of the product are open`]),
      ...(sockets === 0 ? [] : [`${sockets} sockets are open at the gateway`]),
    ];
  }
}

/** The key of an account in a run, of the form that real ones have. */
export function keyOf(accountNumber: string): string {
  return accountNumber.slice(-4).padStart(12, '0');
}
