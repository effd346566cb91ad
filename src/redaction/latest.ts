/** So many values at most: the one that was named longest ago is forgotten first. */
export class Latest<Value> {
  readonly #most: number;
  readonly #make: (name: string) => Value;
  readonly #values = new Map<string, Value>();

  constructor(most: number, make: (name: string) => Value) {
    this.#most = most;
    this.#make = make;
  }

  /** Whether it was not known. */
  add(name: string): boolean {
    const known = this.#values.get(name);
    this.#values.delete(name);
    this.#values.set(name, known ?? this.#make(name));
    const [oldest] = this.#values.keys();
    if (oldest !== undefined && this.#values.size > this.#most) this.#values.delete(oldest);
    return known === undefined;
  }

  values(): Iterable<Value> {
    return this.#values.values();
  }
}
