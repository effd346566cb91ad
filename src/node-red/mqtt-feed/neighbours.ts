import { movesBetween, type Book } from '../../feeds/book.js';
import type { Topics } from '../../feeds/topics.js';
import type { Wanted } from '../../feeds/wanted.js';
import type { Received } from '../../mqtt/link.js';
import type { Publisher } from '../../mqtt/publisher.js';
import type { Clock, Timer } from '../../ports.js';
import type { Log } from '../said.js';

export interface NeighbourOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly topics: Topics;
  readonly wanted: Wanted;
  readonly publisher: Publisher;
  /** What an account has had below one level of the topics goes below another. */
  readonly onMoved: (from: string, to: string) => void;
  /** Some accounts have other names, or are ours for good. */
  readonly onRenamed: () => void;
}

/** Who has to give way hears of it, and stops, before what he has left is cleared away. */
const CLEAN_AFTER_MS = 5_000;

/** Other feeds on the same MQTT broker: which names of accounts are theirs, which ours, and who is told. */
export class Neighbours {
  readonly #options: NeighbourOptions;
  /** What was said, so that it is said once. */
  readonly #said = new Set<string>();
  #cleaning: Timer | null = null;
  #isClosed = false;

  constructor(options: NeighbourOptions) {
    this.#options = options;
  }

  /** There is a connection, and it has told what stands there. */
  connected(): void {
    this.#renaming(() => this.#options.wanted.connected(this.#options.clock.now()));
  }

  disconnected(): void {
    this.#cleaning?.cancel();
    this.#options.wanted.disconnected();
  }

  received({ isRetained, text, topic }: Received): void {
    if (this.#isClosed) return;
    const { clock, publisher, wanted } = this.#options;
    this.#renaming(() => {
      const contested = wanted.claim(topic, text, { at: clock.now(), isNew: !isRetained });
      if (contested === null) return;
      // Ours stands there again at once: the other one hears it, and gives way.
      publisher.overwritten(contested);
      this.#cleaning?.cancel();
      this.#cleaning = clock.after(CLEAN_AFTER_MS, () => publisher.lookAt());
    });
  }

  /** Time has passed: names that others had may be free. */
  beat(): void {
    this.#renaming(() => this.#options.wanted.reclaim(this.#options.clock.now()));
  }

  /** Compares the names with those before; said once for each account. */
  renamed(before: Book): void {
    const { log, onMoved, publisher, topics, wanted } = this.#options;
    for (const { from, isLost, label, to } of movesBetween(before, wanted.book)) {
      onMoved(topics.level(from), topics.level(to));
      if (isLost) publisher.forget(topics.level(from));
      if (from.startsWith(`${to}-`))
        log.info(`${topics.level(to)} is free: the account ${label} moves there from ${topics.level(from)}`);
    }
    this.#tell();
  }

  close(): void {
    this.#isClosed = true;
    this.#cleaning?.cancel();
  }

  #tell(): void {
    const { log, topics, wanted } = this.#options;
    for (const { instance, label, name, plain } of wanted.displaced) {
      const sentence = `Another Node-RED or mqtt feed (${instance}) publishes an account at ${topics.level(plain)}, so ${label} goes to ${topics.level(name)}. If that is the same account, it counts twice: take it out of one of the two. Otherwise give one of them another label.`;
      if (this.#said.has(sentence)) continue;
      this.#said.add(sentence);
      log.warn(sentence);
    }
  }

  #renaming(act: () => void): void {
    const { onRenamed, wanted } = this.#options;
    const before = wanted.book;
    act();
    if (wanted.book === before) return this.#tell();
    this.renamed(before);
    onRenamed();
  }
}
