import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encryptedFile } from '../../src/secrets/encrypted-file.js';
import { fastClock } from '../support/clocks.js';
import { folderForEachTest } from '../support/folders.js';

describe('a secret in a file', () => {
  const folder = folderForEachTest();
  const warnings: string[] = [];
  const path = () => join(folder(), 'brokerage', 'schwab-1.json');
  const store = (secret = 'app secret') =>
    encryptedFile({
      path: path(),
      secret: async () => secret,
      clock: fastClock(100),
      warn: (message) => warnings.push(message),
    });
  const mode = async (name: string) => ((await stat(name)).mode & 0o777).toString(8);

  beforeEach(() => void warnings.splice(0));

  it('is not there at first, and there after a write', async () => {
    assert.equal(await store().read(), null);
    await store().write('one');
    await store().write('two');
    assert.equal(await store().read(), 'two');
    assert.deepEqual(await readdir(join(folder(), 'brokerage')), ['schwab-1.json']);
  });

  it('cannot be read by anybody else, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      await store().write('one');
    } finally {
      process.umask(before);
    }
    assert.equal(await mode(path()), '600');
    assert.equal(await mode(join(folder(), 'brokerage')), '700');
  });

  it('takes from others what they could do in a folder that was there before', async () => {
    await mkdir(join(folder(), 'brokerage'));
    await chmod(join(folder(), 'brokerage'), 0o777);
    await store().write('one');
    assert.equal(await mode(join(folder(), 'brokerage')), '700');
  });

  it('does not stand in the file', async () => {
    await store().write('refresh token');
    assert.ok(!(await readFile(path(), 'utf8')).includes('refresh token'));
  });

  it('sets a file aside that another secret has written, and says so', async () => {
    await store('old app secret').write('one');
    assert.equal(await store().read(), null);
    assert.deepEqual(await readdir(join(folder(), 'brokerage')), ['schwab-1.json.bad']);
    assert.match(warnings.join(), /cannot be decrypted.*schwab-1\.json\.bad/);
    assert.ok(!warnings.join().includes('app secret'));
  });

  it('does not follow a link to a file of somebody else', async () => {
    await mkdir(join(folder(), 'brokerage'));
    await writeFile(join(folder(), 'other'), 'precious');
    await symlink(join(folder(), 'other'), path());
    await assert.rejects(store().read(), /not a plain file/);
    await store().write('one');
    assert.equal(await readFile(join(folder(), 'other'), 'utf8'), 'precious');
    assert.equal(await store().read(), 'one');
  });

  it('fails to be read rather than to be there where the file cannot be opened', async () => {
    await mkdir(path(), { recursive: true });
    await assert.rejects(store().read());
  });

  it('stays what it was when a write fails, and leaves no draft behind', async () => {
    await store().write('one');
    await mkdir(`${path()}.d`);
    const blocked = encryptedFile({
      path: `${path()}.d`,
      secret: async () => 'app secret',
      clock: fastClock(100),
      warn: () => {},
    });
    await assert.rejects(blocked.write('two'));
    assert.equal(await store().read(), 'one');
    assert.deepEqual((await readdir(join(folder(), 'brokerage'))).toSorted(), [
      'schwab-1.json',
      'schwab-1.json.d',
    ]);
  });

  it('is gone after it was removed, and removing it again is no mistake', async () => {
    await store().write('one');
    await store().remove();
    await store().remove();
    assert.equal(await store().read(), null);
  });
});
