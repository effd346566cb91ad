import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, ensureInstalled } from './ensure-installed.mjs';

/** The system tests that everybody waits for: the demo, and a login from the first click to the figures. */
const ALWAYS = ['demo.test.js', 'schwab-login.test.js'];

ensureInstalled();
build();
const [everything, given] = [process.env.CI === 'true' || process.argv[2] === '--all', process.argv.slice(2)];
const args = given.filter((word) => word !== '--all');
const others = readdirSync(new URL('../dist/test/system/', import.meta.url)).filter(
  (name) => name.endsWith('.test.js') && !ALWAYS.includes(name),
);
// Whoever names files gets these.
const left = everything || args.length > 0 ? [] : others;
const ignored = left.flatMap((name) => ['--ignore', `dist/test/system/${name}`]);
const mocha = fileURLToPath(new URL('../node_modules/mocha/bin/mocha.js', import.meta.url));
const { status } = spawnSync(process.execPath, [mocha, ...ignored, ...args], { stdio: 'inherit' });
if (left.length > 0)
  console.log(`Not run here: ${left.length} slow system tests (npm run test:all; CI runs them).`);
process.exit(status ?? 1);
