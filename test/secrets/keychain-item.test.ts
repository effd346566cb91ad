import assert from 'node:assert/strict';
import { ACCOUNT, keychainItem, REST_MS, SERVICE, trouble } from '../support/keychain-item.js';

const SECRETS = { appKey: 'key', appSecret: 'secret' };
const KEYTAR = `keytar|${SERVICE}|${ACCOUNT}`;
const KEYRING = `@napi-rs/keyring|${SERVICE}|${ACCOUNT}`;

async function kept() {
  const given = keychainItem();
  await given.item.enter(SECRETS);
  return given;
}

describe('the secrets of a connection in the keychain', () => {
  it('are none at first, and all there after they were entered', async () => {
    const { item, marker } = keychainItem();
    assert.deepEqual(await item.read(), {});
    assert.equal(await item.isUsed(), false);
    await item.enter(SECRETS);
    assert.deepEqual(await item.read(), SECRETS);
    assert.deepEqual(await marker.read(), { library: 'keytar', names: ['appKey', 'appSecret'] });
  });

  it('are one entry, to which others are added', async () => {
    const { item, memory } = await kept();
    await item.enter({ appSecret: 'another' });
    await item.change((secrets) => ({ ...secrets, login: 'tokens' }));
    assert.deepEqual(await item.read(), { appKey: 'key', appSecret: 'another', login: 'tokens' });
    assert.deepEqual([...memory.entries.keys()], [KEYTAR]);
  });

  it('are told by name without a question to the keychain', async () => {
    const { item, memory } = await kept();
    memory.mood = 'locked';
    memory.asked.splice(0);
    assert.deepEqual(await item.names(), ['appKey', 'appSecret']);
    assert.equal(await item.isUsed(), true);
    assert.deepEqual(memory.asked, []);
  });

  it('count only once they were read back', async () => {
    const { item, marker, memory } = keychainItem();
    memory.onAsk = ({ account }) => (memory.mood = account === ACCOUNT ? 'forgetful' : 'open');
    await assert.rejects(item.enter(SECRETS), trouble('other', /does not give back/));
    assert.equal(await marker.read(), null);
  });

  it('stay the ones of before where the keychain forgets the new ones', async () => {
    const { item, marker, memory } = await kept();
    memory.mood = 'forgetful';
    await assert.rejects(item.enter({ flexToken: 'x' }), trouble('other', /does not give back/));
    assert.deepEqual(await marker.read(), { library: 'keytar', names: ['appKey', 'appSecret'] });
    memory.mood = 'open';
    assert.deepEqual(await item.read(), SECRETS);
  });

  for (const missing of ['keytar', '@napi-rs/keyring'] as const)
    it(`are locked, not gone, while the keychain is locked (without ${missing})`, async () => {
      const { clock, item, memory } = keychainItem();
      memory.installed.delete(missing);
      await item.enter(SECRETS);
      memory.mood = 'locked';
      await assert.rejects(item.read(), trouble('locked'));
      await assert.rejects(item.enter({ appKey: 'x' }), trouble('locked'));
      await assert.rejects(
        item.change(() => ({})),
        trouble('locked'),
      );
      await assert.rejects(item.remove(), trouble('locked'));
      memory.mood = 'open';
      clock.advance(REST_MS);
      assert.deepEqual(await item.read(), SECRETS);
    });

  it('are not known to be none before a locked keychain was opened', async () => {
    const { clock, item, memory } = keychainItem();
    memory.mood = 'locked';
    await assert.rejects(item.read(), trouble('locked'));
    memory.mood = 'open';
    clock.advance(REST_MS);
    assert.deepEqual(await item.read(), {});
  });

  it('are there when the keychain is opened between two looks', async () => {
    const { item, memory } = await kept();
    memory.mood = 'locked';
    memory.onAsk = ({ act }) => {
      if (act === 'write') memory.mood = 'open';
    };
    assert.deepEqual(await item.read(), SECRETS);
  });

  it('have gone when an open keychain has them no more: never "nothing kept"', async () => {
    const { item, memory } = await kept();
    memory.entries.clear();
    const said = new RegExp(`${SERVICE}, ${ACCOUNT} has gone .* enter the secrets again`);
    await assert.rejects(item.read(), trouble('gone', said));
    await assert.rejects(
      item.change((secrets) => secrets),
      trouble('gone'),
    );
    assert.deepEqual(await item.names(), ['appKey', 'appSecret']);
  });

  it('begin anew where they are entered after they have gone', async () => {
    const { item, memory } = await kept();
    memory.entries.clear();
    await item.enter({ appKey: 'new' });
    assert.deepEqual(await item.read(), { appKey: 'new' });
    assert.deepEqual(await item.names(), ['appKey']);
  });

  for (const missing of ['keytar', '@napi-rs/keyring'] as const)
    it(`are found without a mark, as after a restored user directory (without ${missing})`, async () => {
      const { clock, item, marker, memory } = keychainItem();
      memory.installed.delete(missing);
      await item.enter(SECRETS);
      const mark = await marker.read();
      await marker.remove();
      memory.installed.add(missing);
      clock.advance(REST_MS);
      assert.deepEqual(await item.read(), SECRETS);
      assert.deepEqual(await marker.read(), mark);
    });

  it('without a mark are not taken for none while one of the libraries sees them locked', async () => {
    const { clock, item, marker, memory } = keychainItem();
    memory.installed.delete('keytar');
    await item.enter(SECRETS);
    await marker.remove();
    memory.installed.add('keytar');
    clock.advance(REST_MS);
    memory.onAsk = ({ library }) => (memory.mood = library === 'keytar' ? 'open' : 'locked');
    await assert.rejects(item.read(), trouble('locked'));
  });

  it('whose library is not there any more are orphaned; entered again they begin anew', async () => {
    const { clock, item, marker, memory } = await kept();
    memory.installed.delete('keytar');
    await assert.rejects(item.read(), trouble('orphaned', /kept through keytar, which cannot be loaded/));
    await assert.rejects(item.remove(), trouble('orphaned', /through keytar/));
    await item.enter({ appKey: 'new' });
    assert.deepEqual(await item.read(), { appKey: 'new' });
    assert.deepEqual(await marker.read(), { library: '@napi-rs/keyring', names: ['appKey'] });
    memory.installed.add('keytar');
    clock.advance(REST_MS);
    await item.remove();
    assert.deepEqual(await item.read(), {}, 'the old entry came back');
  });

  it('that are damaged say so, and begin anew where they are entered again', async () => {
    for (const text of ['', 'null', '[]', '{"v":2,"secrets":{}}', '{"v":1,"secrets":{"appKey":1}}']) {
      const { item, memory } = await kept();
      memory.entries.set(KEYTAR, text);
      await assert.rejects(item.read(), trouble('damaged', /enter the secrets again/));
      await item.enter(SECRETS);
      assert.deepEqual(await item.read(), SECRETS);
    }
  });

  it('leave neither entry nor mark when the last of them is taken out', async () => {
    const { item, marker, memory } = await kept();
    await item.change(() => ({}));
    assert.equal(memory.entries.size, 0);
    assert.equal(await marker.read(), null);
    assert.deepEqual(await item.read(), {});
  });

  it('are taken out by name, and what has gone needs not be taken out', async () => {
    const { item, memory } = await kept();
    await item.drop(['appKey', 'never kept']);
    assert.deepEqual(await item.read(), { appSecret: 'secret' });
    await item.enter(SECRETS);
    memory.entries.clear();
    await item.drop(['appKey']);
    await assert.rejects(item.read(), trouble('gone'));
    await item.drop(['appSecret']);
    assert.equal(await item.isUsed(), false);
  });

  it('are removed, and removed again, through whichever library', async () => {
    for (const missing of ['keytar', '@napi-rs/keyring'] as const) {
      const { item, memory } = keychainItem();
      memory.installed.delete(missing);
      await item.remove();
      await item.enter(SECRETS);
      assert.deepEqual([...memory.entries.keys()], [missing === 'keytar' ? KEYRING : KEYTAR]);
      await item.remove();
      await item.remove();
      assert.equal(memory.entries.size, 0);
      assert.equal(await item.isUsed(), false);
    }
  });

  it('both survive when two are changed at once', async () => {
    const { item } = await kept();
    await Promise.all([
      item.enter({ flexToken: 'x' }),
      item.change((secrets) => ({ ...secrets, login: 'y' })),
      item.drop(['appKey']),
    ]);
    assert.deepEqual(await item.read(), { appSecret: 'secret', flexToken: 'x', login: 'y' });
  });
});
