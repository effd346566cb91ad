import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accountKeys } from '../../src/node-red/installation.js';
import { SecretPlaces } from '../../src/node-red/secret-places.js';
import { fastClock } from '../support/clocks.js';
import { folderForEachTest } from '../support/folders.js';
import { MemoryKeychain } from '../support/memory-keychain.js';

const OWNER = { owner: 'an app', secret: 'app secret' };

describe('what is written to the disk, with a umask of 000', () => {
  const userDir = folderForEachTest();
  const folder = () => join(userDir(), 'brokerage');
  let umask = 0;

  beforeEach(() => void (umask = process.umask(0)));
  afterEach(() => void process.umask(umask));

  const places = () => {
    const clock = fastClock(100);
    const { keychain } = new MemoryKeychain(clock);
    return new SecretPlaces({
      userDir: userDir(),
      kind: 'schwab',
      service: 'TradingHelperBot_Schwab',
      keychain,
      clock,
      warn: () => {},
    });
  };
  /** File name, shortened to what it is → its mode. */
  const modes = async () => {
    const names = await readdir(folder());
    const each = names.map(async (name) => {
      const mode = ((await stat(join(folder(), name))).mode & 0o777).toString(8);
      return [name.replace(/login-[0-9a-f]{8}/, 'login'), mode] as const;
    });
    const mode = ((await stat(folder())).mode & 0o777).toString(8);
    return { folder: mode, ...Object.fromEntries(await Promise.all(each)) };
  };

  const writes = {
    'the salt of account keys': {
      write: async () => void accountKeys(userDir(), assert.fail)('schwab', '1'),
      files: { 'installation-salt': '600' },
    },
    'a login and the key of the files': {
      write: async () => await places().login('c1', OWNER).write('tokens'),
      files: { 'schwab-c1-login.json': '600', 'secrets-key': '600' },
    },
    'the mark of an entry in the keychain': {
      write: async () => await places().item('c1').enter({ appKey: 'key' }),
      files: { 'schwab-c1-keychain.json': '600' },
    },
    'a login that cannot be decrypted': {
      write: async () => {
        const login = places().login('c1', OWNER);
        await login.write('tokens');
        for (const name of await readdir(folder()))
          if (name.includes('login')) await writeFile(join(folder(), name), 'damaged');
        assert.equal(await login.read(), null);
        await login.write('others');
      },
      files: { 'schwab-c1-login.json': '600', 'schwab-c1-login.json.bad': '600', 'secrets-key': '600' },
    },
  } as const;

  for (const [what, { files, write }] of Object.entries(writes)) {
    it(`is for the owner only: ${what}`, async () => {
      await write();
      assert.deepEqual(await modes(), { folder: '700', ...files });
      await write();
      assert.deepEqual(await modes(), { folder: '700', ...files });
    });

    it(`is for the owner only, and so is a folder that others could write to: ${what}`, async () => {
      await mkdir(folder());
      await chmod(folder(), 0o777);
      await write();
      assert.deepEqual(await modes(), { folder: '700', ...files });
    });
  }

  it('is for the owner only while it is locked', async () => {
    await mkdir(folder(), { mode: 0o777 });
    await places()
      .login('c1', OWNER)
      .exclusively(async () => {
        assert.deepEqual(await modes(), { folder: '700', 'schwab-c1-login.json.lock': '600' });
      });
  });

  it('takes from others what they could read in a salt of before, and keeps it', async () => {
    const before = accountKeys(userDir(), assert.fail)('schwab', '1');
    await chmod(join(folder(), 'installation-salt'), 0o644);
    assert.equal(accountKeys(userDir(), assert.fail)('schwab', '1'), before);
    assert.deepEqual(await modes(), { folder: '700', 'installation-salt': '600' });
  });

  it('is another salt where a crash left half of one, and no draft stays behind', async () => {
    await mkdir(folder());
    await writeFile(join(folder(), 'installation-salt'), 'half');
    const key = accountKeys(userDir(), assert.fail)('schwab', '1');
    assert.equal(accountKeys(userDir(), assert.fail)('schwab', '1'), key);
    assert.deepEqual(await modes(), { folder: '700', 'installation-salt': '600' });
  });

  it('is nothing where no folder can be made, and that is said', async () => {
    await writeFile(folder(), 'a file');
    const warnings: string[] = [];
    accountKeys(userDir(), (message) => warnings.push(message));
    assert.match(warnings.join(), /installation-salt cannot be kept .* will differ after the next start/);
    assert.deepEqual(await readdir(userDir()), ['brokerage']);
  });
});
