import assert from 'node:assert/strict';
import type { OpenLink } from '../../src/mqtt/link.js';
import { mqttFeedConfig } from '../../src/node-red/mqtt-feed/config.js';
import { MqttFeed } from '../../src/node-red/mqtt-feed/feed-node.js';
import type { Clock } from '../../src/ports.js';
import { decodeFeed, encodeFeed, type KeptFeed } from '../../src/state/feed.js';
import type { Kept } from '../../src/state/kept-file.js';
import { instrument, position } from './builders.js';
import { ACCOUNT, balancesMessage, Desk, positionsMessage } from './feed-desk.js';
import { payloadOf } from './mqtt-ear.js';

/** What an account holds: its value, and its symbols in order. */
export interface Held {
  readonly value: number;
  readonly symbols: readonly string[];
}

export interface InstallationParts {
  /** A hex digit that makes its account keys; two feeds of one installation have the same. */
  readonly salt: string;
  readonly clock: Clock;
  readonly open: OpenLink;
}

/** A Node-RED with a feed and a disk, on an MQTT broker that it shares with others. */
export class FeedInstallation {
  readonly instance: string;
  /** label → what its broker says */
  readonly ledger = new Map<string, Held>();
  /** label → the one that the account had at first */
  readonly formerLabels = new Map<string, string>();
  desk = new Desk();
  readonly #parts: InstallationParts;
  #disk: string | null = null;
  #feed: MqttFeed | null = null;

  constructor(instance: string, parts: InstallationParts) {
    this.instance = instance;
    this.#parts = parts;
  }

  get isRunning(): boolean {
    return this.#feed !== null;
  }

  start(): void {
    if (this.#feed !== null) return;
    const parsed = mqttFeedConfig({});
    assert.ok('config' in parsed);
    const memory: Kept<KeptFeed> = {
      load: () => (this.#disk === null ? null : decodeFeed(this.#disk)),
      save: async (content) => void (this.#disk = encodeFeed(content)),
      remove: async () => void (this.#disk = null),
    };
    const { clock, open } = this.#parts;
    this.desk = new Desk();
    this.#feed = new MqttFeed(this.desk.node, parsed.config, {
      clock,
      chance: () => 0.5,
      open,
      address: 'broker:1883',
      instance: this.instance,
      memory,
      readers: () => [],
      onReaderStopped: () => () => undefined,
      connectionIs: () => 'live',
    });
  }

  async stop(how: 'stopped' | 'deleted' = 'stopped'): Promise<void> {
    const closing = this.#feed?.close(how === 'deleted');
    this.#feed = null;
    await closing;
    if (how === 'deleted') this.#disk = null;
  }

  /** Its broker says everything anew. */
  async tell(): Promise<void> {
    for (const [label, { symbols, value }] of this.ledger) {
      const account = { ...ACCOUNT, label, key: this.keyOf(this.formerLabels.get(label) ?? label) };
      const payload = symbols.map((symbol) =>
        position({
          key: symbol.toLowerCase(),
          instrument: instrument({ key: symbol.toLowerCase(), symbol }),
        }),
      );
      await this.#feed?.take(balancesMessage(value, account));
      await this.#feed?.take({ ...positionsMessage([], account), payload });
    }
  }

  keyOf(label: string): string {
    const digits = Buffer.from(label).toString('hex');
    return `${this.#parts.salt}${digits}`.slice(0, 12).padEnd(12, '0');
  }
}

/** What stands on an MQTT broker: level → which feed says so, and what. */
export function shownIn(retained: ReadonlyMap<string, string>) {
  const levels = new Map<
    string,
    { instances: Set<unknown>; label: unknown; value: unknown; symbols: string[] }
  >();
  for (const [topic, text] of retained) {
    const [, level = '', kind] = topic.split('/');
    if (!topic.startsWith('brokerage/') || level === 'bridge') continue;
    const payload = payloadOf(text);
    const one = levels.get(level) ?? { instances: new Set(), label: null, value: null, symbols: [] };
    levels.set(level, one);
    one.instances.add(payload['instance']);
    if (kind === 'connection') one.label = payload['label'];
    if (kind === 'summary') one.value = payload['net_liquidation'];
    if (kind === 'positions') one.symbols.push(String(payload['symbol']));
  }
  return [...levels].map(([level, { instances, label, symbols, value }]) => ({
    level,
    instances: [...instances].join(),
    label,
    value,
    symbols: symbols.toSorted().join(),
  }));
}
