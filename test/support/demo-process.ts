import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { poll } from './poll.js';

const ROOT = new URL('../../../', import.meta.url);

export interface DemoProcess {
  /** Name of a part as it is printed → its address. */
  address(part: 'Dashboard' | 'Editor' | 'MQTT broker' | 'Ledger' | 'TWS'): string;
  output(): string;
  /** Processes that it started and that run now; Linux only, empty elsewhere. */
  children(): readonly number[];
  /** Resolves with the exit code when it has ended by itself or by a signal. */
  readonly ended: Promise<number | null>;
  stop(): Promise<number | null>;
}

/** Starts the demo with a script of this repository and waits for the addresses. */
export async function startDemo(script: string, args: readonly string[]): Promise<DemoProcess> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, ROOT)), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  const output = (): string => printed.join('');
  const ended = once(child, 'exit').then(() => child.exitCode);
  const isUp = (): true | null => {
    if (child.exitCode !== null) throw new Error(`the demo did not start:\n${output()}`);
    return output().includes('Ctrl-C stops everything') ? true : null;
  };
  await poll(isUp, { withinMs: 60_000, what: 'the addresses of the demo' });
  return {
    output,
    ended,
    address(part) {
      const [, address] = new RegExp(`^ *${part} +(\\S+)`, 'm').exec(output()) ?? [];
      if (address === undefined) throw new Error(`no address of ${part} in:\n${output()}`);
      return address;
    },
    children: () => childrenOf(child.pid),
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

function childrenOf(pid: number | undefined): readonly number[] {
  if (process.platform !== 'linux') return [];
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return list === '' ? [] : list.split(' ').map(Number);
}
