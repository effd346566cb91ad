import { z } from 'zod';
import { parseJson } from '../../src/secrets/json.js';
import { payloadOf } from './mqtt-ear.js';

/** An entity as Home Assistant makes it of a discovery document. */
export interface HomeAssistantEntity {
  readonly id: string;
  readonly uniqueId: string;
  /** Names of its attributes. */
  readonly attributes: ReadonlySet<string>;
  /** Words that its state may be; null = any text or number. */
  readonly states: ReadonlySet<string> | null;
  /** What its `event_type` may be. */
  readonly eventTypes: ReadonlySet<string>;
}

const Component = z.looseObject({
  p: z.string(),
  unique_id: z.string().optional(),
  default_entity_id: z.string().optional(),
  state_topic: z.string().optional(),
  json_attributes_topic: z.string().optional(),
  options: z.array(z.string()).optional(),
  event_types: z.array(z.string()).optional(),
});
const Document = z.looseObject({ cmps: z.record(z.string(), Component) });

/** Attributes that every entity has, whatever its payload says (homeassistant/const.py, and its documentation). */
const OWN = ['friendly_name', 'icon', 'device_class', 'unit_of_measurement', 'state_class'];
/** Keys of a payload that do not become attributes (components/mqtt/entity.py: MQTT_ATTRIBUTES_BLOCKED, and those of sensor and event). */
const BLOCKED = new Set([
  'assumed_state',
  'available',
  'device_class',
  'device_info',
  'entity_category',
  'entity_picture',
  'event_types',
  'force_update',
  'icon',
  'friendly_name',
  'last_reset',
  'should_poll',
  'state',
  'state_class',
  'supported_features',
  'unique_id',
  'unit_of_measurement',
]);
const ID = /^[a-z_]+\.[a-z0-9_]+$/;
const ALWAYS = ['unavailable', 'unknown'];

/**
 * entity id → entity, of all discovery documents that stand on an MQTT broker, as Home Assistant 2025.10 and later makes
 * them: `default_entity_id` names the entity, attributes are the keys of what stands in its attributes topic, and of an
 * event what it says.
 * @param events topic → an event that was published there
 */
export function entitiesFrom(
  retained: ReadonlyMap<string, string>,
  events: ReadonlyMap<string, string>,
): ReadonlyMap<string, HomeAssistantEntity> {
  const entities = new Map<string, HomeAssistantEntity>();
  for (const [topic, text] of retained) {
    if (!/^homeassistant\/device\/[a-zA-Z0-9_-]+\/config$/.test(topic)) continue;
    for (const [key, component] of Object.entries(Document.parse(parseJson(text)).cmps)) {
      const { default_entity_id: id, p: platform, unique_id: uniqueId } = component;
      // A trigger is no entity, and what has nothing but its platform is taken away.
      if (platform === 'device_automation' || Object.keys(component).length === 1) continue;
      if (uniqueId === undefined || id === undefined) throw new Error(`${topic}: ${key} has no id`);
      if (!ID.test(id) || !id.startsWith(`${platform}.`)) throw new Error(`${id} is no id of a ${platform}`);
      if (entities.has(id)) throw new Error(`two entities are called ${id}: one gets a _2`);
      entities.set(id, entityOf(component, { id, uniqueId, retained, events }));
    }
  }
  return entities;
}

function entityOf(
  component: z.infer<typeof Component>,
  {
    events,
    id,
    retained,
    uniqueId,
  }: {
    readonly id: string;
    readonly uniqueId: string;
    readonly retained: ReadonlyMap<string, string>;
    readonly events: ReadonlyMap<string, string>;
  },
): HomeAssistantEntity {
  const { event_types: eventTypes = [], json_attributes_topic: topic, options, p: platform } = component;
  const told = platform === 'event' ? events.get(component.state_topic ?? '') : retained.get(topic ?? '');
  const keys = told === undefined ? [] : Object.keys(payloadOf(told)).filter((key) => !BLOCKED.has(key));
  const words = platform === 'binary_sensor' ? ['on', 'off'] : (options ?? null);
  return {
    id,
    uniqueId,
    attributes: new Set([...OWN, ...keys]),
    states: words === null ? null : new Set([...words, ...ALWAYS]),
    eventTypes: new Set(eventTypes),
  };
}
