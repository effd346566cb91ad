import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

// npm run release -- minor            writes the next version wherever one stands, and dates the changelog's "Unreleased"
// npm run release -- --check v0.2.0   whether the checkout is what this tag says
// npm run release -- --notes          what the changelog says about the version of package.json
const VERSION = /^\d+\.\d+\.\d+$/;
const ENV_FILE = 'examples/docker/.env.example';
const IN_ENV_FILE = /^(BROKERAGE_VERSION=)(.*)$/m;
const UNRELEASED = '## Unreleased';

/** The working directory is the checkout. */
const read = (path) => readFileSync(path, 'utf8');
const readJson = (path) => JSON.parse(read(path));
const version = () => readJson('package.json').version;

function stop(reason) {
  console.error(reason);
  process.exit(1);
}

/** @returns what stands under this heading of the changelog, `''` when there is no such heading */
function section(heading) {
  const lines = read('CHANGELOG.md').split('\n');
  const begin = lines.findIndex((line) => line === heading || line.startsWith(`${heading} (`));
  if (begin === -1) return '';
  const rest = lines.slice(begin + 1);
  const end = rest.findIndex((line) => line.startsWith('## '));
  return rest
    .slice(0, end === -1 ? undefined : end)
    .join('\n')
    .trim();
}

function next(step, current) {
  if (VERSION.test(step)) return step;
  const [major, minor, patch] = current.split('.').map(Number);
  if (step === 'major') return `${major + 1}.0.0`;
  if (step === 'minor') return `${major}.${minor + 1}.0`;
  if (step === 'patch') return `${major}.${minor}.${patch + 1}`;
  return stop(`"${step}" is no step: major, minor, patch or a version such as 1.2.3`);
}

function prepare(step, date) {
  const to = next(step, version());
  if (section(`## ${to}`) !== '') stop(`CHANGELOG.md has ${to} already`);
  if (section(UNRELEASED) === '') stop(`CHANGELOG.md says nothing under "${UNRELEASED}": nothing to release`);
  for (const path of ['package.json', 'package-lock.json']) {
    const content = readJson(path);
    content.version = to;
    if (content.packages !== undefined) content.packages[''].version = to;
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
  }
  writeFileSync(ENV_FILE, read(ENV_FILE).replace(IN_ENV_FILE, `$1${to}`));
  writeFileSync(
    'CHANGELOG.md',
    read('CHANGELOG.md').replace(`${UNRELEASED}\n`, `${UNRELEASED}\n\n## ${to} (${date})\n`),
  );
  console.log(`${to} is written. Read the difference, then:
  git commit -am "release: v${to}"
  git tag -a v${to} -m v${to}
  git push origin main v${to}`);
}

function check(tag) {
  const lock = readJson('package-lock.json');
  const found = {
    'the tag': tag.replace(/^v/, ''),
    'package.json': version(),
    'package-lock.json': lock.version,
    'the root of package-lock.json': lock.packages[''].version,
    [ENV_FILE]: IN_ENV_FILE.exec(read(ENV_FILE))?.[2],
  };
  if (new Set(Object.values(found)).size > 1) stop(`The versions differ: ${JSON.stringify(found)}`);
  if (section(`## ${version()}`) === '') stop(`CHANGELOG.md says nothing about ${version()}`);
  console.log(`${tag} is what this checkout says`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'string' }, notes: { type: 'boolean' }, date: { type: 'string' } },
});
if (values.check !== undefined) check(values.check);
else if (values.notes) console.log(section(`## ${version()}`) || stop(`CHANGELOG.md has no ${version()}`));
else if (positionals.length === 1)
  prepare(positionals[0], values.date ?? new Date().toISOString().slice(0, 10));
else stop('npm run release -- major | minor | patch | 1.2.3 [--date 2026-12-31] | --check v1.2.3 | --notes');
