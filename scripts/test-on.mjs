import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// `node scripts/test-on.mjs 5.0 [arguments of mocha]`: the tests of the nodes, without the system tests, on one of the
// versions of Node-RED that are installed here, and on the Node.js that runs this.
const root = new URL('../', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));
const [wanted, ...args] = process.argv.slice(2);

const installed = ['node_modules/node-red', 'compat/node_modules/node-red']
  .filter((folder) => existsSync(at(`${folder}/package.json`)))
  .map((folder) => ({
    folder,
    version: JSON.parse(readFileSync(at(`${folder}/package.json`), 'utf8')).version,
  }));
const found = installed.find(({ version }) => version.startsWith(`${wanted}.`));
if (found === undefined) {
  const names = installed.map(({ version }) => version).join(' and ') || 'none';
  throw new Error(`Node-RED "${wanted}" is not installed; here is ${names}: npm ci, npm ci --prefix compat`);
}

console.log(`Node-RED ${found.version} on Node.js ${process.versions.node}`);
const { status } = spawnSync(
  process.execPath,
  [at('node_modules/mocha/bin/mocha.js'), '--config', at('compat/mocharc.json'), ...args],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_RED: at(`${found.folder}/lib/red.js`),
      NODE_RED_NODE: process.execPath,
      NODE_RED_SCRIPT: at(`${found.folder}/red.js`),
    },
  },
);
process.exit(status ?? 1);
