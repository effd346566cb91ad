import { readFileSync } from 'node:fs';
import { connectAsync, type MqttClient } from 'mqtt';
import { z } from 'zod';
import { parseJson } from '../../src/secrets/json.js';
import type { InfluxDb } from './influxdb.js';

const SHIPPED = new URL('../../../grafana/telegraf.conf', import.meta.url);
const Consumer = z.strictObject({
  name_override: z.string(),
  servers: z.tuple([z.literal('${MQTT_URL}')]),
  username: z.literal('${MQTT_USER}'),
  password: z.literal('${MQTT_PASSWORD}'),
  topics: z.array(z.string()),
  topic_tag: z.literal(''),
  qos: z.literal(1),
  client_id: z.string(),
  persistent_session: z.literal(true),
  data_format: z.literal('json'),
  json_time_key: z.string(),
  json_time_format: z.literal('unix_ms'),
  tag_keys: z.array(z.string()),
  json_string_fields: z.array(z.string()),
  topic_parsing: z.array(z.strictObject({ topic: z.string(), tags: z.string() })),
});
type Consumer = z.infer<typeof Consumer>;
const Payload = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

export interface Telegraf {
  /** Resolves when all that has come is written. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Does what Telegraf does with the shipped configuration, as its documents say: Telegraf itself is in no package of
 * Debian. What it is configured to and what is not done here is refused.
 */
export async function startTelegraf(mqttUrl: string, influx: InfluxDb): Promise<Telegraf> {
  const clients: MqttClient[] = [];
  let written: Promise<void> = Promise.resolve();
  for (const consumer of consumersOf(readFileSync(SHIPPED, 'utf8'))) {
    const client = await connectAsync(mqttUrl, { clientId: consumer.client_id, clean: false });
    client.on('message', (topic, payload) => {
      const line = lineOf(topic, payload.toString('utf8'), consumer);
      if (line !== null) written = written.then(async () => await influx.write([line]));
    });
    await client.subscribeAsync([...consumer.topics], { qos: consumer.qos });
    clients.push(client);
  }
  return {
    settled: async () => await written,
    close: async () => {
      for (const client of clients) await client.endAsync(true);
      await written;
    },
  };
}

/** As much of TOML as stands there: tables, and keys with values that JSON writes alike. */
function consumersOf(toml: string): readonly Consumer[] {
  const tables: { readonly head: string; readonly keys: Record<string, unknown> }[] = [];
  for (const line of toml.split('\n').map((text) => text.trim())) {
    const [, head] = /^\[+([\w.]+)\]+$/.exec(line) ?? [];
    const [, key, value] = /^(\w+) = (.+)$/.exec(line) ?? [];
    if (head !== undefined) tables.push({ head, keys: {} });
    else if (key !== undefined && value !== undefined)
      Object.assign(tables.at(-1)?.keys ?? {}, { [key]: parseJson(value) });
    else if (line !== '' && !line.startsWith('#')) throw new Error(`this is not read here: ${line}`);
  }
  return tables.flatMap(({ head, keys }, index) => {
    if (head !== 'inputs.mqtt_consumer') return [];
    const below = tables.slice(index + 1);
    const end = below.findIndex((table) => table.head === head);
    const parsing = below.slice(0, end === -1 ? undefined : end).map((table) => table.keys);
    return [Consumer.parse({ ...keys, topic_parsing: parsing })];
  });
}

/** Numbers are fields, words only those that are listed; what is null is left out. */
function lineOf(topic: string, text: string, consumer: Consumer): string | null {
  if (text === '') return null;
  const payload = Object.entries(Payload.parse(parseJson(text)));
  const isTag = (key: string): boolean => consumer.tag_keys.includes(key);
  const fields = payload.flatMap(([key, value]) => {
    if (value === null || isTag(key) || key === consumer.json_time_key) return [];
    if (typeof value === 'number') return [`${key}=${value}`];
    if (!consumer.json_string_fields.includes(key)) return [];
    return [`${key}=${typeof value === 'string' ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : value}`];
  });
  const tags = [
    ...topicTags(topic, consumer),
    ...payload.flatMap(([key, value]) =>
      isTag(key) && value !== null ? [[key, String(value)] as const] : [],
    ),
  ].map(([key, value]) => `${key}=${value.replaceAll(/[,= ]/g, '\\$&')}`);
  const at = payload.find(([key]) => key === consumer.json_time_key)?.[1];
  return `${[consumer.name_override, ...tags].join(',')} ${fields.join(',')} ${at}`;
}

function topicTags(
  topic: string,
  { topic_parsing: rules }: Consumer,
): readonly (readonly [string, string])[] {
  const levels = topic.split('/');
  const rule = rules.find((one) => {
    const wanted = one.topic.split('/');
    return (
      wanted.length === levels.length && wanted.every((level, at) => level === '+' || level === levels[at])
    );
  });
  const names = rule?.tags.split('/') ?? [];
  return names.flatMap((name, at) => (name === '_' ? [] : [[name, levels[at] ?? ''] as const]));
}
