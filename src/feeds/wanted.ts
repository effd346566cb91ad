import type { Sample } from '../alerts/sample.js';
import type { AlertMessage } from '../alerts/text/message.js';
import { parseJson } from '../secrets/json.js';
import { alertEvent } from './alert-event.js';
import { Announcements } from './announcements.js';
import { namesIn, withAccount, withoutAccount, type Book, type KnownAccount } from './book.js';
import { endingOf } from './ending.js';
import { EMPTY_FEED, heard, nothingOf, type Feed } from './feed.js';
import { leafOf, textOf, type Leaf, type Privacy } from './leaf.js';
import { mayEmpty } from './may-empty.js';
import type { Publication } from './retained.js';
import type { Topics } from './topics.js';
import { accountTree, isGone, type Tree } from './tree.js';

export interface WantedOptions {
  readonly topics: Topics;
  readonly privacy: Privacy;
  readonly homeAssistant: boolean;
  /** What an earlier run has left. */
  readonly book: Book;
}

/** What is to stand on the MQTT broker, from all that was told so far. Times in ms since the epoch. */
export class Wanted {
  readonly #options: WantedOptions;
  readonly #announcements: Announcements;
  #feed: Feed = EMPTY_FEED;
  #book: Book;
  /** account key → what its topics are to hold */
  readonly #trees = new Map<string, Tree>();
  /** topic of a position that is not wanted any more → what stands in it */
  readonly #left = new Map<string, string>();
  /** topic → the alert that stands in it */
  readonly #lastAlerts = new Map<string, Leaf>();

  constructor(options: WantedOptions, at: number) {
    this.#options = options;
    this.#book = options.book;
    this.#announcements = new Announcements(options);
    if (options.homeAssistant) this.#announcements.announceBridge(at);
    this.renew(at);
  }

  /** The accounts whose topics are ours; the same object while they are the same. */
  get book(): Book {
    return this.#book;
  }

  /** What was told since the start. */
  get feed(): Feed {
    return this.#feed;
  }

  /** Takes what account-sync says; `type` is that of the account it is about. */
  hear(sample: Sample, type: string | null): void {
    this.#feed = heard(this.#feed, sample, type);
    if (!('account' in sample)) {
      const { key } = sample.connection;
      const accounts = [...this.#book.accounts.values()].filter(({ account }) => account.connection === key);
      return this.#renew(
        accounts.map(({ account }) => account.key),
        sample.at,
      );
    }
    this.#book = withAccount(this.#book, sample.account, type);
    this.#renew([sample.account.key], sample.at);
  }

  /** Takes an alert: it stays as the last one of its account, and is returned as the event to publish. */
  alert(message: AlertMessage, at: number): Publication {
    const { privacy, topics } = this.#options;
    const { account } = message.alert;
    const name = account === null ? null : (this.#book.accounts.get(account.key)?.name ?? null);
    const event = alertEvent(message, { account: name, privacy });
    const text = textOf(event, at);
    const last = name === null ? topics.bridge('last_alert') : topics.account(name, 'last_alert');
    this.#lastAlerts.set(last, { text, news: text, at, beats: false });
    return { topic: name === null ? topics.bridge('alerts') : topics.account(name, 'alerts'), text };
  }

  /** Time has passed: ages are others. */
  renew(at: number): void {
    this.#renew([...this.#book.accounts.keys()], at);
  }

  /** Accounts of an earlier run that nobody has told of since. */
  get unheard(): readonly KnownAccount[] {
    return [...this.#book.accounts.values()].filter(({ account }) => !this.#feed.accounts.has(account.key));
  }

  /** Whoever told of this account has stopped: what stands there is nobody's word any more, and stays. */
  doubt(key: string, at: number): void {
    const accounts = new Map([...this.#feed.accounts].filter(([other]) => other !== key));
    this.#feed = { ...this.#feed, accounts };
    this.#renew([key], at);
  }

  /** Nobody tells of this account any more. */
  forget(key: string): void {
    this.#trees.delete(key);
    this.#announcements.forget(key);
    this.#book = withoutAccount(this.#book, key);
  }

  /** Whether Home Assistant is to be told of other entities than it knows. */
  get isAnnouncementDue(): boolean {
    return this.#options.homeAssistant && this.#announcements.due(this.#book, this.#feed).length > 0;
  }

  announce(at: number): void {
    const due = this.#announcements.due(this.#book, this.#feed);
    this.#announcements.announce(due, { at, book: this.#book, feed: this.#feed });
  }

  tree(at: number, dropped: number): Tree {
    const { privacy, topics } = this.#options;
    const info = { topic_version: 1, accounts: this.#book.accounts.size, privacy, alerts_dropped: dropped };
    return new Map([
      [topics.bridge('status'), { text: 'online', news: 'online', at, beats: false }],
      [topics.bridge('info'), leafOf(info, { at, privacy: 'amounts' })],
      ...this.#announcements.tree(),
      ...[...this.#trees.values()].flatMap((tree) => [...tree]),
      ...this.#lastAlerts,
    ]);
  }

  /** Of a topic that is not in the tree: whether what it holds has ended. `isDone` = it holds what it is to hold. */
  mayEmpty(isDone: (topic: string) => boolean): (topic: string) => boolean {
    const { homeAssistant, privacy, topics } = this.#options;
    const due = new Set(homeAssistant ? this.#announcements.due(this.#book, this.#feed) : []);
    const isAnnounced = (key: string): boolean =>
      this.#announcements.has(key) && !due.has(key) && isDone(topics.discovery(topics.deviceOf(key)));
    const { feed: told } = this;
    return (topic) =>
      mayEmpty(topic, { topics, book: this.#book, feed: told, homeAssistant, privacy, isAnnounced });
  }

  /** What the topic of a position says before it is emptied; null = nothing is known to have ended there. */
  endingOf(topic: string, at: number): string | null {
    const { privacy, topics } = this.#options;
    const text = this.#left.get(topic);
    const name = topics.parse(topic)?.name;
    const owner = [...this.#book.accounts.values()].find((known) => known.name === name)?.account;
    const told = owner === undefined ? undefined : this.#feed.accounts.get(owner.key);
    if (text === undefined || told === undefined || !isGone(told, 'positions')) return null;
    return endingOf(text, { at, privacy });
  }

  /** Where something of ours may stand from before: filters to subscribe to. */
  ownTopics(): readonly string[] {
    const { topics } = this.#options;
    const names = [...[...this.#book.accounts.values()].map(({ name }) => name), ...this.#book.retired];
    return [
      topics.bridge('last_alert'),
      ...names.map((name) => topics.allOf(name)),
      ...this.#devices().map((device) => topics.discovery(device)),
    ];
  }

  /** Something stands in this topic. Returns whether it is one of ours. */
  found(topic: string, text: string): boolean {
    const { topics } = this.#options;
    const device = this.#devices().find((one) => topics.discovery(one) === topic);
    if (device !== undefined) this.#announcements.found(device, parseJson(text));
    if (this.#isOfPosition(topic) && !this.#isWanted(topic)) this.#left.set(topic, text);
    return device !== undefined || topic === topics.bridge('last_alert') || topics.parse(topic) !== null;
  }

  /** The topic holds what it is to hold. Returns whether something else may be emptied because of that. */
  delivered(topic: string): boolean {
    this.#left.delete(topic);
    return this.#announcements.delivered(topic);
  }

  #devices(): readonly string[] {
    const { topics } = this.#options;
    return [...[...this.#book.accounts.keys()].map((key) => topics.deviceOf(key)), topics.bridgeDevice];
  }

  #renew(keys: readonly string[], at: number): void {
    const { privacy, topics } = this.#options;
    const names = namesIn(this.#book);
    for (const key of keys) {
      const known = this.#book.accounts.get(key);
      if (known === undefined) continue;
      const told = this.#feed.accounts.get(key) ?? nothingOf(known.account);
      const [before, tree] = [
        this.#trees.get(key),
        accountTree(told, this.#feed, { topics, names, privacy, at }),
      ];
      this.#trees.set(key, tree);
      for (const topic of this.#left.keys()) if (tree.has(topic)) this.#left.delete(topic);
      for (const [topic, { text }] of before ?? [])
        if (!tree.has(topic) && this.#isOfPosition(topic)) this.#left.set(topic, text);
    }
  }

  #isOfPosition(topic: string): boolean {
    return this.#options.topics.parse(topic)?.kind === 'positions';
  }

  #isWanted(topic: string): boolean {
    return [...this.#trees.values()].some((tree) => tree.has(topic));
  }
}
