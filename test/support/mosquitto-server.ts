import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from './node-red-process.js';
import { poll } from './poll.js';

export interface MosquittoServer {
  readonly port: number;
  start(): Promise<void>;
  stop(how?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

const STARTS_WITHIN_MS = 10_000;

export interface MosquittoOptions {
  /** For its configuration, and what it keeps. */
  readonly folder: string;
  /** Further lines of its configuration; without any, everybody may do everything. */
  readonly lines?: readonly string[];
  /** Whether it remembers what is retained, and who has subscribed, over a restart. */
  readonly isForgetful?: boolean;
  readonly port?: number;
}

/** A real MQTT broker on this machine that can be stopped and started again; it does not run yet. */
export async function mosquittoServer(options: MosquittoOptions): Promise<MosquittoServer> {
  const { folder, isForgetful = false, lines = ['allow_anonymous true'] } = options;
  const port = options.port ?? (await freePort());
  const config = join(folder, 'mosquitto.conf');
  const keeping = [
    'persistence true',
    `persistence_location ${folder}/`,
    'autosave_on_changes true',
    'autosave_interval 1',
    'max_queued_messages 100000',
  ];
  // It would become another user, who may not write into the folder.
  const user = process.getuid?.() === 0 ? ['user root'] : [];
  const all = [`listener ${port} 127.0.0.1`, ...user, ...(isForgetful ? [] : keeping), ...lines];
  await writeFile(config, `${all.join('\n')}\n`);
  let child: ChildProcess | null = null;
  return {
    port,
    start: async () => {
      child ??= spawn('mosquitto', ['-c', config], { stdio: 'ignore' });
      await poll(async () => await answers(port), {
        withinMs: STARTS_WITHIN_MS,
        what: `mosquitto on ${port}`,
      });
    },
    stop: async (how = 'SIGTERM') => {
      const ending = child;
      child = null;
      if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
      const exited = once(ending, 'exit');
      ending.kill(how);
      await exited;
    },
  };
}

/** A file of passwords as mosquitto reads it. */
export function passwordFile(path: string, users: Readonly<Record<string, string>>): string {
  for (const [index, [user, password]] of Object.entries(users).entries()) {
    const flags = index === 0 ? ['-b', '-c'] : ['-b'];
    run('mosquitto_passwd', [...flags, path, user, password]);
  }
  return path;
}

/** A CA, and a certificate of it for 127.0.0.1: paths of PEM files. */
export function certificates(folder: string): {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
} {
  const at = (name: string): string => join(folder, name);
  const subject = ['-subj', '/CN=brokerage test'];
  const key = (name: string): readonly string[] => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    at(name),
  ];
  run('openssl', ['req', '-x509', ...key('ca.key'), '-out', at('ca.pem'), '-days', '2', ...subject]);
  run('openssl', [
    'req',
    ...key('server.key'),
    '-out',
    at('server.csr'),
    '-subj',
    '/CN=127.0.0.1',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
  ]);
  run('openssl', [
    'x509',
    '-req',
    '-in',
    at('server.csr'),
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-copy_extensions',
    'copy',
    '-days',
    '2',
    '-out',
    at('server.pem'),
  ]);
  return { ca: at('ca.pem'), cert: at('server.pem'), key: at('server.key') };
}

function run(command: string, words: readonly string[]): void {
  const { error, status, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`);
}

async function answers(port: number): Promise<true | null> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return null;
  } finally {
    socket.destroy();
  }
}
