import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { linkPackage } from './node-red-process.js';

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const Manifest = z.looseObject({ dependencies: z.record(z.string(), z.string()) });

/** Puts this package and others of its development dependencies into a user directory. */
export function linkedPackages(names: readonly string[]): (userDir: string) => Promise<void> {
  return async (userDir) => {
    await linkPackage(userDir);
    for (const name of names) {
      const link = join(userDir, 'node_modules', name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(MODULES, name), link, 'junction');
    }
    const path = join(userDir, 'package.json');
    const manifest = Manifest.parse(JSON.parse(await readFile(path, 'utf8')));
    const dependencies = {
      ...manifest.dependencies,
      ...Object.fromEntries(names.map((name) => [name, '*'])),
    };
    await writeFile(path, JSON.stringify({ ...manifest, dependencies }));
  };
}
