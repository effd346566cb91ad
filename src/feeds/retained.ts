import type { Leaf } from './leaf.js';
import type { Tree } from './tree.js';

/** What is to go out; '' empties the topic. */
export interface Publication {
  readonly topic: string;
  readonly text: string;
}

/** Before a topic is emptied, and not retained, this is said there; null = nothing. */
export interface Owed extends Publication {
  readonly ending: string | null;
}

const UNSAID = (): null => null;

/** What the MQTT broker has of ours; null = something, and nobody knows what. */
type There = Pick<Leaf, 'news' | 'at'> | null;

const CLAIM = '/connection';
/** What beats is sent again after so long. */
const BEAT_MS = 60_000;

/**
 * The retained topics of one feed: what they are to hold, what they hold, and what has therefore to be sent. Only the
 * newest value of a topic waits; what is the same is not sent again, until the connection is another one.
 */
export class Retained {
  #wanted: Tree = new Map();
  #mayEmpty: (topic: string) => boolean = () => false;
  #endingOf: (topic: string) => string | null = UNSAID;
  readonly #there = new Map<string, There>();
  /** topic → what is on its way; null = it is being emptied */
  readonly #sending = new Map<string, Leaf | null>();
  readonly #refused = new Set<string>();
  #due = new Set<string>();

  /**
   * From now on the topics are to hold this; `mayEmpty` says of one that is not among them whether it is gone, `endingOf`
   * what is to be said there before.
   */
  want(
    tree: Tree,
    mayEmpty: (topic: string) => boolean,
    endingOf: (topic: string) => string | null = UNSAID,
  ): void {
    this.#wanted = tree;
    this.#mayEmpty = mayEmpty;
    this.#endingOf = endingOf;
    this.#lookAtAll();
  }

  /** Another connection: what the broker still has is not known, and everything is sent again. */
  again(): void {
    for (const topic of this.#there.keys()) this.#there.set(topic, null);
    this.#lookAtAll();
  }

  /** What was on its way is lost with its connection, and what was refused may be tried again. */
  interrupted(): void {
    for (const topic of this.#sending.keys()) this.#there.set(topic, null);
    this.#sending.clear();
    this.retryRefused();
  }

  /** The MQTT broker holds something there. */
  found(topic: string): void {
    if (!this.#there.has(topic)) this.#there.set(topic, null);
    this.#look(topic);
  }

  /** Somebody else has written there what is not to stand there. */
  overwritten(topic: string): void {
    this.#there.set(topic, null);
    this.#look(topic);
  }

  /** What stands in the topics that begin so is not known, and none of our business as long as nothing is to stand there. */
  forget(beginning: string): void {
    for (const topic of this.topics) {
      if (!topic.startsWith(beginning)) continue;
      this.#there.delete(topic);
      this.#sending.delete(topic);
      this.#look(topic);
    }
  }

  /** The next topic to send; it is on its way from then on. null = nothing is due that is not on its way. */
  next(): Owed | null {
    for (const topic of this.#due) {
      if (this.#sending.has(topic)) continue;
      const leaf = this.#wanted.get(topic) ?? null;
      if (leaf === null && this.#hasToWait(topic)) continue;
      this.#due.delete(topic);
      this.#sending.set(topic, leaf);
      return leaf === null
        ? { topic, text: '', ending: this.#endingOf(topic) }
        : { topic, text: leaf.text, ending: null };
    }
    return null;
  }

  delivered(topic: string): void {
    const sent = this.#sending.get(topic);
    if (sent === undefined) return;
    this.#sending.delete(topic);
    if (sent === null) this.#there.delete(topic);
    else this.#there.set(topic, { news: sent.news, at: sent.at });
    this.#look(topic);
  }

  /** It stays as it is until it is tried again. */
  refused(topic: string): void {
    this.#sending.delete(topic);
    this.#refused.add(topic);
    this.#due.delete(topic);
  }

  retryRefused(): void {
    this.#refused.clear();
    this.#lookAtAll();
  }

  /** Whether the topic holds what it is to hold, as far as the MQTT broker lets us. */
  isDone(topic: string): boolean {
    return this.#refused.has(topic) || (!this.#sending.has(topic) && !this.#isOwed(topic));
  }

  /** Every topic that holds something of ours, or may. */
  get topics(): readonly string[] {
    return [...new Set([...this.#there.keys(), ...this.#sending.keys()])];
  }

  /** Whether everything does. */
  get isSettled(): boolean {
    return this.#due.size === 0 && this.#sending.size === 0;
  }

  get refusals(): ReadonlySet<string> {
    return this.#refused;
  }

  #lookAtAll(): void {
    const topics = [
      ...this.#wanted.keys(),
      ...[...this.#there.keys()].filter((topic) => !this.#wanted.has(topic)),
    ];
    this.#due = new Set(topics.filter((topic) => this.#isDue(topic)));
  }

  #look(topic: string): void {
    if (this.#isDue(topic)) this.#due.add(topic);
    else this.#due.delete(topic);
  }

  /** What says whose the topics of an account are is emptied after them: another feed may take the name over then. */
  #hasToWait(topic: string): boolean {
    if (!topic.endsWith(CLAIM)) return false;
    const level = topic.slice(0, -CLAIM.length + 1);
    const isBelow = (other: string): boolean => other !== topic && other.startsWith(level);
    return [...this.#due, ...this.#sending.keys()].some(isBelow);
  }

  #isDue(topic: string): boolean {
    return !this.#refused.has(topic) && this.#isOwed(topic);
  }

  /** What is on its way counts as there. */
  #isOwed(topic: string): boolean {
    const leaf = this.#wanted.get(topic);
    const sending = this.#sending.get(topic);
    const there = sending === undefined ? this.#there.get(topic) : (sending ?? undefined);
    if (leaf === undefined) return there !== undefined && this.#mayEmpty(topic);
    if (there === undefined || there === null || there.news !== leaf.news) return true;
    return leaf.beats && leaf.at - there.at >= BEAT_MS;
  }
}
