import type { BrokerUpdate, Via } from '../../src/domain/update.js';
import type { BrokerageError } from '../../src/errors.js';
import type { Broker, BrokerSession, RefreshRequest, SessionEvents } from '../../src/ports.js';
import { account } from './builders.js';
import { lost } from './memory-broker.js';

/** A broker that is there or not, and then answers at once with what is true. */
export class WorldBroker implements Broker {
  readonly name = 'ibkr';
  readonly via: Via;
  readonly address: string;
  /** Sessions that were asked for. */
  attempts = 0;
  /** What was fetched. */
  readonly requests: RefreshRequest[] = [];
  readonly #truth: () => readonly BrokerUpdate[];
  #isUp: boolean;
  #open: SessionEvents | null = null;
  #refusal: BrokerageError | null = null;

  constructor(via: Via, isUp: boolean, truth: () => readonly BrokerUpdate[]) {
    this.via = via;
    this.address = `${via}.example`;
    this.#isUp = isUp;
    this.#truth = truth;
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  up(): void {
    this.#isUp = true;
  }

  /** The session ends, and no other begins. */
  down(): void {
    this.#isUp = false;
    const events = this.#open;
    this.#open = null;
    events?.ended(lost(`${this.address} is gone.`));
  }

  /** It is there, and will have nothing to do with us. */
  refuseWith(error: BrokerageError): void {
    this.down();
    this.#refusal = error;
  }

  /** Something happens that the broker tells at once. */
  push(...updates: readonly BrokerUpdate[]): void {
    for (const update of updates) this.#open?.update(update);
  }

  async open(events: SessionEvents): Promise<BrokerSession> {
    this.attempts += 1;
    if (this.#refusal !== null) throw this.#refusal;
    if (!this.#isUp) throw lost(`${this.address} is gone.`);
    this.#open = events;
    events.update({ kind: 'begin' });
    events.update({ kind: 'accounts', accounts: [account()] });
    return {
      accounts: [account()],
      refresh: async (request) => {
        this.requests.push(request);
        for (const update of this.#truth()) events.update(update);
      },
      close: async () => {
        if (this.#open === events) this.#open = null;
      },
    };
  }
}
