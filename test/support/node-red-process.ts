import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** The compatibility run sets these to another Node.js and another Node-RED. */
const NODE = process.env['NODE_RED_NODE'] ?? process.execPath;
const NODE_RED = process.env['NODE_RED_SCRIPT'] ?? join(ROOT, 'node_modules/node-red/red.js');
const PACKAGE = '@tradinghelper/node-red-brokerage';
const START_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 50;

export interface NodeRedOptions {
  readonly flows?: readonly object[];
  /** Laid over our own environment; `undefined` takes a variable out of it. */
  readonly env?: Readonly<NodeJS.ProcessEnv>;
  /** Lines of JavaScript of the settings object, such as `adminAuth: …,`. */
  readonly settings?: string;
  /** Puts this package into the user directory; a link to the checkout unless said otherwise. */
  readonly install?: (userDir: string) => Promise<void>;
  readonly runtime?: NodeRedRuntime;
}

/** A Node-RED and the Node.js that runs it, as paths. */
export interface NodeRedRuntime {
  readonly node: string;
  readonly script: string;
}

export interface NodeRedProcess {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly userDir: string;
  /** What it printed so far. */
  output(): string;
  deploy(flows: readonly object[]): Promise<void>;
  /** Kills it, wherever it stands, and starts it again in the same user directory without waiting for it. */
  killAndLaunch(): Promise<void>;
  /** Resolves when it answers and has started its flows. */
  listening(): Promise<void>;
  /** Stops it and starts it again in the same user directory. */
  restart(how?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  stop(): Promise<void>;
}

/** A real Node-RED with this package installed, in a user directory of its own. */
export async function startNodeRed({
  flows = [],
  env = {},
  settings = '',
  install = linkPackage,
  runtime = { node: NODE, script: NODE_RED },
}: NodeRedOptions = {}) {
  const userDir = await mkdtemp(join(tmpdir(), 'brokerage-node-red-'));
  const port = await freePort();
  await install(userDir);
  await writeFile(join(userDir, 'flows.json'), JSON.stringify(flows));
  await writeFile(join(userDir, 'settings.cjs'), settingsFile({ userDir, port, settings }));
  const printed: string[] = [];
  const launch = (): ChildProcess => {
    const started = spawn(runtime.node, [runtime.script, '-s', join(userDir, 'settings.cjs')], {
      cwd: userDir,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
    return started;
  };
  let child = launch();
  const nodeRed: NodeRedProcess = {
    url: `http://127.0.0.1:${port}`,
    userDir,
    output: () => printed.join(''),
    deploy: (next) => deploy(port, next),
    killAndLaunch: async () => {
      await ended(child, 'SIGKILL');
      printed.splice(0);
      child = launch();
    },
    listening: async () => await listening(child, nodeRed),
    restart: async (how = 'SIGTERM') => {
      await ended(child, how);
      printed.splice(0);
      child = launch();
      await listening(child, nodeRed);
    },
    stop: async () => {
      await ended(child, 'SIGTERM');
      await rm(userDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  await listening(child, nodeRed);
  return nodeRed;
}

/** Links the checkout into a user directory. */
export async function linkPackage(userDir: string): Promise<void> {
  await linkInto(userDir, new Map([[PACKAGE, ROOT]]));
}

/** Links the checkout into a user directory, and packages of others that it has for its tests. */
export function linkPackageAnd(...others: readonly string[]): (userDir: string) => Promise<void> {
  const places = others.map((name) => [name, join(ROOT, 'node_modules', name)] as const);
  return async (userDir) => await linkInto(userDir, new Map([[PACKAGE, ROOT], ...places]));
}

/** `packages`: name → folder */
async function linkInto(userDir: string, packages: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, folder] of packages) {
    const link = join(userDir, 'node_modules', name);
    await mkdir(join(link, '..'), { recursive: true });
    await symlink(folder, link, 'junction');
  }
  const dependencies = Object.fromEntries([...packages.keys()].map((name) => [name, '*']));
  const own = { name: 'user-dir', version: '0.0.1', dependencies };
  await writeFile(join(userDir, 'package.json'), JSON.stringify(own));
}

function settingsFile({
  userDir,
  port,
  settings,
}: {
  userDir: string;
  port: number;
  settings: string;
}): string {
  return `module.exports = {
  uiPort: ${port}, uiHost: '127.0.0.1', userDir: ${JSON.stringify(userDir)}, flowFile: 'flows.json',
  credentialSecret: 'test', editorTheme: { tours: false }, telemetry: { enabled: false },
  externalModules: { palette: { allowInstall: false } },
  ${settings}
};\n`;
}

async function listening(child: ChildProcess, nodeRed: NodeRedProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (nodeRed.output().includes('Started flows') && (await answers(nodeRed.url))) return;
    if (child.exitCode !== null || Date.now() > deadline) {
      await nodeRed.stop();
      throw new Error(`Node-RED did not start:\n${nodeRed.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/settings`).then(
    (response) => response.status < 500,
    () => false,
  );
}

async function deploy(port: number, flows: readonly object[]): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/flows`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'Node-RED-API-Version': 'v2',
      'Node-RED-Deployment-Type': 'full',
    },
    body: JSON.stringify({ flows }),
  });
  if (!response.ok) throw new Error(`the deploy was refused: ${response.status} ${await response.text()}`);
}

async function ended(child: ChildProcess, how: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(how);
  const deadline = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(deadline);
}

/** A port that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
