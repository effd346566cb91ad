import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';

const root = new URL('..', import.meta.url);

/** npm runs through its own JavaScript file where npm tells it: on Windows `npm` is a .cmd that spawn refuses. */
export function npm(args) {
  const cli = process.env.npm_execpath;
  const [command, prefix] = cli ? [process.execPath, [cli]] : ['npm', []];
  const result = spawnSync(command, [...prefix, ...args], { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Installs what package-lock.json asks for, unless node_modules was made from that very lock file. */
export function ensureInstalled() {
  const marker = new URL('node_modules/.package-lock.json', root);
  const lock = new URL('package-lock.json', root);
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs && hasDevTools()) return;
  // npm ci empties the folder behind a link, which belongs to another checkout.
  if (lstatSync(new URL('node_modules', root), { throwIfNoEntry: false })?.isSymbolicLink()) {
    console.warn('node_modules is a link and older than package-lock.json: install where it leads to.');
    return;
  }
  console.log('Installing the packages of package-lock.json (once) …');
  npm(['ci', '--no-audit', '--no-fund']);
}

function hasDevTools() {
  const { devDependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  return Object.keys(devDependencies).every((name) =>
    existsSync(new URL(`node_modules/${name}/package.json`, root)),
  );
}

export function build() {
  npm(['run', '--silent', 'build']);
}
