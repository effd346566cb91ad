import { connect, type IClientOptions } from 'mqtt';
import { parseJson } from '../../src/secrets/json.js';
import { eventually } from './clocks.js';
import { poll } from './poll.js';

export interface Frame {
  readonly topic: string;
  readonly text: string;
  /** Whether it stood there when it was asked for. */
  readonly isRetained: boolean;
}

/** A client that hears everything, for tests. */
export interface MqttEar {
  /** Every frame so far. */
  readonly frames: readonly Frame[];
  /** What was said on a topic, in order. */
  on(topic: string): readonly string[];
  publish(topic: string, text: string, retain?: boolean): Promise<void>;
  /** topic → what stands there now, asked for anew */
  retained(): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

const CONNECTS_WITHIN_MS = 10_000;
/** What stands there comes at once; nobody says when that was all. */
const MARK = 'test/end-of-retained';
const QUIET_MS = 60;

export async function listenTo(url: string, options: IClientOptions = {}): Promise<MqttEar> {
  const frames: Frame[] = [];
  const client = connect(url, { reconnectPeriod: 50, ...options });
  client.on('error', () => undefined);
  client.on('message', (topic, payload, { retain }) => {
    if (topic !== MARK) frames.push({ topic, text: payload.toString('utf8'), isRetained: retain });
  });
  await poll(() => (client.connected ? true : null), {
    withinMs: CONNECTS_WITHIN_MS,
    what: `a connection to ${url}`,
  });
  await client.subscribeAsync('#', { qos: 1 });
  return {
    frames,
    on: (topic) => frames.filter((frame) => frame.topic === topic).map(({ text }) => text),
    publish: async (topic, text, retain = false) =>
      void (await client.publishAsync(topic, text, { qos: 1, retain })),
    retained: async () => await retainedAt(url, options),
    close: async () => await client.endAsync(true),
  };
}

async function retainedAt(url: string, options: IClientOptions): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  // As somebody else: two clients of one id throw each other out.
  const { clean: _clean, clientId: _id, ...more } = options;
  const client = connect(url, { ...more, reconnectPeriod: 50 });
  client.on('error', () => undefined);
  let heardAt = Infinity;
  client.on('message', (topic, payload, { retain }) => {
    if (topic === MARK || heardAt !== Infinity) heardAt = performance.now();
    if (retain) found.set(topic, payload.toString('utf8'));
  });
  try {
    await poll(() => (client.connected ? true : null), { withinMs: CONNECTS_WITHIN_MS, what: url });
    await client.subscribeAsync('#', { qos: 1 });
    await client.publishAsync(MARK, '', { qos: 1 });
    // aedes brings what stands there in its own time.
    await eventually(() => performance.now() - heardAt > QUIET_MS, { withinMs: CONNECTS_WITHIN_MS });
  } finally {
    await client.endAsync(true);
  }
  return found;
}

/** A payload as the object that it is. */
export function payloadOf(text: string | undefined): Readonly<Record<string, unknown>> {
  const parsed = parseJson(text ?? '');
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`This is no payload: ${text}`);
  return Object.fromEntries(Object.entries(parsed));
}
