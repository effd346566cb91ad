import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareUserDir } from '../../demo/user-dir.js';
import { folderForEachTest } from '../support/folders.js';

describe('the user directory of the demo', () => {
  const folder = folderForEachTest();

  it('forgets the figures of the last run, whose market was another, and keeps the rest', async () => {
    const own = join(folder(), 'brokerage');
    await mkdir(own);
    for (const name of ['account-sync-demo-sync.json', 'installation-salt'])
      await writeFile(join(own, name), 'x');
    await prepareUserDir({ userDir: folder(), fresh: false });
    assert.deepEqual(await readdir(own), ['installation-salt']);
    assert.ok((await readdir(folder())).includes('flows.json'));
  });
});
