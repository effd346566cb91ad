import { cpSync, readdirSync, rmSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Node-RED looks for the .html, the locales and the icons beside the compiled .js of a node.
const root = fileURLToPath(new URL('..', import.meta.url));
for (const node of readdirSync(join(root, 'nodes'))) {
  const from = join(root, 'nodes', node);
  const to = join(root, 'dist', 'nodes', node);
  for (const part of ['locales', 'icons']) rmSync(join(to, part), { recursive: true, force: true });
  for (const part of ['locales', 'icons', `${node}.html`]) {
    if (existsSync(join(from, part))) cpSync(join(from, part), join(to, part), { recursive: true });
  }
}
