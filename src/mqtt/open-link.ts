import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { ConfigError, ConnectionLost, Rejected, sentenceOf, type BrokerageError } from '../errors.js';
import type { Clock } from '../ports.js';
import type { LinkEvents, MqttLink, OpenLink } from './link.js';
import { hungUp, lost, problemOf } from './problem.js';

/** Where, and as whom, to connect. */
export interface LinkTarget {
  /** `mqtt://host:1883`, without a secret. */
  readonly url: string;
  /** For people: `host:1883`. */
  readonly address: string;
  readonly clientId: string;
  /** What the user's broker node has beyond that: user, password, TLS, version. */
  readonly options: IClientOptions;
  readonly qos: 0 | 1 | 2;
  /** Published for us when we vanish. */
  readonly will: { readonly topic: string; readonly text: string };
}

const OPENS_WITHIN_MS = 15_000;

/**
 * One attempt with a client of MQTT.js that is thrown away after it: a client that connects again by itself replays its
 * store while it is told to publish, loses some of that (MQTT.js#2015), and may stop trying for ever (zigbee2mqtt#33150).
 */
export function openLinkTo(target: LinkTarget, clock: Clock): OpenLink {
  return async (events, signal) => {
    const link = new ClientLink(target, events);
    const abort = (): void => link.abandon(lost('The connection was given up.', 'closed'));
    signal.addEventListener('abort', abort);
    const late = lost(`${target.address} does not answer within ${OPENS_WITHIN_MS / 1000} s.`, 'late');
    const timer = clock.after(OPENS_WITHIN_MS, () => link.abandon(late));
    try {
      if (signal.aborted) abort();
      await link.opened;
      return link;
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', abort);
    }
  };
}

class ClientLink implements MqttLink {
  readonly opened: Promise<void>;
  readonly #target: LinkTarget;
  readonly #client: MqttClient;
  readonly #events: LinkEvents;
  /** Of what was not acknowledged yet. */
  readonly #waiting = new Set<(error: BrokerageError) => void>();
  #state: 'opening' | 'open' | 'ended' = 'opening';
  #failOpening: (error: BrokerageError) => void = () => undefined;
  /** Why the MQTT broker says that it ends the connection. */
  #farewell: BrokerageError | null = null;

  constructor(target: LinkTarget, events: LinkEvents) {
    this.#target = target;
    this.#events = events;
    const client = clientFor(target);
    this.#client = client;
    this.opened = new Promise((resolve, reject) => {
      this.#failOpening = reject;
      client.on('connect', () => {
        if (this.#state !== 'opening') return;
        this.#state = 'open';
        resolve();
      });
    });
    client.on('error', (error) => {
      this.abandon(problemOf(error, target.address, this.#state === 'open'));
    });
    client.on('disconnect', ({ properties, reasonCode }) => {
      const error = { code: reasonCode ?? 0, message: properties?.reasonString ?? '' };
      this.#farewell = problemOf(Object.assign(new Error(error.message), error), target.address);
    });
    client.on('close', () => this.abandon(this.#farewell ?? this.#closed()));
    client.on('message', (topic, payload, { retain }) => {
      if (this.#state === 'ended') return;
      events.received({ topic, text: payload.toString('utf8'), isRetained: retain });
    });
  }

  get mostUnderWay(): number {
    // Who sends more is thrown out (MQTT 5 section 3.2.2.3.3); 3.1.1 has no word for it.
    return Math.min(this.#client.serverProperties?.receiveMaximum ?? MOST_UNDER_WAY, MOST_UNDER_WAY);
  }

  async publish({ retain, text, topic }: { topic: string; text: string; retain: boolean }): Promise<void> {
    const { qos } = this.#target;
    const most = this.#client.serverProperties?.maximumPacketSize ?? Infinity;
    if (Buffer.byteLength(text) + Buffer.byteLength(topic) + PACKET_HEAD > most)
      throw this.#refused(topic, `${text.length} characters are more than it takes`);
    await this.#answered((done) => {
      this.#client.publish(topic, text, { qos, retain }, (error) => done(this.#problemWith(topic, error)));
    });
  }

  async subscribe(topics: readonly string[]): Promise<readonly string[]> {
    const refused: string[] = [];
    const one = async (topic: string): Promise<void> => {
      await this.#answered((done) => {
        this.#client.subscribe(topic, { qos: 1 }, (error) => done(this.#problemWith(topic, error)));
      }).catch((error: unknown) => {
        if (!(error instanceof Rejected)) throw error;
        refused.push(topic);
      });
    };
    await Promise.all(topics.map(one));
    return refused;
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    if (topics.length === 0) return;
    await this.#answered((done) => this.#client.unsubscribe([...topics], () => done(null))).catch(isOver);
  }

  async close(): Promise<void> {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    await new Promise<void>((resolve) => this.#client.end(false, {}, () => resolve()));
    this.#failAll(this.#closed());
  }

  abandon(error: BrokerageError): void {
    if (this.#state === 'ended') {
      // A client that says goodbye waits for what is under way, which a dead line never answers; it cannot be told to hurry.
      this.#client.stream.destroy();
      return;
    }
    const wasOpen = this.#state === 'open';
    this.#state = 'ended';
    this.#client.end(true);
    this.#failAll(error);
    if (wasOpen) this.#events.ended(error);
    else this.#failOpening(error);
  }

  async #answered(ask: (done: (error: BrokerageError | null) => void) => void): Promise<void> {
    if (this.#state !== 'open') throw this.#closed();
    await new Promise<void>((resolve, reject) => {
      this.#waiting.add(reject);
      ask((error) => {
        this.#waiting.delete(reject);
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  #problemWith(topic: string, error: Error | null | undefined): BrokerageError | null {
    if (error === null || error === undefined) return null;
    // Every code of a refusal has this bit (MQTT 3.1.1 section 3.9.3, MQTT 5 section 2.4).
    const isRefusal = 'code' in error && typeof error.code === 'number' && error.code >= 0x80;
    return isRefusal ? this.#refused(topic, sentenceOf(error)) : problemOf(error, this.#target.address);
  }

  #refused(topic: string, why: string): Rejected {
    const { address } = this.#target;
    return new Rejected(`${address} refuses the topic ${topic}: ${why}.`, {
      broker: 'mqtt',
      code: 'refused',
    });
  }

  #failAll(error: BrokerageError): void {
    for (const fail of this.#waiting) fail(error);
    this.#waiting.clear();
  }

  #closed(): ConnectionLost {
    const { address } = this.#target;
    return this.#state === 'opening'
      ? hungUp(address)
      : lost(`The connection to ${address} was lost.`, 'closed');
  }
}

/** As many as keep a quick line busy; what a lost one has to send again is little. */
const MOST_UNDER_WAY = 200;
/** Topic length, packet id, properties. */
const PACKET_HEAD = 16;

function isOver(error: unknown): void {
  if (!(error instanceof ConnectionLost)) throw error;
}

/** @throws ConfigError when the address is none */
function clientFor({ address, clientId, options, url, will }: LinkTarget): MqttClient {
  try {
    const client = connect(url, {
      ...options,
      clientId,
      clean: true,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      connectTimeout: 2 * OPENS_WITHIN_MS,
      will: { topic: will.topic, payload: Buffer.from(will.text), qos: 1, retain: true },
    });
    // Whatever it still says after its end is nobody's business, and an error without a listener ends Node-RED.
    client.on('error', () => undefined);
    return client;
  } catch (error) {
    throw new ConfigError(`${address} is no address of an MQTT broker: ${sentenceOf(error)}`, {
      broker: 'mqtt',
      code: 'address',
      cause: error,
      retrySlowly: true,
    });
  }
}
