import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const CHILD = fileURLToPath(new URL('keychain-child.js', import.meta.url));

export const LIBRARIES = ['keytar', '@napi-rs/keyring'] as const;
export type Library = (typeof LIBRARIES)[number];

export const question = z.object({
  library: z.enum(LIBRARIES),
  call: z.enum(['get', 'set', 'delete']),
  service: z.string().default('brokerage-test'),
  account: z.string().default('login'),
  secret: z.string().default('a secret'),
});
export type Question = z.infer<typeof question>;

const answer = z.union([
  z.object({ value: z.union([z.string(), z.boolean(), z.null()]) }),
  z.object({ error: z.string() }),
]);
export type Answer = z.infer<typeof answer>;

export interface KeychainProcess {
  /** Calls the library itself, none of our code. */
  ask(asked: z.input<typeof question>): Promise<Answer>;
  /** `exit 0`, `SIGSEGV`, …, or null while it lives. */
  end(): string | null;
  stop(): Promise<void>;
}

/** A process that lives on between calls, as Node-RED does. */
export function startKeychainProcess(env: NodeJS.ProcessEnv): KeychainProcess {
  const child = spawn(process.execPath, [CHILD], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const end = (): string | null =>
    child.signalCode ?? (child.exitCode === null ? null : `exit ${child.exitCode}`);
  return {
    async ask(asked) {
      child.stdin.write(`${JSON.stringify(asked)}\n`);
      const { value, done } = await lines.next();
      if (done === true) {
        await gone;
        throw new Error(`the process ended with ${end()}`);
      }
      return answer.parse(JSON.parse(value));
    },
    end,
    async stop() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** One call in a process that has made none before. */
export async function askOnce(env: NodeJS.ProcessEnv, asked: z.input<typeof question>): Promise<Answer> {
  const user = startKeychainProcess(env);
  try {
    return await user.ask(asked);
  } finally {
    await user.stop();
  }
}

/** How each library labels the item, for looking with another tool. */
export function attributesOf(library: Library): Readonly<Record<string, string>> {
  const { service, account } = question.parse({ library, call: 'get' });
  return library === 'keytar' ? { service, account } : { service, username: account };
}

/** Why the libraries cannot be called here; null when they can. */
export function noKeychainLibrary(): string | null {
  const load = createRequire(import.meta.url);
  for (const library of LIBRARIES) {
    try {
      load(library);
    } catch (error) {
      if (process.env['CI'] === 'true') throw error;
      return `${library} is not installed`;
    }
  }
  return null;
}
