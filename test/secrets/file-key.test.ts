import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encryptedFile } from '../../src/secrets/encrypted-file.js';
import { fileKey } from '../../src/secrets/file-key.js';
import { fastClock } from '../support/clocks.js';
import { folderForEachTest } from '../support/folders.js';

const GIVEN = 'a key of an administrator';

describe('the key of the encrypted files', () => {
  const folder = folderForEachTest();
  const path = () => join(folder(), 'brokerage', 'secrets-key');
  const key = async (env: Readonly<Record<string, string>> = {}) => await fileKey({ path: path(), env });
  const isWrong = (message: RegExp) => ({ name: 'ConfigError', code: 'secrets-key', message });
  const hasNoneOfItsOwn = async () => assert.ok(!(await readdir(folder())).includes('brokerage'));

  it('is made when it is first needed, and the same ever after', async () => {
    const first = await key();
    assert.equal(Buffer.from(first, 'base64').length, 32);
    assert.equal(await key(), first);
    assert.equal((await readFile(path(), 'utf8')).trim(), first);
    assert.deepEqual(await readdir(join(folder(), 'brokerage')), ['secrets-key']);
  });

  it('is one key also for many that need it at once', async () => {
    const keys = await Promise.all(Array.from({ length: 10 }, async () => await key()));
    assert.equal(new Set(keys).size, 1);
    assert.equal((await stat(path())).mode & 0o777, 0o600);
  });

  it('is made anew where the file is empty, as a full disk leaves it', async () => {
    await mkdir(join(folder(), 'brokerage'));
    for (const text of ['', ' \n']) {
      await writeFile(path(), text);
      const made = await key();
      assert.equal(Buffer.from(made, 'base64').length, 32);
      assert.equal(await key(), made);
    }
    assert.equal((await stat(path())).mode & 0o777, 0o600);
  });

  it('is not read from where a link leads', async () => {
    await mkdir(join(folder(), 'brokerage'));
    await writeFile(join(folder(), 'other'), GIVEN);
    await symlink(join(folder(), 'other'), path());
    await assert.rejects(key(), /not a plain file/);
  });

  it("is the administrator's where the environment holds it, and none of our own is made", async () => {
    assert.equal(await key({ BROKERAGE_SECRETS_KEY: ` ${GIVEN}\n` }), GIVEN);
    await hasNoneOfItsOwn();
  });

  it("is the administrator's where the environment names a file", async () => {
    const file = join(folder(), 'docker-secret');
    await writeFile(file, `${GIVEN}\n`);
    assert.equal(await key({ BROKERAGE_SECRETS_KEY_FILE: file }), GIVEN);
    assert.equal(
      await key({ BROKERAGE_SECRETS_KEY_FILE: file, BROKERAGE_SECRETS_KEY: `another ${GIVEN}` }),
      `another ${GIVEN}`,
    );
    await hasNoneOfItsOwn();
  });

  it('is our own where the variables are there and blank', async () => {
    const own = await key();
    assert.equal(await key({ BROKERAGE_SECRETS_KEY: '', BROKERAGE_SECRETS_KEY_FILE: ' ' }), own);
  });

  it("is never our own instead of the administrator's that cannot be used", async () => {
    const short = join(folder(), 'short');
    await writeFile(short, 'too short\n');
    for (const [env, message] of [
      [
        { BROKERAGE_SECRETS_KEY_FILE: join(folder(), 'missing') },
        /KEY_FILE is .*missing.*cannot be read \(ENOENT\)/,
      ],
      [{ BROKERAGE_SECRETS_KEY_FILE: folder() }, /cannot be read \(EISDIR\)/],
      [{ BROKERAGE_SECRETS_KEY_FILE: short }, /The file in .*KEY_FILE holds 9 characters/],
      [{ BROKERAGE_SECRETS_KEY: 'too short' }, /BROKERAGE_SECRETS_KEY holds 9 characters: .*16/],
    ] as const) {
      await assert.rejects(key(env), isWrong(message));
      await assert.rejects(
        key(env),
        (error: unknown) => error instanceof Error && !error.message.includes('too short'),
      );
    }
    await hasNoneOfItsOwn();
  });

  describe('together with the secret of an app', () => {
    const warnings: string[] = [];
    const login = (secret: string, env: Readonly<Record<string, string>> = {}) =>
      encryptedFile({
        path: join(folder(), 'brokerage', 'login.json'),
        secret: async () => JSON.stringify([await key(env), secret]),
        clock: fastClock(100),
        warn: (message) => warnings.push(message),
      });

    it('opens a file, and neither does alone', async () => {
      await login('app secret').write('tokens');
      assert.equal(await login('app secret').read(), 'tokens');
      assert.equal(await login('another').read(), null);
      await login('app secret').write('tokens');
      assert.equal(await login('app secret', { BROKERAGE_SECRETS_KEY: GIVEN }).read(), null);
      assert.equal(warnings.length, 2);
    });

    it('leaves a file where it is while the key cannot be had: it is not taken for damaged', async () => {
      const file = join(folder(), 'key');
      await writeFile(file, GIVEN);
      const env = { BROKERAGE_SECRETS_KEY_FILE: file };
      await login('app secret', env).write('tokens');
      const missing = { BROKERAGE_SECRETS_KEY_FILE: `${file}.gone` };
      await assert.rejects(login('app secret', missing).read(), isWrong(/cannot be read/));
      await assert.rejects(login('app secret', missing).write('others'), isWrong(/cannot be read/));
      assert.equal(await login('app secret', env).read(), 'tokens');
    });
  });
});
