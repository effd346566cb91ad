import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPrivateFile, systemCode } from '../../src/secrets/atomic-file.js';
import { markerFile, memoryMarker } from '../../src/secrets/keychain/marker.js';
import { folderForEachTest } from '../support/folders.js';

describe('a file that is made once', () => {
  const folder = folderForEachTest();
  const path = () => join(folder(), 'it');

  it('is there with all of its text, for its owner only, and without a draft beside it', async () => {
    await createPrivateFile(path(), 'text');
    assert.equal(await readFile(path(), 'utf8'), 'text');
    assert.equal((await stat(path())).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(folder()), ['it']);
  });

  it('is made by one of many, and the others hear that it is there', async () => {
    const texts = Array.from({ length: 10 }, (_value, index) => `text ${index}`);
    const made = await Promise.allSettled(
      texts.map(async (text) => {
        await createPrivateFile(path(), text);
        return text;
      }),
    );
    const [first, ...more] = made.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    assert.deepEqual(more, []);
    assert.equal(await readFile(path(), 'utf8'), first);
    const codes = made.flatMap((result) => (result.status === 'rejected' ? [systemCode(result.reason)] : []));
    assert.deepEqual([...new Set(codes)], ['EEXIST']);
    assert.deepEqual(await readdir(folder()), ['it']);
  });

  it('replaces nothing, not even a link to nowhere', async () => {
    await symlink(join(folder(), 'nowhere'), path());
    await assert.rejects(
      createPrivateFile(path(), 'text'),
      (error: unknown) => systemCode(error) === 'EEXIST',
    );
    assert.deepEqual(await readdir(folder()), ['it']);
  });
});

describe('the mark of an entry in the keychain', () => {
  const folder = folderForEachTest();
  const path = () => join(folder(), 'brokerage', 'schwab-1-keychain.json');
  const mark = { library: 'keytar', names: ['appKey', 'appSecret'] } as const;

  it('is the same in a file and in memory', async () => {
    for (const marker of [markerFile(path()), memoryMarker()]) {
      assert.equal(await marker.read(), null);
      await marker.write({ ...mark, names: [...mark.names] });
      assert.deepEqual(await marker.read(), mark);
      await marker.remove();
      await marker.remove();
      assert.equal(await marker.read(), null);
    }
  });

  it('is for its owner only', async () => {
    await markerFile(path()).write({ library: 'keytar', names: [] });
    assert.equal((await stat(path())).mode & 0o777, 0o600);
    assert.equal((await stat(join(folder(), 'brokerage'))).mode & 0o777, 0o700);
  });

  it('is none where the file is damaged, so that the entry is looked for', async () => {
    await mkdir(join(folder(), 'brokerage'));
    for (const text of ['', 'null', '{"library":"kwallet","names":[]}', '{"library":"keytar"}', '{"lib']) {
      await writeFile(path(), text);
      assert.equal(await markerFile(path()).read(), null);
    }
  });
});
