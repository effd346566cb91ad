import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './ensure-installed.mjs';
import { reachable } from './reachable.mjs';

// What npm would publish: all that Node-RED needs, and nothing that belongs to the workshop.
const root = new URL('..', import.meta.url);
/** Of the tarball; twice what it is. Whoever comes near has packed what nobody needs. */
const MOST_PACKED_BYTES = 1_000_000;
/** On the disk of the user, without what the package depends on. */
const MOST_UNPACKED_BYTES = 2_500_000;
/** Licences that ask for no more than their own text, which npm leaves in the folder of each package. */
const LICENCES = new Set(['MIT', 'ISC', '0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause']);

npm(['run', '--silent', 'prepack']);
const cli = process.env.npm_execpath;
const [command, prefix] = cli ? [process.execPath, [cli]] : ['npm', []];
const { stdout, stderr, status } = spawnSync(
  command,
  [...prefix, 'pack', '--dry-run', '--json', '--ignore-scripts'],
  { cwd: fileURLToPath(root), encoding: 'utf8' },
);
if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
const [{ files, size, unpackedSize }] = JSON.parse(stdout);
const paths = files.map(({ path }) => path);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const { 'node-red': nodeRed, bin, exports: opened } = JSON.parse(read('package.json'));

const ALLOWED =
  /^(dist\/(nodes|src|simulators)\/|(examples|grafana|resources)\/|(package\.json|README\.md|LICENSE|CHANGELOG\.md)$)/;
const problems = paths
  .filter((path) => !ALLOWED.test(path) || /(^|\/)tests?\/|\.test\.|\.map$|\.d\.ts$/.test(path))
  .map((path) => `${path} does not belong into the package`);

/** The texts of a node in every language that there are sources of. */
function textsOf(node) {
  const folder = `${dirname(node)}/locales`;
  const texts = readdirSync(new URL(folder.replace(/^dist\//, ''), root), { recursive: true });
  return texts.filter((file) => /\.(json|html)$/.test(file)).map((file) => `${folder}/${file}`);
}

const entries = [...Object.values(bin), ...Object.values(nodeRed.nodes)];
const needed = [
  ...entries,
  ...Object.values(nodeRed.nodes).flatMap((path) => [path.replace(/\.js$/, '.html'), ...textsOf(path)]),
];
for (const path of needed) if (!paths.includes(path)) problems.push(`${path} is missing`);
for (const path of paths) {
  const text = read(path);
  if (/\.\.\/shared|\/work\//.test(text)) problems.push(`${path} names a folder of the workshop`);
  if (/^\/\/# sourceMappingURL=/m.test(text)) problems.push(`${path} points to a map that is not there`);
}

const used = reachable(entries.map((path) => new URL(path, root)));
const packed = new Set(paths.map((path) => new URL(path, root).href));
// A module of types alone is compiled to this, and nothing imports it.
const isEmpty = (path) => read(path).trim() === 'export {};';
for (const path of paths.filter((name) => /^dist\/.*\.js$/.test(name)))
  if (!used.has(new URL(path, root).href) && !isEmpty(path)) problems.push(`nothing runs ${path}`);
for (const address of used) if (!packed.has(address)) problems.push(`${address} is used and not packed`);

// No program can import a module of ours, so that none needs a declaration of its types.
if (Object.keys(opened).join() !== './package.json')
  problems.push('exports opens modules to programs: pack their .d.ts, too');

if (size > MOST_PACKED_BYTES) problems.push(`${size} bytes packed, more than ${MOST_PACKED_BYTES}`);
if (unpackedSize > MOST_UNPACKED_BYTES)
  problems.push(`${unpackedSize} bytes on the disk, more than ${MOST_UNPACKED_BYTES}`);

const installed = Object.entries(JSON.parse(read('package-lock.json')).packages).filter(
  ([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional,
);
for (const [path, { license = 'no licence' }] of installed) {
  // "(MIT OR WTFPL)": one of them will do.
  const choices = license.replace(/[()]/g, '').split(' OR ');
  if (!choices.some((choice) => LICENCES.has(choice))) problems.push(`${path} comes under ${license}`);
}
if (installed.length === 0) problems.push('package-lock.json names no package that users get');

for (const problem of problems) console.error(problem);
const kilobytes = (bytes) => `${Math.round(bytes / 1000)} kB`;
console.log(
  `package: ${paths.length} files, ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} on the disk, ` +
    `${installed.length} packages come with it; ${problems.length} problems`,
);
process.exit(problems.length === 0 && paths.length > 0 ? 0 : 1);
