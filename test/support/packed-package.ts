import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const packed = z.tuple([z.object({ filename: z.string() })]);

export interface PackedPackage {
  /** Where it was installed. */
  readonly folder: string;
  /** Gives a user directory the package as the palette manager would install it. */
  install(userDir: string): Promise<void>;
  remove(): Promise<void>;
}

/** The tarball that would be published, installed once with npm's own rules; `env` is laid over our own. */
export async function packPackage(env: NodeJS.ProcessEnv = {}): Promise<PackedPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'brokerage-packed-'));
  const [{ filename }] = packed.parse(
    JSON.parse(npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: ROOT })),
  );
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'user-dir', private: true }));
  // The palette manager's arguments, and the cache before the network.
  npm(
    [
      'install',
      '--no-audit',
      '--no-update-notifier',
      '--no-fund',
      '--save',
      '--save-prefix=~',
      '--omit=dev',
      '--engine-strict',
      '--prefer-offline',
      join(folder, filename),
    ],
    { cwd: folder, env },
  );
  return {
    folder,
    async install(userDir) {
      for (const part of ['node_modules', 'package.json', 'package-lock.json'])
        await cp(join(folder, part), join(userDir, part), { recursive: true });
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

function npm(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): string {
  const { status, stderr, stdout } = spawnSync('npm', args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm ${args[0]} failed: ${stderr}`);
  return stdout;
}
