import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// dependency-cruiser passes with "0 modules" when its parser is missing: a run that saw nothing is a failure.
const root = fileURLToPath(new URL('..', import.meta.url));
const cruiser = fileURLToPath(
  new URL('../node_modules/dependency-cruiser/bin/dependency-cruise.mjs', import.meta.url),
);
const folders = ['src', 'nodes', 'simulators', 'test', 'demo', 'bench', 'example-dashboards'];
const { stdout, stderr } = spawnSync(process.execPath, [cruiser, '--output-type', 'json', ...folders], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 256 * 1024 * 1024,
});
if (!stdout) throw new Error(`dependency-cruiser printed nothing: ${stderr}`);
const { summary } = JSON.parse(stdout);
for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
console.log(`layers: ${summary.totalCruised} modules, ${summary.violations.length} violations`);
if (!(summary.totalCruised > 0)) console.error('layers: no module was seen, so nothing was checked');
process.exit(summary.totalCruised > 0 && summary.violations.length === 0 ? 0 : 1);
