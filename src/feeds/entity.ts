import type { Privacy } from './leaf.js';
import { slugOf } from './slug.js';
import type { Topics } from './topics.js';

/** An entity as Home Assistant's MQTT discovery takes it. */
export type Component = Readonly<Record<string, unknown>>;

/** key → entity. The key is a part of its unique id, and is never changed. */
export type Components = Readonly<Record<string, Component>>;

export interface Place {
  /** Id of the device. */
  readonly device: string;
  readonly topics: Topics;
  /** Level of the account in the topics. */
  readonly name: string;
  readonly privacy: Privacy;
}

/** What every entity has: a key becomes its unique id, and what it is called in Home Assistant. */
export function entity(
  { device, name }: Pick<Place, 'device' | 'name'>,
  platform: string,
  { id, key, ...more }: Component & { readonly key: string; readonly id?: string },
): Component {
  return {
    p: platform,
    unique_id: `${device}_${key}`,
    default_entity_id: `${platform}.${slugOf(name)}_${id ?? key}`,
    ...more,
  };
}

/** A template; a value that is null becomes unknown. */
export function valueOf(key: string): string {
  return `{{ value_json.${key} }}`;
}
