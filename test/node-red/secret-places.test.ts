import assert from 'node:assert/strict';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { SecretPlaces } from '../../src/node-red/secret-places.js';
import { fastClock } from '../support/clocks.js';
import { folderForEachTest } from '../support/folders.js';
import { MemoryKeychain } from '../support/memory-keychain.js';

const SERVICE = 'TradingHelperBot_Schwab';
const APP = { owner: 'an app', secret: 'app secret' };
const DAY_MS = 86_400_000;

describe('the places of the secrets of a broker', () => {
  const userDir = folderForEachTest();
  const setUp = () => {
    const clock = fastClock(100);
    const memory = new MemoryKeychain(clock);
    const warnings: string[] = [];
    const places = new SecretPlaces({
      userDir: userDir(),
      kind: 'schwab',
      service: SERVICE,
      keychain: memory.keychain,
      clock,
      warn: (message) => warnings.push(message),
    });
    return { clock, memory, places, warnings };
  };
  const files = async () =>
    (await readdir(join(userDir(), 'brokerage')))
      .filter((name) => name.startsWith('schwab-'))
      .map((name) => name.replace(/login-[0-9a-f]{8}/, 'login'));

  it('hold a login in its file, or in the entry of its node, as the node says', async () => {
    const { memory, places } = setUp();
    await places.login('c1', APP).write('tokens');
    assert.deepEqual(await files(), ['schwab-c1-login.json']);
    places.choose('c1', 'keychain');
    assert.equal(await places.login('c1', APP).read(), 'tokens');
    assert.match(memory.entry(SERVICE, 'c1') ?? '', /tokens/);
    assert.deepEqual(await files(), ['schwab-c1-keychain.json']);
    places.choose('c1', 'node-red');
    assert.equal(await places.login('c1', APP).read(), 'tokens');
    assert.equal(memory.entry(SERVICE, 'c1'), null);
    assert.deepEqual(await files(), ['schwab-c1-login.json']);
  });

  it('follow a dialog only for a node that was never deployed', async () => {
    const { memory, places } = setUp();
    places.suggest('c1', 'keychain');
    await places.login('c1', APP).write('tokens');
    assert.notEqual(memory.entry(SERVICE, 'c1'), null);
    places.choose('c2', 'node-red');
    places.suggest('c2', 'keychain');
    await places.login('c2', APP).write('tokens');
    assert.equal(memory.entry(SERVICE, 'c2'), null);
  });

  it('hold one login for each app', async () => {
    const { places } = setUp();
    for (const store of ['node-red', 'keychain'] as const) {
      places.choose('c1', store);
      await places.login('c1', APP).write('one');
      await places.login('c1', { ...APP, owner: 'another app' }).write('two');
      assert.equal(await places.login('c1', APP).read(), 'one');
    }
  });

  it('lose all of a node that is deleted, and nothing of one whose id only begins like it', async () => {
    const { memory, places, warnings } = setUp();
    for (const id of ['c1', 'c1-2']) {
      await places.item(id).enter({ appKey: 'key' });
      await places.login(id, APP).write('tokens');
    }
    await places.remove('c1');
    await places.remove('c1');
    assert.deepEqual((await files()).toSorted(), ['schwab-c1-2-keychain.json', 'schwab-c1-2-login.json']);
    assert.deepEqual([memory.entry(SERVICE, 'c1'), memory.entries.size], [null, 1]);
    assert.deepEqual(warnings, []);
  });

  it('lose the files of a deleted node although the keychain is locked, and say what stays in it', async () => {
    const { memory, places, warnings } = setUp();
    await places.item('c1').enter({ appKey: 'key' });
    await places.login('c1', APP).write('tokens');
    memory.mood = 'locked';
    await places.remove('c1');
    assert.deepEqual(await files(), []);
    assert.match(
      warnings.join(),
      /entry TradingHelperBot_Schwab, c1 of a deleted connection stays .* locked/,
    );
  });

  it('lose logins in files that nobody has renewed for long', async () => {
    const { clock, places } = setUp();
    await places.login('c1', APP).write('tokens');
    await places.login('c2', APP).write('tokens');
    const [name = ''] = (await readdir(join(userDir(), 'brokerage'))).filter((file) =>
      file.includes('c1-login'),
    );
    const at = new Date(clock.now() - 15 * DAY_MS);
    await utimes(join(userDir(), 'brokerage', name), at, at);
    await places.removeLoginsOlderThan(14 * DAY_MS);
    assert.deepEqual(await files(), ['schwab-c2-login.json']);
  });
});
