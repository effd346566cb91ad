import { sentenceOf, type BrokerageError, type Rejected } from '../errors.js';
import type { Waiting } from '../feeds/outbox.js';
import { Retained } from '../feeds/retained.js';
import type { Tree } from '../feeds/tree.js';
import type { Chance, Clock, Timer } from '../ports.js';
import { Delivery } from './delivery.js';
import type { MqttLink, OpenLink, Received } from './link.js';
import { lost } from './problem.js';
import { SupervisedLink } from './supervised-link.js';

/** How the publisher stands with the MQTT broker. */
export type Standing =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'down'; readonly error: BrokerageError };

export interface PublisherOptions {
  readonly open: OpenLink;
  readonly clock: Clock;
  readonly chance: Chance;
  /** What is listened to for as long as the connection lasts. */
  readonly listen: readonly string[];
  /** Where topics of ours may stand from before; asked for at each connect. */
  readonly readBack: () => readonly string[];
  readonly onReceived: (message: Received) => void;
  readonly onStanding: (standing: Standing) => void;
  readonly onDelivered: (topic: string, text: string) => void;
  readonly onAlertDelivered: (number: number) => void;
  readonly onRefused: (error: Rejected) => void;
  /** A sentence for the administrator. */
  readonly warn: (message: string) => void;
}

/** What stands on a broker comes with the answer to a subscription; it is listened to for so long. */
const READ_BACK_MS = 5_000;
const ANSWERS_WITHIN_MS = 30_000;
/** An administrator who lets us in should not have to deploy. */
const REFUSED_AGAIN_MS = 5 * 60_000;

/** Brings retained topics and alerts to an MQTT broker, and the newest of them again after every connect. */
export class Publisher {
  readonly retained = new Retained();
  readonly #options: PublisherOptions;
  readonly #link: SupervisedLink;
  #current: MqttLink | null = null;
  #delivery: Delivery | null = null;
  #alerts: readonly Waiting[] = [];
  /** What for → the timer that waits for it */
  readonly #timers = new Map<'answer' | 'leave' | 'retry', Timer>();

  constructor(options: PublisherOptions) {
    this.#options = options;
    const { chance, clock, onReceived, open } = options;
    this.#link = new SupervisedLink({
      open,
      clock,
      chance,
      onOpen: (link) => this.#opened(link),
      onReceived,
      onDown: (error) => this.#down(error),
    });
  }

  start(): void {
    this.#options.onStanding({ kind: 'connecting' });
    this.#link.start();
  }

  /** From now on the topics are to hold this; see `Retained`. */
  want(tree: Tree, mayEmpty: (topic: string) => boolean, endingOf?: (topic: string) => string | null): void {
    this.retained.want(tree, mayEmpty, endingOf);
    this.#delivery?.pump();
  }

  /** Sends everything again although it is the same. */
  again(): void {
    this.retained.again();
    this.#delivery?.pump();
  }

  /** The MQTT broker has something in this topic, which may be one that is to be emptied. */
  found(topic: string): void {
    this.retained.found(topic);
    this.#delivery?.pump();
  }

  /** Somebody else has written into this topic. */
  overwritten(topic: string): void {
    this.retained.overwritten(topic);
    this.#delivery?.pump();
  }

  /** What stands in the topics that begin so is not known. */
  forget(beginning: string): void {
    this.retained.forget(beginning);
  }

  /** There are other topics to read back than when the connection was made. */
  lookAt(): void {
    const link = this.#current;
    if (link === null || this.#delivery === null) return;
    this.#readBack(link).catch((error: unknown) => link.abandon(lost(sentenceOf(error), 'failed', error)));
  }

  /** The alerts that no MQTT broker has acknowledged, the oldest first. */
  offer(alerts: readonly Waiting[]): void {
    this.#alerts = alerts;
    this.#delivery?.offer(alerts);
  }

  /** Resolves when no socket and no timer is left. These messages are sent before, retained, where there is a connection. */
  async close(last: readonly { readonly topic: string; readonly text: string }[]): Promise<void> {
    this.#end();
    await this.#link.close(async (link) => {
      const sent = last.map(async (message) => await link.publish({ ...message, retain: true }));
      // What does not get through is what the last will is for.
      await Promise.allSettled(sent);
    });
  }

  #opened(link: MqttLink): void {
    const { clock, onAlertDelivered, onDelivered, onRefused } = this.#options;
    const { retained } = this;
    this.#current = link;
    retained.interrupted();
    const onStuck = (error: BrokerageError): void => link.abandon(error);
    const delivery = new Delivery({
      link,
      retained,
      clock,
      onDelivered,
      onAlertDelivered,
      onRefused,
      onStuck,
    });
    this.#listen(link)
      .then(() => {
        if (this.#current !== link) return;
        retained.again();
        this.#delivery = delivery;
        this.#options.onStanding({ kind: 'connected' });
        this.#retryLater(delivery);
        delivery.offer(this.#alerts);
      })
      .catch((error: unknown) => link.abandon(lost(sentenceOf(error), 'failed', error)));
  }

  /** First of all: what stands there comes before what we put there. */
  async #listen(link: MqttLink): Promise<void> {
    const { clock, listen } = this.#options;
    const late = lost('The MQTT broker has not answered a subscription for 30 s.', 'no-acknowledgement');
    this.#timer(
      'answer',
      clock.after(ANSWERS_WITHIN_MS, () => link.abandon(late)),
    );
    this.#tellRefused(await link.subscribe(listen));
    await this.#readBack(link);
    this.#timer('answer', null);
  }

  async #readBack(link: MqttLink): Promise<void> {
    const { clock, readBack, warn } = this.#options;
    const filters = readBack();
    this.#tellRefused(await link.subscribe(filters));
    if (this.#current !== link) return;
    const leave = (): void =>
      void link.unsubscribe(filters).catch((error: unknown) => warn(sentenceOf(error)));
    this.#timer('leave', clock.after(READ_BACK_MS, leave));
  }

  #tellRefused(topics: readonly string[]): void {
    if (topics.length === 0) return;
    this.#options.warn(
      `The MQTT broker does not let this node read ${topics.join(', ')}: allow it, or what has ended may stay there.`,
    );
  }

  #retryLater(delivery: Delivery): void {
    const retry = (): void => {
      delivery.retryRefused();
      this.#retryLater(delivery);
    };
    this.#timer('retry', this.#options.clock.after(REFUSED_AGAIN_MS, retry));
  }

  /** In place of the one that waits for the same. */
  #timer(what: 'answer' | 'leave' | 'retry', timer: Timer | null): void {
    this.#timers.get(what)?.cancel();
    if (timer === null) this.#timers.delete(what);
    else this.#timers.set(what, timer);
  }

  #down(error: BrokerageError): void {
    this.#end();
    this.#options.onStanding({ kind: 'down', error });
  }

  #end(): void {
    this.#current = null;
    this.#delivery?.stop();
    this.#delivery = null;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
