import type { Node } from 'node-red';
import type { AlertMessage } from '../../alerts/text/message.js';
import type { Sample } from '../../alerts/sample.js';
import { sentenceOf } from '../../errors.js';
import { EMPTY_BOOK } from '../../feeds/book.js';
import { Topics } from '../../feeds/topics.js';
import { Wanted } from '../../feeds/wanted.js';
import type { OpenLink, Received } from '../../mqtt/link.js';
import { Publisher, type Standing } from '../../mqtt/publisher.js';
import type { Chance, Clock, Timer } from '../../ports.js';
import type { KeptFeed } from '../../state/feed.js';
import type { Kept } from '../../state/kept-file.js';
import { latestSave } from '../../state/latest-save.js';
import { said, saidByNode, type Log } from '../said.js';
import { AlertOutbox } from './alert-outbox.js';
import type { MqttFeedConfig } from './config.js';
import { incoming } from './door.js';
import { feedStatus } from './feed-status.js';
import { Neighbours } from './neighbours.js';
import { Upstream, type Readers } from './upstream.js';

/** Two documents of one device within less than this, and Home Assistant may skip the rest of the second. */
const ANNOUNCE_AFTER_MS = 2_000;
/** Ages are told, and what is overdue is looked for, this often. */
const BEAT_MS = 60_000;
/** A feed that was deployed alone was not there when the others spoke. */
const ASK_AFTER_MS = 5_000;
/** Home Assistant says that it is there before it has subscribed to everything; and others answer, too. */
const GREETED_AFTER_MS = { least: 1_000, spread: 9_000 } as const;

const STRANGE =
  'This message is none of account-sync and none of an alert node. Wire their outputs to this node as they are.';
const SINGLE_CHANGES =
  'An account-sync before this node sends single changes: choose “everything each time” there, or what ended before it was told stays on the MQTT broker.';
const FULL =
  'More alerts wait for the MQTT broker than are kept: the oldest of the least severe are given up. Mend the connection to it.';

export interface FeedSurroundings extends Readers {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly open: OpenLink;
  /** For people: `host:1883`. */
  readonly address: string;
  /** Tells this feed apart from others on the same MQTT broker. */
  readonly instance: string;
  /** Absent where a restart is to begin anew. */
  readonly memory?: Kept<KeptFeed>;
}

/** One MQTT feed at work: hears account-sync and alert nodes, and keeps an MQTT broker told. */
export class MqttFeed {
  readonly #node: Node;
  readonly #log: Log;
  readonly #config: MqttFeedConfig;
  readonly #surroundings: FeedSurroundings;
  readonly #topics: Topics;
  readonly #wanted: Wanted;
  readonly #publisher: Publisher;
  readonly #alerts: AlertOutbox;
  readonly #save: () => Promise<void>;
  readonly #upstream: Upstream;
  readonly #neighbours: Neighbours;
  /** What for → the timer that waits for it */
  readonly #timers = new Map<'announce' | 'ask' | 'beat' | 'greet', Timer>();
  /** Sentences that were said, and that are still true. */
  readonly #complaints = new Set<string>();
  #standing: Standing = { kind: 'connecting' };
  /** Whether it was said that single changes are not enough. */
  #isWarned = false;
  #isClosed = false;
  #shown = '';

  constructor(node: Node, config: MqttFeedConfig, surroundings: FeedSurroundings) {
    this.#node = node;
    this.#log = saidByNode(node);
    this.#config = config;
    this.#surroundings = surroundings;
    const { clock, instance, memory } = surroundings;
    const { discoveryPrefix, homeAssistant, privacy, topicPrefix } = config;
    const kept = memory?.load() ?? null;
    this.#topics = new Topics({ prefix: topicPrefix, discoveryPrefix, instance });
    this.#wanted = new Wanted(
      { topics: this.#topics, privacy, homeAssistant, book: kept?.book ?? EMPTY_BOOK },
      clock.now(),
    );
    const latest = (): KeptFeed => ({ book: this.#wanted.book, outbox: this.#alerts.outbox });
    this.#save = memory === undefined ? async () => undefined : latestSave(memory, latest);
    this.#alerts = new AlertOutbox({
      clock,
      outbox: kept?.outbox ?? null,
      save: this.#save,
      warn: this.#log.warn,
    });
    this.#upstream = new Upstream({
      ...surroundings,
      log: this.#log,
      feed: node.id,
      wanted: this.#wanted,
      take: async (message) => await this.take(message),
    });
    this.#publisher = this.#makePublisher();
    this.#neighbours = new Neighbours({
      clock,
      log: this.#log,
      topics: this.#topics,
      wanted: this.#wanted,
      publisher: this.#publisher,
      onMoved: (from, to) => {
        this.#alerts.redirect(from, to);
        this.#offer();
      },
      onRenamed: () => this.#renamed(),
    });
    this.#publish();
    this.#offer();
    this.#later('beat', BEAT_MS, () => this.#beat());
    this.#later('ask', ASK_AFTER_MS, () => this.#upstream.askSilent());
    this.#publisher.start();
  }

  /**
   * Takes a message; resolves when it cannot be lost any more.
   * @throws Error with a sentence when it is nothing that this node understands
   */
  async take(message: unknown): Promise<void> {
    const what = incoming(message, this.#surroundings.clock.now());
    if (what === null) throw new Error(STRANGE);
    if (what.kind === 'sample') this.#hear(what.sample, what.type);
    if (what.kind === 'alert') await this.#tell(what.alert);
  }

  /** Resolves when nothing is left open. `isDeleted` = nothing of this feed is to stay on the MQTT broker. */
  async close(isDeleted: boolean): Promise<void> {
    this.#isClosed = true;
    this.#upstream.close();
    this.#neighbours.close();
    for (const timer of this.#timers.values()) timer.cancel();
    const status = this.#topics.bridge('status');
    const ours = this.#publisher.retained.topics.filter((topic) => this.#wanted.owns(topic));
    const isLast = (topic: string): boolean => topic === status || topic.endsWith('/connection');
    // What says whose they are goes after them, so that another feed does not take over what is still being emptied.
    const others = [
      ...ours.filter((topic) => !isLast(topic)),
      ...ours.filter((topic) => topic !== status && isLast(topic)),
    ];
    await this.#publisher.close(
      isDeleted
        ? [...others, status].map((topic) => ({ topic, text: '' }))
        : [{ topic: status, text: 'offline' }],
    );
    await this.#alerts.onDisk();
  }

  #makePublisher(): Publisher {
    const { chance, clock, open } = this.#surroundings;
    const birth = this.#config.homeAssistant ? [this.#topics.birth] : [];
    return new Publisher({
      open,
      clock,
      chance,
      listen: [this.#topics.bridge('command'), ...this.#topics.claims, ...birth],
      readBack: () => this.#wanted.ownTopics(),
      onReceived: (message) => this.#received(message),
      onStanding: (standing) => this.#stand(standing),
      onDelivered: (topic, text) => this.#delivered(topic, text),
      onAlertDelivered: (number) => {
        this.#alerts.acknowledged(number);
        this.#saveSoon();
        this.#offer();
        this.#show();
      },
      onRefused: ({ message }) => {
        this.#complain(`${message} Allow it in the access rules of the MQTT broker.`);
        this.#show();
      },
      warn: (message) => this.#complain(message),
    });
  }

  #hear(sample: Sample, type: string | null): void {
    const before = this.#wanted.book;
    this.#wanted.hear(sample, type);
    if ('account' in sample) this.#upstream.heard(sample.account.key);
    if (this.#wanted.book !== before) {
      this.#neighbours.renamed(before);
      this.#saveSoon();
      this.#publisher.lookAt();
    }
    if ('complete' in sample && !sample.complete && !this.#isWarned) {
      this.#isWarned = true;
      this.#log.warn(SINGLE_CHANGES);
    }
    this.#publish();
    this.#show();
  }

  async #tell(message: AlertMessage): Promise<void> {
    const event = this.#wanted.alert(message, this.#surroundings.clock.now());
    const { dropped } = this.#alerts.outbox;
    const saved = this.#alerts.add({ ...event, severity: message.alert.severity });
    if (this.#alerts.outbox.dropped > dropped) this.#complain(FULL);
    this.#publish();
    this.#show();
    await saved;
    this.#offer();
  }

  #offer(): void {
    if (!this.#isClosed) this.#publisher.offer(this.#alerts.ready);
  }

  /** Accounts are called otherwise: there are other topics to read back, and to fill. */
  #renamed(): void {
    this.#saveSoon();
    this.#publisher.lookAt();
    this.#publish();
    this.#show();
  }

  #saveSoon(): void {
    this.#save().catch((error: unknown) => this.#log.error(sentenceOf(error)));
  }

  /** Tells the publisher what is to stand on the MQTT broker now. */
  #publish(): void {
    if (this.#isClosed) return;
    if (this.#wanted.isAnnouncementDue && !this.#timers.has('announce'))
      this.#later('announce', ANNOUNCE_AFTER_MS, () => {
        this.#wanted.announce(this.#surroundings.clock.now());
        this.#publish();
      });
    const { retained } = this.#publisher;
    const mayEmpty = this.#wanted.mayEmpty((topic) => retained.isDone(topic));
    const { clock } = this.#surroundings;
    this.#publisher.want(this.#wanted.tree(clock.now(), this.#alerts.outbox.dropped), mayEmpty, (topic) =>
      this.#wanted.endingOf(topic, clock.now()),
    );
  }

  #delivered(topic: string, text: string): void {
    if (text === '') this.#wanted.emptied(topic);
    // What Home Assistant does not look at any more may be emptied now.
    if (this.#publisher.retained.isDone(topic) && this.#wanted.delivered(topic)) this.#publish();
  }

  #received(message: Received): void {
    const { isRetained, text, topic } = message;
    this.#neighbours.received(message);
    if (topic === this.#topics.birth) {
      if (text === 'online' && !isRetained) this.#greet();
    } else if (topic === this.#topics.bridge('command')) {
      // A command that stands there would be obeyed at every start.
      if (!isRetained && text.trim().toLowerCase() === 'refresh') this.#upstream.refresh();
    } else if (isRetained && text !== '') this.#found(topic, text);
  }

  #found(topic: string, text: string): void {
    const whose = this.#wanted.found(topic, text);
    if (whose === 'ours') this.#publisher.found(topic);
    if (whose === 'foreign') this.#publisher.overwritten(topic);
  }

  /** Home Assistant has started: everything is sent again, for it may have missed some. */
  #greet(): void {
    const { least, spread } = GREETED_AFTER_MS;
    const afterMs = least + this.#surroundings.chance() * spread;
    this.#later('greet', afterMs, () => this.#publisher.again());
  }

  #beat(): void {
    this.#later('beat', BEAT_MS, () => this.#beat());
    const { clock } = this.#surroundings;
    for (const { key, label } of this.#upstream.judge()) {
      this.#log.warn(
        `No account-sync tells of the account ${label} any more: its topics are emptied. It comes back when one does.`,
      );
      this.#wanted.forget(key);
      this.#saveSoon();
    }
    this.#neighbours.beat();
    this.#wanted.renew(clock.now());
    this.#publish();
    this.#show();
  }

  #later(what: 'announce' | 'ask' | 'beat' | 'greet', afterMs: number, then: () => void): void {
    this.#timers.get(what)?.cancel();
    const timer = this.#surroundings.clock.after(afterMs, () => {
      this.#timers.delete(what);
      then();
    });
    this.#timers.set(what, timer);
  }

  #stand(standing: Standing): void {
    this.#standing = standing;
    if (standing.kind === 'connected') {
      this.#complaints.clear();
      this.#neighbours.connected();
    }
    if (standing.kind === 'down') {
      this.#neighbours.disconnected();
      this.#complain(standing.error.message);
    }
    this.#show();
  }

  /** One trouble is one error, however often it is met. */
  #complain(sentence: string): void {
    if (this.#isClosed || this.#complaints.has(sentence)) return;
    this.#complaints.add(sentence);
    this.#node.error(said(sentence), {});
  }

  #show(): void {
    if (this.#isClosed) return;
    const { dropped, waiting } = this.#alerts.outbox;
    const status = feedStatus({
      standing: this.#standing,
      address: this.#surroundings.address,
      accounts: this.#wanted.feed.accounts.size,
      refused: this.#publisher.retained.refusals.size,
      displaced: this.#wanted.displaced.length,
      waiting: waiting.length,
      dropped,
    });
    const shown = JSON.stringify(status);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#node.status(status);
  }
}

/** Wires input and close of a node to its work; nothing that a message or an MQTT broker does gets past here. */
export function runMqttFeed(node: Node, feed: MqttFeed, isInFlow: () => boolean): void {
  node.on('input', (message, _send, done) => {
    feed
      .take(message)
      .then(() => done())
      .catch((error: unknown) => done(new Error(said(sentenceOf(error)))))
      // A message that cannot be copied for a Catch node throws there.
      .catch((error: unknown) => node.error(said(sentenceOf(error)), {}));
  });
  node.on('close', (removed: boolean, done: () => void) => {
    feed.close(removed && !isInFlow()).then(done, done);
  });
}
