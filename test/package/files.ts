import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const root = new URL('../../../', import.meta.url);

/** A file of the checkout, by its path from there. */
export const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The paths of the files in this folder of the checkout, those in its folders included. */
export const filesIn = (folder: string): readonly string[] =>
  readdirSync(new URL(`${folder}/`, root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.pathname.length).replaceAll('//', '/'));

const names = z.record(z.string(), z.string()).default({});
const Manifest = z.looseObject({
  name: z.string(),
  version: z.string(),
  keywords: z.array(z.string()).default([]),
  license: z.string(),
  author: z.string().optional(),
  repository: z.looseObject({ url: z.string() }).optional(),
  bugs: z.looseObject({ url: z.string() }).optional(),
  homepage: z.string().optional(),
  engines: z.looseObject({ node: z.string() }),
  'node-red': z.looseObject({ version: z.string(), nodes: z.record(z.string(), z.string()) }),
  scripts: names,
  dependencies: names,
  devDependencies: names,
});
export const manifest = Manifest.parse(JSON.parse(read('package.json')));

const Lock = z.looseObject({ packages: z.record(z.string(), z.unknown()) });
const Locked = z.looseObject({
  version: z.string(),
  engines: z.looseObject({ node: z.string() }).default({ node: '*' }),
});

/** The version of this package in a lock file of the checkout, and the range of Node.js that it asks for. */
export function locked(lockFile: string, name: string): { readonly version: string; readonly node: string } {
  const { packages } = Lock.parse(JSON.parse(read(lockFile)));
  const { version, engines } = Locked.parse(packages[`node_modules/${name}`]);
  return { version, node: engines.node };
}

/** The lowest major version of each alternative of a range: `^20.19.0 || >=22.12.0` → 20, 22. */
export const majorsOf = (range: string): readonly number[] =>
  range.split('||').map((part) => Number(/\d+/.exec(part)?.[0]));
