import type { Clock } from '../../src/ports.js';
import type { Oracle } from './oracle/oracle.js';
import { comesTrue, rest } from './within.js';

export interface ObserverOptions {
  readonly clock: Clock;
  /** How many times as short waits are. */
  readonly clockFactor: number;
  readonly oracle: Oracle;
}

/** Words of the product that are kept. */
const MOST_WORDS = 40;
const MOST_LETTERS = 140;

/** Lets time pass, with an eye on what stands as live meanwhile, and writes down what the product says. */
export class Observer {
  readonly words: string[] = [];
  readonly #options: ObserverOptions;

  constructor(options: ObserverOptions) {
    this.#options = options;
  }

  /** Waits `ms` of the product's clock. */
  async pass(ms: number): Promise<void> {
    await rest(ms / this.#options.clockFactor);
    this.#options.oracle.look();
  }

  /** Whether every figure is right and live before `limitMs` of the product's clock have passed. */
  async comesRight(limitMs: number): Promise<boolean> {
    const { clockFactor, oracle } = this.#options;
    let looks = 0;
    return await comesTrue(limitMs / clockFactor, () => {
      if (looks++ % 5 === 0) oracle.look();
      return oracle.isLive() && oracle.isRight();
    });
  }

  note(word: string): void {
    const said = word.slice(0, MOST_LETTERS);
    if (this.words.at(-1)?.endsWith(said) === true) return;
    this.words.push(`${(this.#options.clock.monotonic() / 1000).toFixed(1)} s ${said}`);
    if (this.words.length > MOST_WORDS) this.words.shift();
  }
}
