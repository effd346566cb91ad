import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderForEachTest } from '../support/folders.js';
import { jobs } from './workflow.js';

const SCRIPT = fileURLToPath(new URL('../../../scripts/release.mjs', import.meta.url));
const ENV_FILE = 'examples/docker/.env.example';

describe('npm run release', () => {
  const checkout = folderForEachTest();
  const path = (name: string): string => join(checkout(), name);
  const text = (name: string): string => readFileSync(path(name), 'utf8');
  const versions = (): readonly unknown[] =>
    ['package.json', 'package-lock.json', ENV_FILE].flatMap((name) =>
      [...text(name).matchAll(/(?:"version": "|BROKERAGE_VERSION=)([^"\n]*)/g)].map(([, found]) => found),
    );
  const release = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], {
      cwd: checkout(),
      encoding: 'utf8',
    });
    return { status, said: `${stdout}${stderr}`.trim() };
  };

  beforeEach(() => {
    mkdirSync(path('examples/docker'), { recursive: true });
    writeFileSync(path('package.json'), '{\n  "version": "1.2.3"\n}\n');
    writeFileSync(
      path('package-lock.json'),
      '{ "version": "1.2.3", "packages": { "": { "version": "1.2.3" }, "node_modules/x": { "licence": "MIT" } } }',
    );
    writeFileSync(path(ENV_FILE), '# the version\nBROKERAGE_VERSION=1.2.3\nOTHER=1.2.3\n');
    writeFileSync(
      path('CHANGELOG.md'),
      '# Changelog\n\n## Unreleased\n\n- Dates are kept.\n\n## 1.2.3 (2026-01-01)\n\n- The first.\n',
    );
  });

  it('writes the next version wherever one stands, and dates what is unreleased', () => {
    assert.equal(release('minor', '--date', '2026-02-03').status, 0);
    assert.deepEqual(versions(), ['1.3.0', '1.3.0', '1.3.0', '1.3.0']);
    assert.match(text(ENV_FILE), /^OTHER=1\.2\.3$/m);
    assert.equal(
      text('CHANGELOG.md'),
      '# Changelog\n\n## Unreleased\n\n## 1.3.0 (2026-02-03)\n\n- Dates are kept.\n\n## 1.2.3 (2026-01-01)\n\n- The first.\n',
    );
    assert.deepEqual(release('--notes'), { status: 0, said: '- Dates are kept.' });
  });

  it('takes a version, such as the first one, which package.json has already', () => {
    writeFileSync(path('CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\n- The first.\n');
    assert.equal(release('1.2.3').status, 0);
    assert.deepEqual(release('--check', 'v1.2.3'), { status: 0, said: 'v1.2.3 is what this checkout says' });
  });

  it('releases nothing when nothing is to be told, or when it was told before', () => {
    assert.equal(release('1.2.3').status, 1);
    writeFileSync(
      path('CHANGELOG.md'),
      '# Changelog\n\n## Unreleased\n\n## 1.2.3 (2026-01-01)\n\n- The first.\n',
    );
    const { status, said } = release('patch');
    assert.equal(status, 1);
    assert.match(said, /nothing to release/);
    assert.deepEqual(versions(), ['1.2.3', '1.2.3', '1.2.3', '1.2.3']);
  });

  it('publishes no tag that is not what package.json, the lock file and the Docker example say', () => {
    assert.equal(release('--check', 'v1.2.3').status, 0);
    assert.match(release('--check', 'v1.2.4').said, /The versions differ/);
    writeFileSync(path(ENV_FILE), 'BROKERAGE_VERSION=1.2.2\n');
    assert.match(release('--check', 'v1.2.3').said, /"examples\/docker\/\.env\.example":"1\.2\.2"/);
  });

  it('publishes no version of which the changelog says nothing', () => {
    writeFileSync(path('CHANGELOG.md'), '# Changelog\n\n## Unreleased\n');
    assert.deepEqual(release('--check', 'v1.2.3'), {
      status: 1,
      said: 'CHANGELOG.md says nothing about 1.2.3',
    });
  });

  it('is checked, behind all tests, before npm gets anything', () => {
    const publish = jobs.get('release.yml/publish');
    const commands = publish?.steps.map(({ run = '' }) => run) ?? [];
    const checked = commands.findIndex((run) => run.includes('release.mjs --check "$GITHUB_REF_NAME"'));
    const published = commands.findIndex((run) => run.startsWith('npm publish'));
    assert.ok(checked !== -1 && checked < published);
    assert.equal(publish?.needs, 'checks');
    assert.equal(jobs.get('release.yml/checks')?.uses, './.github/workflows/ci.yml');
  });
});
