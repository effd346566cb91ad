import { bridgeComponents } from './alert-components.js';
import type { Book } from './book.js';
import { accountComponents, positionComponents } from './components.js';
import {
  accountDevice,
  bridgeDevice,
  documentAfter,
  offersIn,
  type Document,
  type Offered,
} from './discovery.js';
import type { AccountFeed, Feed } from './feed.js';
import type { Leaf, Privacy } from './leaf.js';
import type { Topics } from './topics.js';
import { positionNames } from './tree.js';

export interface AnnouncementOptions {
  readonly topics: Topics;
  readonly privacy: Privacy;
}

/** What Home Assistant is told of our devices, and what it may have been told before. */
export class Announcements {
  readonly #options: AnnouncementOptions;
  /** device → its document */
  readonly #documents = new Map<string, Document>();
  /** device → what was ever offered and not taken back for sure */
  readonly #offered = new Map<string, Offered>();
  /** device → what its document was made of */
  readonly #made = new Map<string, string>();

  constructor(options: AnnouncementOptions) {
    this.#options = options;
  }

  /** topic → document, as they are to stand there */
  tree(): ReadonlyMap<string, Leaf> {
    const { topics } = this.#options;
    return new Map([...this.#documents].map(([device, { leaf }]) => [topics.discovery(device), leaf]));
  }

  /** The accounts whose entities are others than in their documents; one is worth telling once its positions are known. */
  due(book: Book, feed: Feed): readonly string[] {
    return [...feed.accounts.values()].flatMap((account) => {
      const { key } = account.account;
      const isDue = account.positions !== null && this.#made.get(key) !== partsOf(account, book);
      return isDue ? [key] : [];
    });
  }

  /** Makes the documents of these accounts anew. */
  announce(
    keys: readonly string[],
    { at, book, feed }: { readonly at: number; readonly book: Book; readonly feed: Feed },
  ): void {
    const { privacy, topics } = this.#options;
    for (const key of keys) {
      const account = feed.accounts.get(key);
      const known = book.accounts.get(key);
      if (account === undefined || known === undefined) continue;
      const id = topics.deviceOf(key);
      const place = { device: id, topics, name: known.name, privacy };
      const components = { ...accountComponents(account, place), ...positionComponents(account, place) };
      const device = accountDevice(known.account, { id, type: known.type });
      this.#put(id, { device, components, at });
      this.#made.set(key, partsOf(account, book));
    }
  }

  /** The device of the feed itself. */
  announceBridge(at: number): void {
    const { privacy, topics } = this.#options;
    const id = topics.bridgeDevice;
    const components = bridgeComponents({ device: id, topics, name: 'brokerage', privacy });
    this.#put(id, { device: bridgeDevice(id, topics.instance), components, at });
  }

  /** Whether the account has a document. */
  has(key: string): boolean {
    return this.#documents.has(this.#options.topics.deviceOf(key));
  }

  forget(key: string): void {
    this.#documents.delete(this.#options.topics.deviceOf(key));
    this.#made.delete(key);
  }

  /** The MQTT broker has a document of ours from before. */
  found(device: string, document: unknown): void {
    this.#offered.set(device, new Map([...offersIn(document), ...(this.#offered.get(device) ?? [])]));
  }

  /** The MQTT broker has the document that stands in this topic. Returns whether it is one of these. */
  delivered(topic: string): boolean {
    const { topics } = this.#options;
    for (const [device, { offers }] of this.#documents) {
      if (topics.discovery(device) !== topic) continue;
      this.#offered.set(device, offers);
      return true;
    }
    return false;
  }

  #put(
    device: string,
    parts: Pick<Parameters<typeof documentAfter>[1], 'device' | 'components' | 'at'>,
  ): void {
    const { topics } = this.#options;
    const last = this.#documents.get(device) ?? null;
    const offered = this.#offered.get(device) ?? new Map<string, string>();
    const document = documentAfter(last, { ...parts, offered, topics });
    this.#documents.set(device, document);
    this.#offered.set(device, new Map([...offered, ...document.offers]));
  }
}

/** What the entities of an account depend on. */
function partsOf(account: AccountFeed, book: Book): string {
  const known = book.accounts.get(account.account.key);
  return JSON.stringify([known?.account, known?.type, known?.name, [...positionNames(account)]]);
}
