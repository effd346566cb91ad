import { FOREX } from './catalogue.js';
import type { Instrument } from './instrument.js';
import type { Random } from './random.js';
import { round } from './round.js';

/** Every instrument and its last price. */
export class Prices {
  /** conId → instrument */
  readonly instruments: ReadonlyMap<number, Instrument>;
  /** conId → last price */
  readonly #last = new Map<number, number>();

  constructor(instruments: readonly Instrument[]) {
    this.instruments = new Map(instruments.map((instrument) => [instrument.conId, instrument]));
    for (const { conId, startPrice, priceDigits } of instruments)
      this.#last.set(conId, round(startPrice, priceDigits));
  }

  instrument(conId: number): Instrument {
    const instrument = this.instruments.get(conId);
    if (!instrument) throw new RangeError(`no instrument has conId ${conId}`);
    return instrument;
  }

  last(conId: number): number {
    return this.#last.get(conId) ?? 0;
  }

  set(conId: number, price: number): void {
    this.#last.set(conId, round(price, this.instrument(conId).priceDigits));
  }

  move(random: Random): void {
    for (const { conId, priceDigits } of this.instruments.values()) {
      const moved = round(this.last(conId) * (1 + (random.next() - 0.5) * 0.002), priceDigits);
      this.#last.set(conId, Math.max(moved, 10 ** -priceDigits));
    }
  }

  /** Base currency for one unit of `currency`, with the digits TWS shows. */
  rate(currency: string, base: string): number {
    return currency === base ? 1 : round(this.#usd(currency) / this.#usd(base), 7);
  }

  #usd(currency: string): number {
    const pair = FOREX.find(({ symbol }) => symbol === currency);
    return pair ? this.last(pair.conId) : 1;
  }
}
