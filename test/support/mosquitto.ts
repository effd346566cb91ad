import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, connectAsync, type MqttClient } from 'mqtt';
import { freePort } from './node-red-process.js';
import { poll } from './poll.js';

export interface Mosquitto {
  readonly port: number;
  /** Every frame so far: its topic, a blank and its payload. */
  readonly frames: readonly string[];
  /** What a client that comes now is given on this topic before anything new; null = nothing. */
  retainedOn(topic: string): Promise<string | null>;
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

export interface MqttLogin {
  readonly username: string;
  readonly password: string;
}

/** A real MQTT broker on this machine, and a client that hears everything; with a login, nobody comes in without it. */
export async function startMosquitto(login: MqttLogin | null = null): Promise<Mosquitto> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'brokerage-mosquitto-'));
  const options = login === null ? ['-p', String(port)] : ['-c', await guarded({ folder, login, port })];
  const broker = spawn('mosquitto', options, { stdio: 'ignore' });
  const client = connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 100, ...login });
  // The broker is not there yet at the first tries.
  client.on('error', () => undefined);
  const frames: string[] = [];
  client.on('message', (topic, payload) => frames.push(`${topic} ${payload.toString('utf8')}`));
  await poll(() => (client.connected ? true : null), { withinMs: 10_000, what: 'a connection to mosquitto' });
  await client.subscribeAsync('#');
  return {
    port,
    frames,
    retainedOn: async (topic) => await retainedOn(`mqtt://127.0.0.1:${port}`, { login, topic }),
    hears: async (words, cause = () => {}) => {
      const from = frames.length;
      await cause();
      const isThere = (): true | null =>
        frames.slice(from).some((frame) => words.test(frame)) ? true : null;
      await poll(isThere, { withinMs: HEARD_WITHIN_MS, what: `a frame with ${words}` });
    },
    close: async () => {
      await close(client, broker);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function close(client: MqttClient, broker: ReturnType<typeof spawn>): Promise<void> {
  await client.endAsync(true);
  if (broker.exitCode !== null) return;
  const exited = once(broker, 'exit');
  broker.kill('SIGTERM');
  await exited;
}

/** The path of a configuration that lets nobody in without this login. */
async function guarded({
  folder,
  login,
  port,
}: {
  readonly folder: string;
  readonly login: MqttLogin;
  readonly port: number;
}): Promise<string> {
  const [config, passwords] = [join(folder, 'mosquitto.conf'), join(folder, 'passwords')];
  const made = spawnSync('mosquitto_passwd', ['-b', '-c', passwords, login.username, login.password]);
  if (made.status !== 0) throw new Error(`mosquitto_passwd failed: ${String(made.stderr)}`);
  // Started by root, mosquitto reads its files as another user.
  await chmod(folder, 0o755);
  await chmod(passwords, 0o644);
  await writeFile(config, `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\n`);
  return config;
}

/** Whoever subscribes gets what is retained before the answer to a ping. */
async function retainedOn(
  url: string,
  { login, topic }: { readonly login: MqttLogin | null; readonly topic: string },
): Promise<string | null> {
  const client = await connectAsync(url, { ...login });
  let retained: string | null = null;
  client.on('message', (_topic, payload, { retain }) => {
    if (retain) retained = payload.toString('utf8');
  });
  await client.subscribeAsync(topic);
  const mark = `retained/${client.options.clientId ?? ''}`;
  await client.subscribeAsync(mark);
  const marked = new Promise<void>((resolve) => {
    client.on('message', (of) => of === mark && resolve());
  });
  await client.publishAsync(mark, 'end');
  await marked;
  await client.endAsync();
  return retained;
}
