import { readFile } from 'node:fs/promises';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';

const ROOT = new URL('../../../', import.meta.url);
const Manifest = z.object({ 'node-red': z.object({ nodes: z.record(z.string(), z.string()) }) });
const Module = z.object({
  default: z.custom<(RED: NodeAPI) => void>((value) => typeof value === 'function'),
});

/** What Node-RED calls of each file that package.json names. */
export async function nodeModules(): Promise<readonly ((RED: NodeAPI) => void)[]> {
  const manifest = Manifest.parse(JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8')));
  const imported: unknown[] = await Promise.all(
    Object.values(manifest['node-red'].nodes).map((path) => import(new URL(path, ROOT).href)),
  );
  return imported.map((module) => Module.parse(module).default);
}
