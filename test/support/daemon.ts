import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Daemon {
  /** False from the moment it has ended, by itself or by a signal. */
  running(): boolean;
  /** Makes it answer nobody, while its connections stay open. */
  hang(): void;
  /** Resolves when it is gone. */
  stop(how?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export interface DaemonOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** What it reads from its standard input. */
  readonly input?: string;
}

/** A program in the foreground that does not outlive the tests. */
export function startDaemon({ command, args, env, input }: DaemonOptions): Daemon {
  const child = spawn(command, args, {
    env,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'],
  });
  // One that ended before it read is noticed by whoever waits for what it does.
  child.stdin?.once('error', () => undefined).end(input);
  const gone = once(child, 'exit');
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    running,
    hang() {
      child.kill('SIGSTOP');
    },
    async stop(how = 'SIGTERM') {
      process.removeListener('exit', kill);
      if (!running()) return;
      child.kill(how);
      child.kill('SIGCONT');
      const deadline = setTimeout(kill, 5_000);
      await gone;
      clearTimeout(deadline);
    },
  };
}
