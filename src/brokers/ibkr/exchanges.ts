import { ConnectionLost, Rejected, type BrokerageError } from '../../errors.js';
import type { Clock, Timer } from '../../ports.js';

interface Open {
  readonly resolve: () => void;
  readonly reject: (error: BrokerageError) => void;
  readonly timer: Timer;
}

export interface Question {
  /** Names the end marker: `positions`, `download:DU1`, `request:1000001`. */
  readonly key: string;
  /** For messages: `the positions`. */
  readonly what: string;
  readonly timeoutMs: number;
}

const ASKED_AGAIN = { broker: 'ibkr', code: 'asked-again' } as const;

/**
 * Requests that wait for their end marker. Each ends once: by its marker, its time-out, an error of its own,
 * or with its connection. An answer nobody waits for is dropped.
 */
export class Exchanges {
  readonly #clock: Clock;
  /** key → who waits */
  readonly #open = new Map<string, Open>();
  #over: BrokerageError | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws Rejected after the time-out, ConnectionLost when the session ends first */
  async ask({ key, what, timeoutMs }: Question, send: () => void): Promise<void> {
    if (this.#over !== null) throw this.#over;
    await new Promise<void>((resolve, reject) => {
      const timer = this.#clock.after(timeoutMs, () => {
        const message = `The gateway did not finish sending ${what} within ${timeoutMs / 1000} s.`;
        this.fail(key, new Rejected(message, { broker: 'ibkr', code: 'timeout' }));
      });
      this.fail(key, new Rejected(`The gateway was asked for ${what} again.`, ASKED_AGAIN));
      this.#open.set(key, { resolve, reject, timer });
      try {
        send();
      } catch (error) {
        this.#take(key);
        throw error;
      }
    });
  }

  isOpen(key: string): boolean {
    return this.#open.has(key);
  }

  settle(key: string): void {
    this.#take(key)?.resolve();
  }

  fail(key: string, error: BrokerageError): void {
    this.#take(key)?.reject(error);
  }

  /** Ends those that wait for a marker with a number: the row that names it cannot be read. */
  failNumbered(error: BrokerageError): void {
    for (const key of this.#open.keys()) if (key.startsWith('request:')) this.fail(key, error);
  }

  /** Ends all of them, and every later one at once. */
  end(
    error: BrokerageError = new ConnectionLost('The connection was closed.', {
      broker: 'ibkr',
      code: 'closed',
    }),
  ): void {
    this.#over ??= error;
    for (const key of this.#open.keys()) this.fail(key, error);
  }

  #take(key: string): Open | undefined {
    const open = this.#open.get(key);
    this.#open.delete(key);
    open?.timer.cancel();
    return open;
  }
}
