import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Package → where it already lies in this repository. */
const PACKAGES = {
  '@tradinghelper/node-red-brokerage': ROOT,
  '@flowfuse/node-red-dashboard': join(ROOT, 'node_modules', '@flowfuse', 'node-red-dashboard'),
} as const;

/**
 * Node-RED's user directory with this package and the dashboard in it. What the user has changed since the
 * last start, the flow above all, stays; `fresh` removes it.
 */
export async function prepareUserDir({
  userDir,
  fresh,
}: {
  readonly userDir: string | null;
  readonly fresh: boolean;
}): Promise<string> {
  const path = userDir ?? join(ROOT, '.demo');
  if (fresh) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  await mkdir(path, { recursive: true });
  for (const [name, source] of Object.entries(PACKAGES)) await link(join(path, 'node_modules', name), source);
  const dependencies = Object.fromEntries(Object.keys(PACKAGES).map((name) => [name, '*']));
  await writeOnce(
    join(path, 'package.json'),
    `${JSON.stringify({ name: 'brokerage-demo', private: true, dependencies }, null, 2)}\n`,
  );
  await writeOnce(join(path, 'credential-secret'), randomBytes(32).toString('hex'));
  await forgetFigures(join(path, 'brokerage'));
  const flow = join(path, 'flows.json');
  if (!existsSync(flow)) await copyFile(join(ROOT, 'demo', 'flow.json'), flow);
  return path;
}

/** Each run invents another market: what was told of the last one never came to be. */
async function forgetFigures(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const name of await readdir(folder))
    if (name.startsWith('account-sync-')) await rm(join(folder, name), { force: true });
}

async function link(path: string, target: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true });
  // Windows lets everybody make a junction, but not a symbolic link.
  await symlink(target, path, 'junction');
}

async function writeOnce(path: string, content: string): Promise<void> {
  if (!existsSync(path)) await writeFile(path, content, { mode: 0o600 });
}
