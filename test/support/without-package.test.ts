import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { compatRuntime } from './compat.js';
import { withoutPackages } from './without-package.js';

const run = promisify(execFile);
const REPORT = `for (const name of ['keytar', '@napi-rs/keyring', 'zod'])
  console.log(name, await import(name).then(() => 'loads', (error) => error.code));`;

async function loads(node: string, ...hidden: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await run(node, ['--input-type=module', '--eval', REPORT], {
    env: { ...process.env, ...withoutPackages(...hidden) },
  });
  return stdout.trim().split('\n');
}

describe('a process without some packages', function () {
  this.timeout(20_000);

  it('does not find keytar', async () => {
    const [keytar, napi, zod] = await loads(process.execPath, 'keytar');
    assert.deepEqual(
      [keytar, napi, zod],
      ['keytar ERR_MODULE_NOT_FOUND', '@napi-rs/keyring loads', 'zod loads'],
    );
  });

  it('finds neither keychain library, on Node.js 24 as well', async function () {
    const newest = compatRuntime();
    if (newest === null) this.skip();
    for (const node of [process.execPath, newest.node])
      assert.deepEqual(await loads(node, 'keytar', '@napi-rs/keyring'), [
        'keytar ERR_MODULE_NOT_FOUND',
        '@napi-rs/keyring ERR_MODULE_NOT_FOUND',
        'zod loads',
      ]);
  });
});
