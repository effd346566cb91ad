import { BrokerageError, sentenceOf } from '../errors.js';
import type { Chance, Clock } from '../ports.js';
import { deadline } from '../resilience/deadline.js';
import { pause } from '../resilience/pause.js';
import { nextStep } from '../resilience/supervise.js';
import type { LinkEvents, MqttLink, OpenLink } from './link.js';
import { lost } from './problem.js';

export interface SupervisedLinkOptions {
  readonly open: OpenLink;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Synchronous, like the others. */
  readonly onOpen: (link: MqttLink) => void;
  readonly onReceived: LinkEvents['received'];
  /** A connection has ended, or could not be opened; the next attempt is made in so many ms. */
  readonly onDown: (error: BrokerageError, nextInMs: number) => void;
}

/** A connection that has lasted this long was a good one: the next wait is a short one again. */
const STEADY_MS = 60_000;
const SLOW_MS = 60_000;
const FAREWELL_WITHIN_MS = 2_000;
const CLOSES_WITHIN_MS = 1_000;
const CLOSED = lost('The connection was closed.', 'closed');

/** Keeps a connection to the MQTT broker, one after the other, for as long as it takes. */
export class SupervisedLink {
  readonly #options: SupervisedLinkOptions;
  readonly #closing = new AbortController();
  #link: MqttLink | null = null;
  #running: Promise<void> | null = null;

  constructor(options: SupervisedLinkOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Resolves when no socket and no timer is left.
   * @param farewell uses the connection once more, where there is one; it must not reject
   */
  async close(farewell: (link: MqttLink) => Promise<void>): Promise<void> {
    const { clock } = this.#options;
    const link = this.#link;
    this.#link = null;
    this.#closing.abort();
    if (link !== null) {
      await deadline(farewell(link), { ms: FAREWELL_WITHIN_MS, clock, late: () => undefined });
      await deadline(link.close(), { ms: CLOSES_WITHIN_MS, clock, late: () => link.abandon(CLOSED) });
    }
    await this.#running;
  }

  async #run(): Promise<void> {
    const { chance, clock, onDown } = this.#options;
    const { signal } = this.#closing;
    let failures = 0;
    while (!signal.aborted) {
      const began = clock.monotonic();
      const error = await this.#live();
      if (signal.aborted) return;
      if (clock.monotonic() - began >= STEADY_MS) failures = 0;
      const step = nextStep(error, failures, chance);
      failures += 1;
      const delayMs = step.kind === 'retry' ? step.delayMs : SLOW_MS;
      onDown(error instanceof BrokerageError ? error : lost(sentenceOf(error), 'failed', error), delayMs);
      await pause(delayMs, clock, signal);
    }
  }

  /** One connection, from the first byte to its end; returns why it ended. */
  async #live(): Promise<unknown> {
    const { onOpen, onReceived, open } = this.#options;
    const { signal } = this.#closing;
    return await new Promise<unknown>((resolve) => {
      const end = (why: unknown): void => {
        signal.removeEventListener('abort', closed);
        if (!signal.aborted) this.#link = null;
        resolve(why);
      };
      const closed = (): void => end(CLOSED);
      signal.addEventListener('abort', closed);
      open({ received: onReceived, ended: end }, signal)
        .then((link) => {
          if (signal.aborted) return link.abandon(CLOSED);
          this.#link = link;
          onOpen(link);
        })
        .catch(end);
    });
  }
}
