import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HOST } from './ports.js';

const ROOT = new URL('../../', import.meta.url);
const NODE_RED = fileURLToPath(new URL('node_modules/node-red/red.js', ROOT));
const SETTINGS = fileURLToPath(new URL('demo/settings.cjs', ROOT));
export const DASHBOARD_PATH = '/dashboard/accounts';

const START_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;
const STOP_WITHIN_MS = 8_000;

export interface NodeRedOptions {
  readonly port: number;
  readonly userDir: string;
  readonly twsPort: number;
  readonly schwabUrl: string;
  readonly mqttPort: number;
}

export interface NodeRed {
  readonly url: string;
  /** Settles when the process is gone, with a sentence. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

/** Node-RED as a process of its own; ready when the editor and the dashboard's page answer. */
export async function startNodeRed({
  port,
  userDir,
  twsPort,
  schwabUrl,
  mqttPort,
}: NodeRedOptions): Promise<NodeRed> {
  const child = spawn(process.execPath, [NODE_RED, '-s', SETTINGS], {
    env: {
      ...process.env,
      DEMO_PORT: String(port),
      DEMO_USER_DIR: userDir,
      DEMO_TWS_PORT: String(twsPort),
      DEMO_SCHWAB_URL: schwabUrl,
      DEMO_MQTT_PORT: String(mqttPort),
    },
    // Over the channel the child learns that we are gone, also when we were killed.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const nodeRed = {
    url: `http://${HOST}:${port}`,
    ended: once(child, 'exit').then(([code, signal]) => `Node-RED ended (${signal ?? `exit code ${code}`}).`),
    close: () => stop(child),
  };
  await ready(child, nodeRed.url);
  return nodeRed;
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  const tries = START_WITHIN_MS / LOOK_EVERY_MS;
  for (let count = 0; count < tries; count += 1) {
    if (hasEnded(child)) throw new Error('Node-RED ended before it was ready.');
    if ((await answers(`${url}/settings`)) && (await answers(`${url}${DASHBOARD_PATH}`))) return;
    await pause(LOOK_EVERY_MS);
  }
  await stop(child);
  throw new Error(`Node-RED did not answer within ${START_WITHIN_MS / 1000} s at ${url}.`);
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const inTime = new AbortController();
  const kill = pause(STOP_WITHIN_MS, undefined, { signal: inTime.signal }).then(
    () => child.kill('SIGKILL'),
    () => false,
  );
  await exited;
  inTime.abort();
  await kill;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
