import type { Clock } from '../ports.js';

const MINUTE_MS = 60_000;
const MINUTES = 10;

export interface Tally {
  readonly requests: number;
  readonly failures: number;
}

/** What has become of the requests of the last ten minutes, to a minute. */
export class RequestWindow {
  readonly #clock: Clock;
  /** minute on the monotonic clock → its tally */
  readonly #minutes = new Map<number, Tally>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get tally(): Tally {
    this.#forget();
    const all = [...this.#minutes.values()];
    return {
      requests: all.reduce((sum, { requests }) => sum + requests, 0),
      failures: all.reduce((sum, { failures }) => sum + failures, 0),
    };
  }

  note(what: keyof Tally): void {
    this.#forget();
    const minute = this.#minute;
    const before = this.#minutes.get(minute) ?? { requests: 0, failures: 0 };
    this.#minutes.set(minute, { ...before, [what]: before[what] + 1 });
  }

  get #minute(): number {
    return Math.floor(this.#clock.monotonic() / MINUTE_MS);
  }

  #forget(): void {
    for (const minute of this.#minutes.keys())
      if (minute <= this.#minute - MINUTES) this.#minutes.delete(minute);
  }
}
