import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toldFile } from '../../src/state/told-file.js';
import type { Told } from '../../src/state/told.js';
import { folderForEachTest } from '../support/folders.js';

const told = (connection: string): Told => ({
  connection,
  accounts: [],
  next: null,
  sequences: { 'a|orders': 7 },
});

describe('the file of what a reader has told', () => {
  const folder = folderForEachTest();
  let warnings: string[];
  const path = (): string => join(folder(), 'brokerage', 'account-sync-1.json');
  const file = () =>
    toldFile({ path: path(), clean: (words) => words, warn: (message) => warnings.push(message) });

  beforeEach(() => {
    warnings = [];
  });

  it('is not there at a first start', () => {
    assert.equal(file().load(), null);
    assert.deepEqual(warnings, []);
  });

  it('has what was kept last, for its owner only', async () => {
    const own = file();
    await Promise.all([own.save(told('one')), own.save(told('two'))]);
    assert.deepEqual(file().load(), told('two'));
    assert.equal((await stat(path())).mode & 0o777, 0o600);
    assert.equal((await stat(join(folder(), 'brokerage'))).mode & 0o777, 0o700);
  });

  it('is set aside when it is damaged, and the start is a first one', async () => {
    await file().save(told('one'));
    await writeFile(path(), (await readFile(path(), 'utf8')).slice(0, -20));
    assert.equal(file().load(), null);
    assert.match(warnings.join(), /set aside as .*\.bad/);
    assert.deepEqual(await readdir(join(folder(), 'brokerage')), ['account-sync-1.json.bad']);
    await file().save(told('two'));
    assert.deepEqual(file().load(), told('two'));
  });

  it('takes away what a crash in the middle of a write left of it, and nothing else', async () => {
    await file().save(told('one'));
    const others = ['account-sync-12.json.0123456789ab.tmp', 'account-sync-1.json.old.tmp'];
    for (const name of ['account-sync-1.json.0123456789ab.tmp', ...others])
      await writeFile(join(folder(), 'brokerage', name), '{');
    assert.deepEqual(file().load(), told('one'));
    const left = await readdir(join(folder(), 'brokerage'));
    assert.deepEqual(left.toSorted(), ['account-sync-1.json', ...others].toSorted());
  });

  it('is not read through a link', async () => {
    await mkdir(join(folder(), 'brokerage'));
    await writeFile(join(folder(), 'elsewhere'), '{}');
    await symlink(join(folder(), 'elsewhere'), path());
    assert.equal(file().load(), null);
    assert.match(warnings.join(), /no plain file/);
  });

  it('says once that it cannot be written, and again when that is over and comes back', async () => {
    const own = file();
    await mkdir(path(), { recursive: true });
    await own.save(told('one'));
    await own.save(told('two'));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /changes may be missing or told again/);
    await chmod(folder(), 0o700);
  });

  it('goes with its reader, also when that is writing it', async () => {
    const own = file();
    const saved = own.save(told('one'));
    await own.remove();
    await saved;
    assert.deepEqual(await readdir(join(folder(), 'brokerage')), []);
  });
});
