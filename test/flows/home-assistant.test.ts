import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { z } from 'zod';
import { startMqttBroker } from '../../demo/mqtt-broker.js';
import { createMarket, startTwsSimulator } from '../../simulators/index.js';
import { testMessage } from '../../src/node-red/alert/test-message.js';
import { T0 } from '../support/builders.js';
import { eventually, hastyClock } from '../support/clocks.js';
import { CORE_MQTT } from '../support/core-mqtt.js';
import { exampleFlow, RICH } from '../support/example-flow.js';
import { entitiesFrom, type HomeAssistantEntity } from '../support/home-assistant.js';
import { listenTo, payloadOf } from '../support/mqtt-ear.js';
import { helper, nodesWith, startRuntime, stopRuntime } from '../support/nodes.js';

const FOLDER = new URL('../../../examples/home-assistant/', import.meta.url);
const FILES = ['dashboard.yaml', 'automations.yaml', 'blueprints/alert.yaml', 'README.md'];
const YAML = FILES.filter((file) => file.endsWith('.yaml'));
const read = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');
const ACCOUNT = 'ibkr_main';
/** Domains of entities, and what looks like an entity of one and is an action. */
const ENTITY =
  /\b(?:sensor|binary_sensor|event|button|number|select|switch|update|input_\w+|device_tracker)\.[a-z0-9_]+/g;
const ACTIONS = ['button.press'];
const BUILT_IN = [
  'entity',
  'gauge',
  'grid',
  'heading',
  'history-graph',
  'logbook',
  'markdown',
  'sections',
  'statistics-graph',
  'tile',
];

/** A file as Home Assistant reads it; what a blueprint asks its user for stays a word. */
function yaml(file: string): unknown {
  return load(read(file).replaceAll(/!input (\w+)/g, "'!input $1'"));
}

type Mapping = Readonly<Record<string, unknown>>;

/** Every mapping in a value, however deep. */
function mappingsIn(value: unknown): readonly Mapping[] {
  if (Array.isArray(value)) return value.flatMap(mappingsIn);
  if (typeof value !== 'object' || value === null) return [];
  const mapping = Object.fromEntries(Object.entries(value));
  return [mapping, ...Object.values(mapping).flatMap(mappingsIn)];
}

/** The words of a value that may be one, or a list of them. */
function wordsIn(value: unknown): readonly string[] {
  return [value].flat().flatMap((one) => (typeof one === 'string' ? [one] : []));
}

/** Entities that a card, a trigger, a condition or a target is about. */
function entitiesOf({ entities, entity, entity_id: id }: Mapping): readonly string[] {
  return [...wordsIn(entity), ...wordsIn(id), ...wordsIn(entities)].filter((word) => !word.startsWith('!'));
}

describe('the example for Home Assistant', () => {
  let entities: ReadonlyMap<string, HomeAssistantEntity> = new Map();
  let held = 0;
  const find = (id: string, file: string): HomeAssistantEntity =>
    entities.get(id) ?? assert.fail(`${file}: no feed makes ${id}; there are ${[...entities.keys()].join()}`);

  before(async () => {
    await startRuntime();
    const market = createMarket({ seed: 5, accounts: 1 });
    const [number = ''] = market.accounts;
    held = market.positions(number).length;
    const gateway = await startTwsSimulator({ market });
    const broker = await startMqttBroker(0);
    const ear = await listenTo(`mqtt://127.0.0.1:${broker.port}`);
    const changes: Readonly<Record<string, object>> = {
      'ibkr-config': { port: String(gateway.port) },
      'account-sync': { labels: { [number]: 'IBKR main' }, coalesceMs: '20' },
      'account-alert': { rules: [RICH] },
      'mqtt-broker': { broker: '127.0.0.1', port: String(broker.port), protocolVersion: '4' },
    };
    const flow = exampleFlow('home-assistant.json')
      .filter(({ type }) => type !== 'comment')
      .map((node) =>
        node.type === 'debug' ? { ...node, type: 'helper' } : { ...node, ...changes[node.type] },
      );
    try {
      await helper.load([...CORE_MQTT, ...nodesWith(hastyClock(50))], flow);
      helper.getNode('brokerage-home-assistant-feed-feed').receive({ ...testMessage(null, T0) });
      const alerts = `brokerage/${ACCOUNT}/alerts`;
      await eventually(() => ear.on(alerts).length > 0, { what: alerts });
      const rows = (): number =>
        ear.frames
          .findLast(({ topic }) => /^homeassistant\/device\/brokerage_[0-9a-f]{12}\//.test(topic))
          ?.text.match(/"pos_/g)?.length ?? 0;
      await eventually(() => rows() === held, {
        what: `a sensor for each of ${held} positions`,
      });
      const events = new Map(ear.frames.map(({ text, topic }) => [topic, text]));
      entities = entitiesFrom(await ear.retained(), events);
      assert.equal(payloadOf(events.get(`brokerage/${ACCOUNT}/summary`))['account'], ACCOUNT);
    } finally {
      await helper.unload();
      await ear.close();
      await broker.close();
      await gateway.close();
    }
  });
  after(stopRuntime);

  for (const file of FILES)
    it(`${file} names no entity that the feed does not make`, () => {
      const ids = (read(file).match(ENTITY) ?? []).filter((id) => !ACTIONS.includes(id));
      assert.ok(ids.length > 0 || file.startsWith('blueprints'), 'it names none at all');
      for (const id of ids) find(id, file);
    });

  for (const file of YAML)
    it(`${file} is about entities, and asks for states that they can have`, () => {
      for (const mapping of mappingsIn(yaml(file)))
        for (const id of entitiesOf(mapping)) {
          const { states } = find(id, file);
          for (const key of ['state', 'state_not', 'to', 'from', 'not_to', 'not_from'])
            for (const word of wordsIn(mapping[key]))
              assert.ok(
                states?.has(word) ?? ['unavailable', 'unknown'].includes(word),
                `${file}: ${id} is never ${word}`,
              );
        }
    });

  it('reads attributes that the entities have', () => {
    const asked = FILES.flatMap((file) =>
      [...read(file).matchAll(/state_attr\(\s*'([^']+)',\s*'([^']+)'/g)].map(([, id = '', key = '']) => {
        assert.ok(find(id, file).attributes.has(key), `${file}: ${id} has no ${key}`);
        return key;
      }),
    );
    assert.ok(asked.length > 5);
    const event = find(`event.${ACCOUNT}_alerts`, 'automations.yaml');
    const ofEvents = YAML.flatMap((file) => [...read(file).matchAll(/to_state\.attributes\.(\w+)/g)]);
    assert.ok(ofEvents.length > 5);
    for (const [, key = ''] of ofEvents) assert.ok(event.attributes.has(key), `an alert has no ${key}`);
    const bridge = find('event.brokerage_alerts', 'automations.yaml');
    assert.deepEqual(bridge.attributes, event.attributes);
  });

  it('shows in its table the positions, and nothing else, by attributes that they have', () => {
    const text = read('dashboard.yaml');
    const chosen = [...text.matchAll(/selectattr\('attributes\.(\w+)', 'defined'\)/g)].map(
      ([, key = '']) => key,
    );
    assert.ok(chosen.includes('account'));
    assert.match(text, new RegExp(`'attributes\\.account', 'eq', '${ACCOUNT}'`));
    const rows = [...entities.values()].filter(({ attributes, id }) =>
      id.startsWith('sensor.') ? chosen.every((key) => attributes.has(key)) : false,
    );
    const positions = [...entities.values()].filter(({ uniqueId }) => /_pos_[^_]+$/.test(uniqueId));
    assert.deepEqual(rows, positions);
    assert.equal(rows.length, held);
    const shown = [...text.matchAll(/figures\.(\w+)/g)].map(([, key = '']) => key);
    assert.ok(shown.length > 4);
    for (const key of shown)
      for (const { attributes, id } of rows) assert.ok(attributes.has(key), `${id} has no ${key}`);
  });

  it('names event types that the feed announces', () => {
    const paragraph = read('README.md')
      .split('\n\n')
      .find((text) => text.includes('`event_type`'));
    const named = [...(paragraph ?? '').matchAll(/`([a-z_]+)`/g)].map(([, word = '']) => word);
    const types = named.filter((word) => word !== 'event_type' && !word.startsWith('_'));
    assert.ok(types.length >= 3);
    const { eventTypes } = find(`event.${ACCOUNT}_alerts`, 'README.md');
    for (const type of types)
      assert.ok(eventTypes.has(type) && eventTypes.has(`${type}_ended`), `there is no ${type}`);
  });

  it('is made of cards that Home Assistant has', () => {
    const types = mappingsIn(yaml('dashboard.yaml')).flatMap(({ type }) => wordsIn(type));
    assert.deepEqual(
      types.filter((type) => !BUILT_IN.includes(type)),
      [],
    );
    const { views } = z
      .object({
        views: z.array(z.looseObject({ type: z.literal('sections'), sections: z.array(z.unknown()) })),
      })
      .parse(yaml('dashboard.yaml'));
    assert.ok(views.every(({ sections }) => sections.length > 0));
  });

  it('says in each automation what it is for, and reaches somebody', () => {
    const automations = z
      .array(
        z.looseObject({ alias: z.string(), description: z.string(), actions: z.array(z.looseObject({})) }),
      )
      .parse(yaml('automations.yaml'));
    assert.ok(automations.length >= 4);
    for (const { actions, alias } of automations)
      assert.ok(
        actions.some(({ action }) => action === 'notify.notify' || action === 'button.press'),
        alias,
      );
  });
});
