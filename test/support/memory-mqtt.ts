import { Rejected } from '../../src/errors.js';
import type { LinkEvents, MqttLink, OpenLink } from '../../src/mqtt/link.js';
import { lost } from '../../src/mqtt/problem.js';

interface Published {
  readonly topic: string;
  readonly text: string;
  readonly retain: boolean;
}

/** What is published, retained, for a client that has vanished. */
export interface Will {
  readonly topic: string;
  readonly text: string;
}

/** An MQTT broker in this process, with the moods that real ones have. */
export class MemoryMqtt {
  /** topic → what stands there */
  readonly retained = new Map<string, string>();
  /** Everything that was published, in order. */
  readonly log: Published[] = [];
  /** How often a connection was asked for. */
  attempts = 0;
  isDown = false;
  /** Whether it takes messages without saying so. */
  isMute = false;
  /** Whether it answers an attempt at all. */
  answers = true;
  /** Whether it brings everything late: what stands there after it has answered a subscription, what is new after it has acknowledged it. */
  isLazy = false;
  refuses: (topic: string) => boolean = () => false;
  readonly #links = new Set<MemoryLink>();

  readonly open: OpenLink = async (events, signal) => await this.#open(events, signal, null);

  /** Connections that leave these words when they are lost. */
  openWith(will: Will): OpenLink {
    return async (events, signal) => await this.#open(events, signal, will);
  }

  async #open(events: LinkEvents, signal: AbortSignal, will: Will | null): Promise<MqttLink> {
    this.attempts += 1;
    await Promise.resolve();
    if (this.isDown) throw lost('memory refuses connections.', 'ECONNREFUSED');
    if (!this.answers)
      return await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(lost('given up', 'closed')));
      });
    const link = new MemoryLink(this, events, { will, leave: () => this.#links.delete(link) });
    this.#links.add(link);
    return link;
  }

  get connections(): number {
    return this.#links.size;
  }

  /** The line breaks; or only that of whoever has this last will. */
  cut(will?: Will): void {
    for (const link of this.#links)
      if (will === undefined || link.will?.topic === will.topic)
        link.abandon(lost('The connection to memory was lost.', 'closed'));
  }

  /** Somebody else publishes. */
  publish(topic: string, text: string): void {
    for (const link of this.#links) link.hear(topic, text, false);
  }

  /** What was published on a topic, in order. */
  on(topic: string): readonly string[] {
    return this.log.filter((one) => one.topic === topic).map(({ text }) => text);
  }

  take(message: Published): void {
    this.log.push(message);
    if (message.retain && message.text === '') this.retained.delete(message.topic);
    else if (message.retain) this.retained.set(message.topic, message.text);
    const bring = (): void => {
      for (const link of this.#links) link.hear(message.topic, message.text, false);
    };
    if (this.isLazy) setImmediate(bring);
    else bring();
  }
}

class MemoryLink implements MqttLink {
  readonly mostUnderWay = 20;
  readonly will: Will | null;
  readonly #broker: MemoryMqtt;
  readonly #events: LinkEvents;
  readonly #leave: () => void;
  readonly #filters = new Set<string>();
  readonly #waiting = new Set<(error: Error) => void>();
  #isOver = false;

  constructor(
    broker: MemoryMqtt,
    events: LinkEvents,
    { leave, will }: { readonly leave: () => void; readonly will: Will | null },
  ) {
    this.#broker = broker;
    this.#events = events;
    this.#leave = leave;
    this.will = will;
  }

  async publish(message: Published): Promise<void> {
    await Promise.resolve();
    if (this.#isOver) throw lost('The connection to memory was lost.', 'closed');
    if (this.#broker.refuses(message.topic))
      throw new Rejected(`memory refuses the topic ${message.topic}.`, { broker: 'mqtt', code: 'refused' });
    this.#broker.take(message);
    if (!this.#broker.isMute) return;
    await new Promise<void>((_resolve, reject) => this.#waiting.add(reject));
  }

  async subscribe(topics: readonly string[]): Promise<readonly string[]> {
    await Promise.resolve();
    const refused = topics.filter((topic) => this.#broker.refuses(topic));
    for (const topic of topics) if (!refused.includes(topic)) this.#filters.add(topic);
    const bring = (): void => {
      for (const [topic, text] of this.#broker.retained)
        if (topics.some((filter) => fits(filter, topic))) this.hear(topic, text, true);
    };
    if (this.#broker.isLazy) setImmediate(() => setImmediate(bring));
    else bring();
    return refused;
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.#filters.delete(topic);
    await Promise.resolve();
  }

  async close(): Promise<void> {
    this.#end();
    for (const fail of this.#waiting) fail(lost('closed', 'closed'));
    await Promise.resolve();
  }

  abandon(error: ReturnType<typeof lost>): void {
    if (!this.#end()) return;
    if (this.will !== null) this.#broker.take({ ...this.will, retain: true });
    for (const fail of this.#waiting) fail(error);
    this.#events.ended(error);
  }

  hear(topic: string, text: string, isRetained: boolean): void {
    const isMeant = [...this.#filters].some((filter) => fits(filter, topic));
    if (!this.#isOver && isMeant) this.#events.received({ topic, text, isRetained });
  }

  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#leave();
    return true;
  }
}

function fits(filter: string, topic: string): boolean {
  if (filter.endsWith('/#')) return topic.startsWith(filter.slice(0, -1));
  const [wanted, levels] = [filter.split('/'), topic.split('/')];
  return (
    wanted.length === levels.length && wanted.every((level, at) => level === '+' || level === levels[at])
  );
}
