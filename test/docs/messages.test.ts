import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ROOT } from './markdown.js';

describe('the reference of the messages', function () {
  this.timeout(60_000);

  it('has every field of the messages, as the code has them, and examples that the package would tell today', () => {
    const script = fileURLToPath(new URL('scripts/make-message-docs.mjs', ROOT));
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  });
});
