import {
  EMPTY_OUTBOX,
  redirected,
  without,
  withWaiting,
  type Outbox,
  type Waiting,
} from '../../feeds/outbox.js';
import type { Clock } from '../../ports.js';
import { deadline } from '../../resilience/deadline.js';

export interface AlertOutboxOptions {
  readonly clock: Clock;
  /** What an earlier run has left. */
  readonly outbox: Outbox | null;
  /** Resolves when the outbox, as it is then, is on the disk. Never rejects. */
  readonly save: () => Promise<void>;
  /** A sentence for the administrator. */
  readonly warn: (message: string) => void;
}

const SAVED_WITHIN_MS = 5_000;
const LATE =
  'The disk takes too long to remember an alert: it is published all the same, and might be published again after a crash.';

/** Alerts on their way: on the disk before they leave, and off it once they were acknowledged. */
export class AlertOutbox {
  readonly #options: AlertOutboxOptions;
  #outbox: Outbox;
  /** Numbers of those that are on the disk, or whose disk takes too long. */
  readonly #ready: Set<number>;

  constructor(options: AlertOutboxOptions) {
    this.#options = options;
    this.#outbox = options.outbox ?? EMPTY_OUTBOX;
    this.#ready = new Set(this.#outbox.waiting.map(({ number }) => number));
  }

  get outbox(): Outbox {
    return this.#outbox;
  }

  /** Those that may leave, the oldest first. */
  get ready(): readonly Waiting[] {
    return this.#outbox.waiting.filter(({ number }) => this.#ready.has(number));
  }

  /** Resolves when it may leave. */
  async add(alert: Omit<Waiting, 'number'>): Promise<void> {
    const { number } = this.#outbox;
    this.#outbox = withWaiting(this.#outbox, alert);
    await this.onDisk();
    this.#ready.add(number);
    const waiting = new Set(this.#outbox.waiting.map((one) => one.number));
    for (const one of this.#ready) if (!waiting.has(one)) this.#ready.delete(one);
  }

  acknowledged(number: number): void {
    this.#outbox = without(this.#outbox, number);
    this.#ready.delete(number);
  }

  /** An account has another name: what waits for it goes there. */
  redirect(from: string, to: string): void {
    this.#outbox = redirected(this.#outbox, { from, to });
  }

  /** A disk that hangs must not keep an alert to itself. */
  async onDisk(): Promise<void> {
    const { clock, save, warn } = this.#options;
    await deadline(save(), { ms: SAVED_WITHIN_MS, clock, late: () => warn(LATE) });
  }
}
