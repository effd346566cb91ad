import { slugOf } from './slug.js';

export interface TopicSettings {
  /** First levels of all of ours, without a slash at either end. */
  readonly prefix: string;
  /** First levels of Home Assistant's. */
  readonly discoveryPrefix: string;
  /** Tells this feed apart from others on the same MQTT broker. */
  readonly instance: string;
}

/** Kinds of topics below the level of an account that are retained. */
const SINGLE = ['summary', 'connection', 'last_alert'] as const;
const LISTS = ['positions', 'orders'] as const;
export type ListKind = (typeof LISTS)[number];

/** A retained topic of an account. */
export type AccountTopic =
  | { readonly name: string; readonly kind: (typeof SINGLE)[number] }
  | { readonly name: string; readonly kind: ListKind; readonly row: string };

/** The topics of one feed. */
export class Topics {
  readonly #settings: TopicSettings;

  constructor(settings: TopicSettings) {
    this.#settings = settings;
  }

  /** What tells these topics from those of another feed. */
  get of(): string {
    return `${this.#settings.prefix} ${this.#settings.instance}`;
  }

  bridge(leaf: 'status' | 'info' | 'command' | 'alerts' | 'last_alert' | ''): string {
    return `${this.#settings.prefix}/bridge/${this.#settings.instance}/${leaf}`;
  }

  account(name: string, leaf: AccountTopic['kind'] | 'alerts'): string {
    return `${this.#settings.prefix}/${name}/${leaf}`;
  }

  row(name: string, kind: ListKind, row: string): string {
    return `${this.#settings.prefix}/${name}/${kind}/${row}`;
  }

  /** Which of the feeds on the MQTT broker these are of. */
  get instance(): string {
    return this.#settings.instance;
  }

  /** Where all feeds say whether they are there, and which accounts are theirs. */
  get claims(): readonly string[] {
    const { prefix } = this.#settings;
    return [`${prefix}/bridge/+/status`, `${prefix}/+/connection`];
  }

  /** Of a topic in which a feed says whether it is there: which feed; null = it is another topic. */
  feedOf(topic: string): string | null {
    const { prefix } = this.#settings;
    const levels = topic.startsWith(`${prefix}/bridge/`) ? topic.slice(prefix.length + 8).split('/') : [];
    return levels.length === 2 && levels[1] === 'status' ? (levels[0] ?? null) : null;
  }

  /** What all topics of an account begin with. */
  level(name: string): string {
    return `${this.#settings.prefix}/${name}/`;
  }

  /** Everything below the level of an account. */
  allOf(name: string): string {
    return `${this.#settings.prefix}/${name}/#`;
  }

  /** Where Home Assistant says that it has started. */
  get birth(): string {
    return `${this.#settings.discoveryPrefix}/status`;
  }

  /** @param id of a device */
  discovery(id: string): string {
    return `${this.#settings.discoveryPrefix}/device/${id}/config`;
  }

  /** The device whose document stands in a topic; null = it is no topic of a document. */
  deviceIn(topic: string): string | null {
    const beginning = `${this.#settings.discoveryPrefix}/device/`;
    if (!topic.startsWith(beginning)) return null;
    const [device = '', ...rest] = topic.slice(beginning.length).split('/');
    return rest.join('/') === 'config' ? device : null;
  }

  /** What Home Assistant knows an account by, whatever it is called. */
  deviceOf(accountKey: string): string {
    return `${slugOf(this.#settings.prefix)}_${slugOf(accountKey)}`;
  }

  get bridgeDevice(): string {
    return `${slugOf(this.#settings.prefix)}_bridge_${slugOf(this.#settings.instance)}`;
  }

  /** What a topic is for; null = it is none that this feed keeps for an account. */
  parse(topic: string): AccountTopic | null {
    const { prefix } = this.#settings;
    if (!topic.startsWith(`${prefix}/`)) return null;
    const [name = '', kind = '', row, ...more] = topic.slice(prefix.length + 1).split('/');
    if (name === '' || name === 'bridge' || more.length > 0) return null;
    const single = SINGLE.find((one) => one === kind);
    if (single !== undefined) return row === undefined ? { name, kind: single } : null;
    const list = LISTS.find((one) => one === kind);
    return list === undefined || row === undefined || row === '' ? null : { name, kind: list, row };
  }
}
