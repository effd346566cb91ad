import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { npm } from './ensure-installed.mjs';

// What is published is built anew, so that no file of a source that is gone is in it, and without the comments
// that point to source maps: these are not published.
const dist = new URL('../dist/', import.meta.url);
for (const part of ['nodes', 'src', 'simulators'])
  rmSync(fileURLToPath(new URL(part, dist)), { recursive: true, force: true });
npm(['exec', '--no', '--', 'tsc', '--project', 'tsconfig.package.json']);
await import('./copy-editor-files.mjs');
