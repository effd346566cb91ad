import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, ensureInstalled } from './ensure-installed.mjs';

/** The system tests that everybody waits for: the demo, and a login from the first click to the figures. */
const ALWAYS = ['demo.test.js', 'schwab-login.test.js'];
/** Half of the time of all tests that are not slow; a process for it and one for the rest. */
const FIRST_HALF = ['brokers', 'sync'];

const root = new URL('../', import.meta.url);
const mocha = fileURLToPath(new URL('node_modules/mocha/bin/mocha.js', root));

/** Runs mocha; what it prints is shown at once, or kept for later. @returns its exit code, its counts and what was kept */
async function run(args, { shown }) {
  const env = { ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}), ...process.env };
  const child = spawn(process.execPath, [mocha, ...args], { env, stdio: ['inherit', 'pipe', 'pipe'] });
  const kept = [];
  for (const [stream, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ])
    stream.on('data', (chunk) => {
      kept.push(chunk);
      if (shown) to.write(chunk);
    });
  const status = await new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
  const text = Buffer.concat(kept).toString();
  // Without this line mocha ended before its tests did.
  const [, passed, failed] = /^(\d+) passed, (\d+) failed/m.exec(text) ?? [0, 0, 1];
  return { status, text, passed: Number(passed), failed: Number(failed) };
}

const ignoring = (names) => names.flatMap((name) => ['--ignore', `dist/test/${name}`]);

ensureInstalled();
build();
const [everything, given] = [process.env.CI === 'true' || process.argv[2] === '--all', process.argv.slice(2)];
const args = given.filter((word) => word !== '--all');
// Whoever names files gets these; where everything runs, nothing runs beside it.
if (everything || args.length > 0) process.exit((await run(args, { shown: true })).status);

const slow = readdirSync(new URL('dist/test/system/', root)).filter(
  (name) => name.endsWith('.test.js') && !ALWAYS.includes(name),
);
const others = readdirSync(new URL('dist/test/', root)).filter((name) => !FIRST_HALF.includes(name));
const [first, second] = await Promise.all([
  run(ignoring(others.map((name) => `${name}/**`)), { shown: true }),
  run(ignoring([...FIRST_HALF.map((name) => `${name}/**`), ...slow.map((name) => `system/${name}`)]), {
    shown: false,
  }),
]);
console.log(second.text);
const sum = (count) => first[count] + second[count];
console.log(`Not run here: ${slow.length} slow system tests (npm run test:all; CI runs them).`);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(first.status || second.status);
