import type { Sample, SampledAccount } from '../alerts/sample.js';
import type { AlertMessage } from '../alerts/text/message.js';
import { parseJson } from '../secrets/json.js';
import { Announcements } from './announcements.js';
import {
  claimed,
  withAccount,
  withoutAccount,
  withPlainNames,
  type Book,
  type KnownAccount,
} from './book.js';
import { Claims, writerOf } from './claims.js';
import { endingOf } from './ending.js';
import { EMPTY_FEED, heard, nothingOf, type Feed } from './feed.js';
import { LastAlerts } from './last-alerts.js';
import { leafOf, type Privacy } from './leaf.js';
import { mayEmpty } from './may-empty.js';
import { plainName } from './names.js';
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

/** An account whose plain name another living feed has. */
export interface Displaced {
  readonly label: string;
  readonly name: string;
  readonly plain: string;
  /** The other feed. */
  readonly instance: string;
}

/** What is to stand on the MQTT broker, from all that was told so far. Times in ms since the epoch. */
export class Wanted {
  readonly #options: WantedOptions;
  readonly #announcements: Announcements;
  /** Of other feeds; none while there is no connection. */
  readonly #claims: Claims;
  #isConnected = false;
  #feed: Feed = EMPTY_FEED;
  #book: Book;
  /** account key → what its topics are to hold */
  readonly #trees = new Map<string, Tree>();
  readonly #lastAlerts: LastAlerts;
  /** topic of a position that is not wanted any more → what stands in it */
  readonly #left = new Map<string, string>();

  constructor(options: WantedOptions, at: number) {
    this.#options = options;
    this.#book = options.book;
    this.#announcements = new Announcements(options);
    this.#claims = new Claims(options.topics.instance);
    const nameOf = (key: string): string | null => this.#book.accounts.get(key)?.name ?? null;
    this.#lastAlerts = new LastAlerts({ ...options, nameOf });
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
    this.#name(sample.account, type);
    if (this.#isConnected) this.#book = claimed(this.#book, sample.at);
    this.#renew([sample.account.key], sample.at);
  }

  /** The MQTT broker has said who has which names: what nobody else has is ours from now on. */
  connected(at: number): void {
    this.#isConnected = true;
    this.#settle(at);
  }

  disconnected(): void {
    this.#isConnected = false;
    this.#claims.clear();
  }

  /**
   * Takes what a feed says of itself. Returns the topic in which it has said that something is its own which is ours, and
   * null otherwise; accounts may have other names after it.
   */
  claim(topic: string, text: string, { at, isNew }: { readonly at: number; readonly isNew: boolean }) {
    const { topics } = this.#options;
    const feed = topics.feedOf(topic);
    const parsed = topics.parse(topic);
    const isHeld = parsed !== null && this.#isOurs(parsed.name);
    const isNews =
      feed === null
        ? parsed?.kind === 'connection' && this.#claims.heard(parsed.name, text, { isHeld, isNew })
        : this.#claims.isThere(feed, text);
    if (!isNews || !this.#isConnected) return null;
    this.#settle(at);
    const isContested = parsed !== null && this.#isOurs(parsed.name) && this.#claims.has(parsed.name);
    return isContested ? topic : null;
  }

  /** Names come back that another feed has had. */
  reclaim(at: number): void {
    if (!this.#isConnected) return;
    this.#book = withPlainNames(this.#book, (name, since) => this.#claims.isFree(name, since));
    this.#settle(at);
  }

  /** Accounts that would have another name if another living feed did not have it. */
  get displaced(): readonly Displaced[] {
    return [...this.#book.accounts.values()].flatMap(({ account: { label }, name }) => {
      const plain = plainName(label);
      const rival = name === plain ? null : this.#claims.rival(plain, null);
      return rival === null ? [] : [{ label, name, plain, instance: rival.instance }];
    });
  }

  /** Takes an alert: it stays as the last one of its account, and is returned as the event to publish. */
  alert(message: AlertMessage, at: number): Publication {
    return this.#lastAlerts.take(message, at);
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
    this.#lastAlerts.forget(key);
    this.#announcements.forget(key);
    this.#book = withoutAccount(this.#book, key);
  }

  /** Whether Home Assistant is to be told of other entities than it knows. */
  get isAnnouncementDue(): boolean {
    return this.#due().length > 0;
  }

  announce(at: number): void {
    this.#announcements.announce(this.#due(), { at, book: this.#book, feed: this.#feed });
  }

  tree(at: number, dropped: number): Tree {
    const { privacy, topics } = this.#options;
    const info = {
      topic_version: 1,
      accounts: this.#book.accounts.size,
      privacy,
      alerts_dropped: dropped,
      names_taken: this.displaced.length,
    };
    return new Map([
      [topics.bridge('status'), { text: 'online', news: 'online', at, beats: false }],
      [topics.bridge('info'), leafOf(info, { at, privacy: 'amounts' })],
      ...this.#announcements.tree(),
      ...[...this.#trees.values()].flatMap((tree) => [...tree]),
      ...this.#lastAlerts.leaves(),
    ]);
  }

  /** Of a topic that is not in the tree: whether what it holds has ended. `isDone` = it holds what it is to hold. */
  mayEmpty(isDone: (topic: string) => boolean): (topic: string) => boolean {
    const { homeAssistant, privacy, topics } = this.#options;
    const due = new Set(this.#due());
    const isAnnounced = (key: string): boolean =>
      this.#announcements.has(key) && !due.has(key) && isDone(topics.discovery(topics.deviceOf(key)));
    const [book, claims, feed] = [this.#book, this.#claims, this.#feed];
    return (topic) => mayEmpty(topic, { topics, book, claims, feed, homeAssistant, privacy, isAnnounced });
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

  /** Something stands in this topic. `ours` = we have put it there, or may clear it away; `foreign` = another feed has put it in a topic of ours. */
  found(topic: string, text: string): 'ours' | 'foreign' | null {
    const { topics } = this.#options;
    if (!this.owns(topic)) return null;
    const device = this.#devices().find((one) => topics.discovery(one) === topic);
    if (device !== undefined) this.#announcements.found(device, parseJson(text));
    const parsed = topics.parse(topic);
    const isForeign = parsed !== null && (writerOf(text) ?? topics.instance) !== topics.instance;
    if (!isForeign && this.#isOfPosition(topic) && !this.#isWanted(topic)) this.#left.set(topic, text);
    if (!isForeign) return 'ours';
    // Where a name of ours was, another feed may have one of its own by now.
    return this.#isOurs(parsed.name) ? 'foreign' : null;
  }

  /** Whether a topic is ours, so that it may be emptied with us. */
  owns(topic: string): boolean {
    const { topics } = this.#options;
    const parsed = topics.parse(topic);
    if (parsed !== null)
      return (
        this.#isOurs(parsed.name) ||
        (this.#book.retired.includes(parsed.name) && !this.#claims.has(parsed.name))
      );
    const device = topics.deviceIn(topic);
    if (device === null) return topic.startsWith(topics.bridge(''));
    const known = [...this.#book.accounts.values()].find(
      ({ account: { key } }) => topics.deviceOf(key) === device,
    );
    return !this.#claims.hasDevice(device, known?.since ?? null);
  }

  /** Nothing stands in this topic any more. */
  emptied(topic: string): void {
    this.#left.delete(topic);
  }

  /** The topic holds what it is to hold. Returns whether something else may be emptied because of that. */
  delivered(topic: string): boolean {
    return this.#announcements.delivered(topic);
  }

  #devices(): readonly string[] {
    const { topics } = this.#options;
    return [...[...this.#book.accounts.keys()].map((key) => topics.deviceOf(key)), topics.bridgeDevice];
  }

  #isOurs(name: string): boolean {
    return [...this.#book.accounts.values()].some((known) => known.name === name);
  }

  /** Accounts of which Home Assistant is to be told anew, and by us. */
  #due(): readonly string[] {
    if (!this.#options.homeAssistant) return [];
    return this.#announcements.due(this.#book, this.#feed).filter((key) => !this.#isOthersDevice(key));
  }

  /** Whether another feed of this installation tells Home Assistant of the account. */
  #isOthersDevice(key: string): boolean {
    const since = this.#book.accounts.get(key)?.since ?? null;
    return this.#claims.hasDevice(this.#options.topics.deviceOf(key), since);
  }

  #name(account: SampledAccount, type: string | null): void {
    const known = this.#book.accounts.get(account.key);
    const isTaken = (name: string): boolean =>
      this.#claims.rival(name, name === known?.name ? known.since : null) !== null;
    this.#book = withAccount(this.#book, account, { type, isTaken });
  }

  /** Gives away what is another feed's, and takes what is nobody's. */
  #settle(at: number): void {
    const before = this.#book;
    for (const { account, type } of before.accounts.values()) this.#name(account, type);
    this.#book = claimed(this.#book, at);
    for (const key of this.#book.accounts.keys())
      if (this.#isOthersDevice(key)) this.#announcements.forget(key);
    if (this.#book !== before) this.renew(at);
  }

  #renew(keys: readonly string[], at: number): void {
    const { privacy, topics } = this.#options;
    for (const key of keys) {
      const known = this.#book.accounts.get(key);
      if (known === undefined) continue;
      const told = this.#feed.accounts.get(key) ?? nothingOf(known.account);
      const [before, tree] = [
        this.#trees.get(key),
        accountTree(told, this.#feed, { topics, known, privacy, at }),
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
