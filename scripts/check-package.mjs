import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

// What npm would publish: all that Node-RED needs, and nothing that belongs to the workshop.
const root = new URL('..', import.meta.url);
const cli = process.env.npm_execpath;
const [command, prefix] = cli ? [process.execPath, [cli]] : ['npm', []];
const { stdout, stderr, status } = spawnSync(
  command,
  [...prefix, 'pack', '--dry-run', '--json', '--ignore-scripts'],
  { cwd: fileURLToPath(root), encoding: 'utf8' },
);
if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
const paths = JSON.parse(stdout)[0].files.map(({ path }) => path);
const { 'node-red': nodeRed, bin } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

const ALLOWED =
  /^(dist\/(nodes|src|simulators)\/|(examples|grafana|resources)\/|(package\.json|README\.md|LICENSE|CHANGELOG\.md)$)/;
const problems = paths
  .filter((path) => !ALLOWED.test(path) || /(^|\/)tests?\/|\.test\./.test(path))
  .map((path) => `${path} does not belong into the package`);

/** The texts of a node in every language that there are sources of. */
function textsOf(node) {
  const folder = `${dirname(node)}/locales`;
  const files = readdirSync(new URL(folder.replace(/^dist\//, ''), root), { recursive: true });
  return files.filter((file) => /\.(json|html)$/.test(file)).map((file) => `${folder}/${file}`);
}

const needed = [
  ...Object.values(bin),
  ...Object.values(nodeRed.nodes).flatMap((path) => [path, path.replace(/\.js$/, '.html'), ...textsOf(path)]),
];
for (const path of needed) if (!paths.includes(path)) problems.push(`${path} is missing`);
for (const path of paths) {
  if (/\.\.\/shared|\/work\//.test(readFileSync(new URL(path, root), 'utf8')))
    problems.push(`${path} names a folder of the workshop`);
}

for (const problem of problems) console.error(problem);
console.log(`package: ${paths.length} files, ${problems.length} problems`);
process.exit(problems.length === 0 && paths.length > 0 ? 0 : 1);
