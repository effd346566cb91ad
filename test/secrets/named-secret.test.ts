import assert from 'node:assert/strict';
import { namedSecret } from '../../src/secrets/keychain/named-secret.js';
import { turns } from '../../src/secrets/turns.js';
import { keychainItem, trouble } from '../support/keychain-item.js';

function setUp() {
  const given = keychainItem();
  const secret = (name: string) =>
    namedSecret({ item: given.item, name, family: 'login-', exclusively: turns() });
  return { ...given, secret };
}

describe('one of the secrets in an entry of the keychain', () => {
  it('is kept beside the others, and taken out alone', async () => {
    const { item, secret } = setUp();
    await item.enter({ appKey: 'key' });
    assert.equal(await secret('login-a').read(), null);
    await secret('login-a').write('tokens');
    assert.equal(await secret('login-a').read(), 'tokens');
    assert.deepEqual(await item.read(), { appKey: 'key', 'login-a': 'tokens' });
    await secret('login-a').remove();
    assert.deepEqual(await item.read(), { appKey: 'key' });
  });

  it('costs no question to be removed where nothing was ever kept', async () => {
    const { memory, secret } = setUp();
    await secret('login-a').remove();
    assert.deepEqual(memory.asked, []);
  });

  it('is removed without a word where the whole entry has gone', async () => {
    const { memory, secret } = setUp();
    await secret('login-a').write('tokens');
    memory.entries.clear();
    await secret('login-a').remove();
    assert.equal(await secret('login-a').read(), null);
  });

  it('cannot be read, which is not nothing, while the keychain is locked', async () => {
    const { memory, secret } = setUp();
    await secret('login-a').write('tokens');
    memory.mood = 'locked';
    await assert.rejects(secret('login-a').read(), trouble('locked'));
    await assert.rejects(secret('login-a').write('others'), trouble('locked'));
    await assert.rejects(secret('login-a').remove(), trouble('locked'));
  });

  it('is one of the last two of its family to be written; the keys are no such family', async () => {
    const { item, secret } = setUp();
    await item.enter({ appKey: 'key', appSecret: 'secret' });
    for (const name of ['a', 'b', 'a', 'c', 'd']) await secret(`login-${name}`).write(name);
    assert.deepEqual(Object.keys(await item.read()), ['appKey', 'appSecret', 'login-c', 'login-d']);
  });
});
