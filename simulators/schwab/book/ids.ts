/** Numbers as long as Schwab's; they go on from the second of creation, so that a restart repeats none. */
export class Ids {
  readonly #born: number;
  #count = 0;

  constructor(now: number) {
    this.#born = Math.floor(now / 1000) % 10_000_000;
  }

  order(): number {
    this.#count += 1;
    return 1_000_000_000_000 + this.#born * 10_000 + this.#count;
  }

  activity(): number {
    this.#count += 1;
    return 90_000_000_000 + this.#born * 10_000 + this.#count;
  }
}
