import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { build, ensureInstalled, npm } from './ensure-installed.mjs';

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));

/** Stryker is installed by whoever asks for it, and by nobody else. */
function ensureStryker() {
  const [marker, lock] = [at('mutation/node_modules/.package-lock.json'), at('mutation/package-lock.json')];
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs) return;
  npm(['ci', '--no-audit', '--no-fund', '--prefix', 'mutation']);
}

/** `sync/positions` and `alerts/machine` are parts of src/; without any it is all that the configuration names. */
function partOf(name) {
  return existsSync(at(`src/${name}`)) ? `dist/src/${name}/**/*.js` : `dist/src/${name}.js`;
}

ensureInstalled();
ensureStryker();
build();
// The better part of an hour of a core: whoever else works on this machine goes first.
setPriority(19);
const parts = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const options = process.argv.slice(2).filter((word) => word.startsWith('-'));
const mutate = parts.length === 0 ? [] : ['--mutate', parts.map(partOf).join(',')];
const stryker = at('mutation/node_modules/@stryker-mutator/core/bin/stryker.js');
const args = [stryker, 'run', 'mutation/stryker.config.mjs', ...mutate, ...options];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
