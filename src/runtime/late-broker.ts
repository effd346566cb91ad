import type { BrokerName } from '../domain/account.js';
import type { Via } from '../domain/update.js';
import type { Broker, BrokerCounters, BrokerSession, Login, SessionEvents } from '../ports.js';

export interface LateBrokerOptions {
  readonly name: BrokerName;
  readonly via: Via;
  readonly address: string;
  /** Makes the broker when its secrets can be read. @throws as `Broker.open` */
  readonly make: () => Promise<Broker>;
}

/** A broker that is made with its first connection, since what it needs has to be asked for. */
export class LateBroker implements Broker {
  readonly name: BrokerName;
  readonly via: Via;
  readonly address: string;
  readonly login: LateLogin = new LateLogin();
  readonly #make: () => Promise<Broker>;
  #making: Promise<Broker> | null = null;
  #made: Broker | null = null;

  constructor({ address, make, name, via }: LateBrokerOptions) {
    this.name = name;
    this.via = via;
    this.address = address;
    this.#make = make;
  }

  /** Makes the broker, once; what failed is tried again with the next call. @throws what `make` throws */
  async prepare(): Promise<Broker> {
    this.#making ??= this.#begin();
    return await this.#making;
  }

  #begin(): Promise<Broker> {
    const making = this.#make().then(
      (broker) => {
        // What was forgotten meanwhile has a login that nobody uses.
        if (this.#making !== making) return broker;
        this.#made = broker;
        this.login.follow(broker.login ?? null);
        return broker;
      },
      (error: unknown) => {
        if (this.#making === making) this.#making = null;
        throw error;
      },
    );
    return making;
  }

  /** What it was made of has changed: it is made anew with the next connection. */
  forget(): void {
    this.#making = null;
  }

  counters(): BrokerCounters | null {
    return this.#made?.counters?.() ?? null;
  }

  async open(events: SessionEvents, signal: AbortSignal): Promise<BrokerSession> {
    const broker = await this.prepare();
    return await broker.open(events, signal);
  }
}

/** The login of a broker that is not made yet. */
class LateLogin implements Login {
  readonly #listeners = new Set<() => void>();
  #login: Login | null = null;
  #leave: () => void = () => {};

  get expiresAt(): number | null {
    return this.#login?.expiresAt ?? null;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  follow(login: Login | null): void {
    this.#leave();
    this.#login = login;
    this.#leave = login?.onChange(() => this.#tell()) ?? (() => {});
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
