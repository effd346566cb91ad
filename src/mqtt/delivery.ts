import { ConnectionLost, Rejected, type BrokerageError } from '../errors.js';
import type { Waiting } from '../feeds/outbox.js';
import type { Retained } from '../feeds/retained.js';
import type { Clock, Timer } from '../ports.js';
import type { MqttLink } from './link.js';
import { lost } from './problem.js';

export interface DeliveryOptions {
  readonly link: MqttLink;
  readonly retained: Retained;
  readonly clock: Clock;
  /** The MQTT broker has it; '' = the topic is empty. */
  readonly onDelivered: (topic: string, text: string) => void;
  readonly onAlertDelivered: (number: number) => void;
  /** The MQTT broker does not take anything on this topic. */
  readonly onRefused: (error: Rejected, topic: string) => void;
  /** The connection is of no use any more. */
  readonly onStuck: (error: BrokerageError) => void;
}

const ACKNOWLEDGED_WITHIN_MS = 30_000;
/** Home Assistant hears of an alert only when it knows the entity; what it would know first must not take for ever. */
const STATES_FIRST_MS = 30_000;

/** Sends over one connection what is owed: retained topics as they are now, and alerts one after the other. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #began: number;
  #alerts: readonly Waiting[] = [];
  /** Numbers of alerts that are on their way, or refused on this connection. */
  readonly #taken = new Set<number>();
  readonly #timers = new Set<Timer>();
  #underWay = 0;
  #statesFirst = true;
  #isOver = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#began = options.clock.monotonic();
  }

  /** The alerts that no MQTT broker has acknowledged, the oldest first. */
  offer(alerts: readonly Waiting[]): void {
    this.#alerts = alerts;
    this.pump();
  }

  /** Tries again what was refused. */
  retryRefused(): void {
    this.#options.retained.retryRefused();
    this.#taken.clear();
    this.pump();
  }

  /** Sends as much as may be on its way. */
  pump(): void {
    const { mostUnderWay } = this.#options.link;
    while (!this.#isOver && this.#underWay < mostUnderWay) {
      const isSent = this.#isStatesTurn()
        ? this.#sendState() || this.#sendAlert()
        : this.#sendAlert() || this.#sendState();
      if (!isSent) return;
    }
  }

  /** The connection has ended. */
  stop(): void {
    this.#isOver = true;
    for (const timer of this.#timers) timer.cancel();
  }

  #isStatesTurn(): boolean {
    const { clock, retained } = this.#options;
    this.#statesFirst &&= !retained.isSettled && clock.monotonic() - this.#began < STATES_FIRST_MS;
    return this.#statesFirst;
  }

  #sendState(): boolean {
    const { onDelivered, retained } = this.#options;
    const next = retained.next();
    if (next === null) return false;
    const { ending, text, topic } = next;
    // What stands there tells of it as well: an ending that gets lost is not sent again.
    if (ending !== null)
      this.#send({ topic, text: ending, retain: false }, { done: () => undefined, refused: () => undefined });
    this.#send(
      { topic, text, retain: true },
      {
        done: () => {
          retained.delivered(topic);
          onDelivered(topic, text);
        },
        refused: () => retained.refused(topic),
      },
    );
    return true;
  }

  #sendAlert(): boolean {
    // What was refused, and what was published before everything that Home Assistant needs stands there, waits.
    const next = this.#statesFirst ? undefined : this.#alerts.find(({ number }) => !this.#taken.has(number));
    if (next === undefined) return false;
    this.#taken.add(next.number);
    const { text, topic } = next;
    const done = (): void => this.#options.onAlertDelivered(next.number);
    this.#send({ topic, text, retain: false }, { done, refused: () => undefined });
    return true;
  }

  #send(
    message: { readonly topic: string; readonly text: string; readonly retain: boolean },
    then: { readonly done: () => void; readonly refused: () => void },
  ): void {
    const { clock, link, onRefused, onStuck } = this.#options;
    this.#underWay += 1;
    const timer = clock.after(ACKNOWLEDGED_WITHIN_MS, () =>
      onStuck(lost(`The MQTT broker has not acknowledged ${message.topic} for 30 s.`, 'no-acknowledgement')),
    );
    this.#timers.add(timer);
    link
      .publish(message)
      .finally(() => {
        timer.cancel();
        this.#timers.delete(timer);
        this.#underWay -= 1;
      })
      .then(() => {
        if (!this.#isOver) then.done();
      })
      .catch((error: unknown) => {
        // The end of the connection is told to whoever opened it.
        if (error instanceof ConnectionLost) return;
        if (!(error instanceof Rejected)) throw error;
        then.refused();
        onRefused(error, message.topic);
      })
      .then(() => this.pump())
      .catch((error: unknown) => onStuck(lost(`Sending to ${message.topic} failed.`, 'failed', error)));
  }
}
