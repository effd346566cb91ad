import { z } from 'zod';
import type { Component, Components } from './entity.js';
import type { Leaf } from './leaf.js';
import type { Topics } from './topics.js';

const PRODUCT = 'Brokerage for Node-RED';
const URL_OF_PRODUCT = 'https://github.com/tradinghelper/node-red-brokerage';
const MAKERS: Readonly<Record<string, string>> = { ibkr: 'Interactive Brokers', schwab: 'Charles Schwab' };

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly maker: string;
  readonly model: string;
  /** Tells it apart from others of the same name. */
  readonly serial: string | null;
}

/** key → platform, of entities that Home Assistant may know. */
export type Offered = ReadonlyMap<string, string>;

/** A device with all its entities, as it is to stand in its retained topic. */
export interface Document {
  readonly leaf: Leaf;
  /** Its entities; what it takes away is not among them. */
  readonly offers: Offered;
  /** What it takes away. */
  readonly gone: ReadonlySet<string>;
  /** Everything but what it takes away. */
  readonly rest: string;
}

export interface DocumentParts {
  readonly device: Device;
  readonly components: Components;
  /** What earlier documents may have offered. */
  readonly offered: Offered;
  readonly topics: Topics;
  readonly at: number;
}

/**
 * The document for these entities; the last one where it says the same. Home Assistant keeps an entity that is left out of
 * a newer document; one that is named with nothing but its platform goes. Once that has been sent it need not be repeated.
 */
export function documentAfter(last: Document | null, parts: DocumentParts): Document {
  const { at, components, device, offered, topics } = parts;
  const gone = [...offered].filter(([key]) => !Object.hasOwn(components, key));
  const head = {
    dev: {
      ids: [device.id],
      name: device.name,
      mf: device.maker,
      mdl: device.model,
      ...(device.serial === null ? {} : { sn: device.serial }),
    },
    o: { name: PRODUCT, url: URL_OF_PRODUCT },
    availability: [{ topic: topics.bridge('status') }],
    qos: 1,
  };
  const rest = JSON.stringify({ ...head, cmps: components });
  if (last?.rest === rest && gone.every(([key]) => last.gone.has(key))) return last;
  const tombstones = Object.fromEntries(gone.map(([key, p]): [string, Component] => [key, { p }]));
  const text = JSON.stringify({ ...head, cmps: { ...tombstones, ...components } });
  const offers = new Map(Object.entries(components).map(([key, one]) => [key, String(one['p'])]));
  return {
    leaf: { text, news: text, at, beats: false },
    offers,
    gone: new Set(gone.map(([key]) => key)),
    rest,
  };
}

const Found = z.object({ cmps: z.record(z.string(), z.record(z.string(), z.unknown())) });
const Platform = z.string().regex(/^[a-z_]{1,40}$/);
const MOST_ENTITIES = 20_000;

/** What a document that stands on the MQTT broker offers; nothing when it is none of ours. */
export function offersIn(document: unknown): Offered {
  const { cmps = {} } = Found.safeParse(document).data ?? {};
  const entries = Object.entries(cmps).slice(0, MOST_ENTITIES);
  return new Map(
    entries.flatMap(([key, { p, ...more }]): [string, string][] => {
      const platform = Platform.safeParse(p).data;
      return platform === undefined || Object.keys(more).length === 0 ? [] : [[key, platform]];
    }),
  );
}

/** How an account stands in Home Assistant's list of devices; `type` is the broker's own word. */
export function accountDevice(
  account: { readonly broker: string; readonly label: string },
  { id, type }: { readonly id: string; readonly type: string | null },
): Device {
  const maker = MAKERS[account.broker] ?? account.broker;
  const model = type === null ? 'Account' : `${type.slice(0, 1).toUpperCase()}${type.slice(1)} account`;
  return {
    id,
    name: account.label.startsWith('…') ? `${maker} ${account.label}` : account.label,
    maker,
    model,
    serial: null,
  };
}

export function bridgeDevice(id: string, instance: string): Device {
  return { id, name: PRODUCT, maker: 'TradingHelper', model: 'Node-RED', serial: instance };
}
