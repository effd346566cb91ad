import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type MqttClient } from 'mqtt';
import { freePort } from './node-red-process.js';
import { poll } from './poll.js';

export interface Mosquitto {
  readonly port: number;
  /** Every frame so far: its topic, a blank and its payload. */
  readonly frames: readonly string[];
  /** Waits for a frame with these words that comes after this call. */
  hears(words: RegExp, cause?: () => Promise<unknown> | void): Promise<void>;
  close(): Promise<void>;
}

const HEARD_WITHIN_MS = 20_000;

/** Null when a test with a real MQTT broker can run; otherwise why not. On CI a missing one is a failure, never a skip. */
export function missingMosquitto(): string | null {
  if (spawnSync('mosquitto', ['-h']).error === undefined) return null;
  const reason = 'no mosquitto in the path';
  if (process.env['CI'] === 'true') throw new Error(reason);
  return reason;
}

/** A real MQTT broker on this machine, and a client that hears everything. */
export async function startMosquitto(): Promise<Mosquitto> {
  const port = await freePort();
  const broker = spawn('mosquitto', ['-p', String(port)], { stdio: 'ignore' });
  const client = connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 100 });
  // The broker is not there yet at the first tries.
  client.on('error', () => undefined);
  const frames: string[] = [];
  client.on('message', (topic, payload) => frames.push(`${topic} ${payload.toString('utf8')}`));
  await poll(() => (client.connected ? true : null), { withinMs: 10_000, what: 'a connection to mosquitto' });
  await client.subscribeAsync('#');
  return {
    port,
    frames,
    hears: async (words, cause = () => {}) => {
      const from = frames.length;
      await cause();
      const isThere = (): true | null =>
        frames.slice(from).some((frame) => words.test(frame)) ? true : null;
      await poll(isThere, { withinMs: HEARD_WITHIN_MS, what: `a frame with ${words}` });
    },
    close: async () => await close(client, broker),
  };
}

async function close(client: MqttClient, broker: ReturnType<typeof spawn>): Promise<void> {
  await client.endAsync(true);
  if (broker.exitCode !== null) return;
  const exited = once(broker, 'exit');
  broker.kill('SIGTERM');
  await exited;
}
