import { startFlexSimulator, type FlexSimulator, type FlexSimulatorOptions } from '../../simulators/index.js';
import { createFlexBroker, flexPaces, type FlexOptions } from '../../src/brokers/ibkr/flex/index.js';
import type { BrokerUpdate } from '../../src/domain/update.js';
import type { BrokerageError } from '../../src/errors.js';
import type { Broker, Timer } from '../../src/ports.js';
import { FakeClock } from './clocks.js';
import { marked } from './leak-watch.js';

/** Tuesday, 24 November 2026, 10:00 in New York. */
export const TUESDAY = Date.parse('2026-11-24T15:00:00Z');
/** What an exchange over HTTP is given; a timer of that length means that one is under way. */
const EXCHANGE_MS = 30_000;
const STEP_MS = 100;

/** A clock that a test moves on while nothing is under way over the network. */
export class DrivenClock extends FakeClock {
  #exchanges = 0;

  constructor(now = TUESDAY) {
    super(now);
  }

  /** Whether an answer is being waited for. */
  get isExchanging(): boolean {
    return this.#exchanges > 0;
  }

  override after(delayMs: number, callback: () => void): Timer {
    if (delayMs !== EXCHANGE_MS) return super.after(delayMs, callback);
    this.#exchanges += 1;
    let isOver = false;
    const end = (): void => {
      if (!isOver) this.#exchanges -= 1;
      isOver = true;
    };
    const timer = super.after(delayMs, () => {
      end();
      callback();
    });
    return {
      cancel: () => {
        end();
        timer.cancel();
      },
    };
  }

  /** Lets time pass until the work is done. */
  async drive<T>(work: Promise<T>, stepMs = STEP_MS): Promise<T> {
    let isDone = false;
    const settled = work.finally(() => (isDone = true));
    settled.catch(() => undefined);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return await settled;
      if (!this.isExchanging) this.advance(stepMs);
    }
  }
}

/** What a session told. */
export class Ear {
  updates: BrokerUpdate[] = [];
  readonly ends: BrokerageError[] = [];
  update = (update: BrokerUpdate): void => void this.updates.push(update);
  ended = (error: BrokerageError): void => void this.ends.push(error);

  of<K extends BrokerUpdate['kind']>(kind: K): readonly Extract<BrokerUpdate, { readonly kind: K }>[] {
    return this.updates.filter(
      (update): update is Extract<BrokerUpdate, { readonly kind: K }> => update.kind === kind,
    );
  }

  /** Snapshots of a kind, oldest first. */
  balances() {
    return this.of('snapshot').flatMap((update) => (update.of === 'balances' ? [update] : []));
  }

  positions() {
    return this.of('snapshot').flatMap((update) => (update.of === 'positions' ? [update] : []));
  }

  executions() {
    return this.of('snapshot').flatMap((update) => (update.of === 'executions' ? [update] : []));
  }

  /** `code of` of each notice. */
  notices(): readonly string[] {
    return this.of('notice').map(({ issue, of }) => `${issue.code} ${of ?? 'connection'}`);
  }
}

export interface FlexStage {
  readonly flex: FlexSimulator;
  readonly broker: Broker;
  readonly clock: DrivenClock;
  readonly ear: Ear;
  readonly signal: AbortSignal;
  readonly abort: () => void;
}

export const keyOf = (number: string): string => `key-of-${number.slice(-4)}`;

/** A simulated Flex Web Service on the clock of the test, and our broker that reads it. */
export async function flexStage({
  options = {},
  clock = new DrivenClock(),
  ...simulator
}: FlexSimulatorOptions & {
  readonly options?: Partial<FlexOptions>;
  readonly clock?: DrivenClock;
} = {}): Promise<FlexStage> {
  const token = marked('Flex token', '660011223344556677889911');
  const flex = await startFlexSimulator({ token, now: () => clock.now(), ...simulator });
  const giveUp = new AbortController();
  const broker = createFlexBroker(
    {
      flexUrl: flex.url,
      flexToken: token,
      flexQueryId: flex.queryId,
      accounts: [],
      tradingMode: 'any',
      ...options,
    },
    {
      clock,
      chance: () => 0.5,
      accountKey: (_broker, number) => keyOf(number),
      pace: flexPaces(clock)(token),
    },
  );
  return { flex, broker, clock, ear: new Ear(), signal: giveUp.signal, abort: () => giveUp.abort() };
}
