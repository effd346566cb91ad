const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const MOST_A_MINUTE = 10;

/** Counts the requests of each token; refused ones count as well. */
export class PaceKeeper {
  readonly #seen = new Map<string, number[]>();

  /** Whether one more request is within one a second and ten a minute. */
  allows(token: string, at: number): boolean {
    const seen = (this.#seen.get(token) ?? []).filter((before) => at - before < MINUTE_MS);
    const last = seen.at(-1);
    this.#seen.set(token, [...seen, at]);
    return (last === undefined || at - last >= SECOND_MS) && seen.length < MOST_A_MINUTE;
  }
}
