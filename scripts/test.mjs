import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build, ensureInstalled } from './ensure-installed.mjs';

/** The system tests that everybody waits for: the demo, and a login from the first click to the figures. */
const ALWAYS = ['demo.test.js', 'schwab-login.test.js'];
/** Half of the time of the tests that are not slow. */
const FIRST_HALF = ['brokers', 'sync'];
/** System tests that wait more than they work: they run behind the tests that are none, the others beside them. */
const PATIENT = /^(default-rules|grafana|keychain|mqtt-feed|package-install\.)/;
/** A process whose tests have ended, and that has not: something was left open. */
const ENDS_WITHIN_MS = 20_000;
/** Twice what they take: whatever hangs is to be named, not waited for. */
const ALL_WITHIN_MS = 18 * 60_000;
/** What a process has written is read to its end, unless another one that it left behind holds the pipe open. */
const READ_WITHIN_MS = 2_000;

const root = new URL('../', import.meta.url);
const mocha = fileURLToPath(new URL('node_modules/mocha/bin/mocha.js', root));

/** Runs mocha; what it prints is shown at once, or kept for later. @returns its exit code, its counts and what was kept */
async function run(args, { shown }) {
  const env = { ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}), ...process.env };
  const child = spawn(process.execPath, [mocha, ...args], { env, stdio: ['inherit', 'pipe', 'pipe'] });
  const kept = [];
  let late = null;
  const endBecause = (reason) => () => {
    console.log(reason);
    child.kill('SIGKILL');
  };
  const tooLate = endBecause('The tests have ended, and their process has not: something is left open.');
  const hung = setTimeout(
    endBecause(`The tests have not ended after ${ALL_WITHIN_MS / 60_000} minutes.`),
    ALL_WITHIN_MS,
  );
  for (const [stream, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ])
    stream.on('data', (chunk) => {
      kept.push(chunk);
      if (shown) to.write(chunk);
      if (/^\d+ passed, \d+ failed/m.test(String(chunk))) late ??= setTimeout(tooLate, ENDS_WITHIN_MS);
    });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const status = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  clearTimeout(hung);
  clearTimeout(late);
  await Promise.race([closed, delay(READ_WITHIN_MS)]);
  const text = Buffer.concat(kept).toString();
  // Without this line mocha ended before its tests did.
  const [, passed, failed] = /^(\d+) passed, (\d+) failed/m.exec(text) ?? [0, 0, 1];
  return { status, text, passed: Number(passed), failed: Number(failed) };
}

const ignoring = (names) => names.flatMap((name) => ['--ignore', `dist/test/${name}`]);
const folders = () => readdirSync(new URL('dist/test/', root));
const systemTests = () =>
  readdirSync(new URL('dist/test/system/', root)).filter((name) => name.endsWith('.test.js'));

/** What each of the processes leaves out, that run side by side. */
function shares() {
  const others = (kept) => folders().filter((name) => !kept.includes(name));
  const whole = (names) => names.map((name) => `${name}/**`);
  const ofSystem = (names) => names.map((name) => `system/${name}`);
  if (!everything) {
    const slow = systemTests().filter((name) => !ALWAYS.includes(name));
    return [whole(others(FIRST_HALF)), [...whole(FIRST_HALF), ...ofSystem(slow)]];
  }
  const busy = systemTests().filter((name) => !PATIENT.test(name));
  const patient = systemTests().filter((name) => PATIENT.test(name));
  // Those that kill, or soak, come late in the alphabet, when the other process has ended.
  return [ofSystem(busy), [...whole(others(['system'])), ...ofSystem(patient)]];
}

ensureInstalled();
build();
const [everything, given] = [process.env.CI === 'true' || process.argv[2] === '--all', process.argv.slice(2)];
const args = given.filter((word) => word !== '--all');
// Whoever names files gets these.
if (args.length > 0) process.exit((await run(args, { shown: true })).status);

const results = await Promise.all(
  shares().map(async (left, index) => {
    const result = await run(ignoring(left), { shown: index === 0 });
    return { ...result, isShown: index === 0 };
  }),
);
for (const { isShown, text } of results) if (!isShown) console.log(text);
const sum = (count) => results.reduce((all, result) => all + result[count], 0);
if (!everything)
  console.log(
    `Not run here: ${systemTests().length - ALWAYS.length} slow system tests (npm run test:all; CI runs them).`,
  );
console.log(`In all ${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(results.some(({ status }) => status !== 0) ? 1 : 0);
