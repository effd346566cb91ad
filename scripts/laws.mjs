import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The laws of the alert engine, with so many runs each: an hour and more of computing. */
const { ALERT_RUNS = '20000' } = process.env;
const laws = ['level-laws', 'edge-laws', 'grouping', 'engine-laws'];
const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [
    file('../node_modules/mocha/bin/mocha.js'),
    '--no-config',
    '--enable-source-maps',
    ...laws.map((name) => file(`../dist/test/alerts/${name}.test.js`)),
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', env: { ...process.env, ALERT_RUNS } },
);
process.exit(status ?? 1);
