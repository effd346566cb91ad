import type { BrokerageError } from '../errors.js';

/** A message that was subscribed to. */
export interface Received {
  readonly topic: string;
  readonly text: string;
  /** Whether it stood there before; false = it comes just now. */
  readonly isRetained: boolean;
}

/** What a connection tells. Handlers are synchronous and never throw. */
export interface LinkEvents {
  received(message: Received): void;
  /** The connection is over; called once, after it was opened. */
  ended(error: BrokerageError): void;
}

/** One connection to an MQTT broker. It is never opened again: another one takes its place. */
export interface MqttLink {
  /** How many messages the MQTT broker takes before it has acknowledged the first of them. */
  readonly mostUnderWay: number;
  /**
   * Resolves when the MQTT broker has acknowledged it.
   * @throws Rejected when it refuses the topic; ConnectionLost when the connection ended first
   */
  publish(message: {
    readonly topic: string;
    readonly text: string;
    readonly retain: boolean;
  }): Promise<void>;
  /**
   * Returns the topics that the MQTT broker refuses.
   * @throws ConnectionLost
   */
  subscribe(topics: readonly string[]): Promise<readonly string[]>;
  /** Never rejects. */
  unsubscribe(topics: readonly string[]): Promise<void>;
  /** Says goodbye, so that the last will is not published. Never rejects. */
  close(): Promise<void>;
  /** Ends it at once, as a lost line would; `ended` is told why. */
  abandon(error: BrokerageError): void;
}

/**
 * Makes one attempt.
 * @throws ConnectionLost, ConfigError
 */
export type OpenLink = (events: LinkEvents, signal: AbortSignal) => Promise<MqttLink>;
