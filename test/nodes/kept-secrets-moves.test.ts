import assert from 'node:assert/strict';
import { eventually } from '../support/clocks.js';
import { KeptSecretsStage, SECRETS } from '../support/kept-secrets-stage.js';
import { helper } from '../support/nodes.js';

const KEYCHAIN = { secretStore: 'keychain' };
const NODE_RED = { secretStore: 'node-red' };

describe('secrets that move', () => {
  const stage = new KeptSecretsStage();
  const keychainHolds = (...texts: readonly string[]) =>
    texts.every((text) => stage.entry()?.includes(text) === true);
  const move = async (store: 'keychain' | 'node-red') => {
    const { body, status } = await stage.post('schwab/c1/secrets/move', { store });
    return { status, moved: body.moved, message: body.message ?? body.error?.message };
  };
  /** Logged in, all of it in Node-RED. */
  const inNodeRed = async () => {
    await stage.load(NODE_RED, SECRETS);
    await stage.logIn(NODE_RED);
    stage.use();
    await stage.until('live');
  };
  const inKeychain = async () => {
    await stage.load(KEYCHAIN);
    await stage.enter();
    await stage.logIn();
    stage.use();
    await stage.until('live');
  };
  const worksAfterRestart = async (given: object, credentials: object) => {
    await stage.restart(given, credentials);
    stage.use();
    await stage.until('live');
    assert.equal(stage.logins, 1);
  };

  it('to the keychain take the login along at the deploy; nothing is left in Node-RED', async () => {
    await inNodeRed();
    assert.deepEqual((await move('keychain')).moved, ['appKey', 'appSecret']);
    assert.deepEqual(stage.credentials(), SECRETS, 'whoever cancels the dialog has lost nothing');
    await stage.deploy(KEYCHAIN);
    stage.use();
    await stage.until('live');
    assert.ok(keychainHolds(SECRETS.appKey, SECRETS.appSecret, 'refresh-token'));
    assert.deepEqual([stage.credentials(), await stage.files()], [{}, ['schwab-c1-keychain.json']]);
    await worksAfterRestart(KEYCHAIN, {});
  });

  it('to Node-RED take the login along at the deploy; nothing is left in the keychain after the next start', async () => {
    await inKeychain();
    assert.deepEqual((await move('node-red')).moved, ['appKey', 'appSecret']);
    assert.ok(keychainHolds(SECRETS.appKey), 'whoever cancels the dialog has lost nothing');
    await stage.deploy(NODE_RED);
    stage.use();
    await stage.until('live');
    assert.deepEqual(stage.credentials(), SECRETS);
    await worksAfterRestart(NODE_RED, stage.credentials());
    await eventually(() => stage.entry() === null);
    assert.deepEqual(await stage.files(), ['schwab-c1-login.json']);
  });

  it('to Node-RED without the dialog are brought along just as well', async () => {
    await inKeychain();
    await stage.deploy(NODE_RED);
    stage.use();
    await stage.until('live');
    assert.deepEqual(stage.credentials(), SECRETS);
    assert.equal(stage.logins, 1);
  });

  it('there and back again are the same, with the same login', async () => {
    await inNodeRed();
    // The keychain's copy goes once Node-RED has started with its own.
    for (const given of [KEYCHAIN, NODE_RED, KEYCHAIN, NODE_RED, NODE_RED]) {
      const credentials = stage.credentials();
      await worksAfterRestart(given, credentials);
    }
    assert.deepEqual(stage.credentials(), SECRETS);
    assert.deepEqual(await stage.files(), ['schwab-c1-login.json']);
    assert.equal(stage.keychain.entries.size, 0);
  });

  it('to a keychain that is locked stay where they are', async () => {
    await inNodeRed();
    stage.keychain.mood = 'locked';
    const { message, status } = await move('keychain');
    assert.equal(status, 502);
    assert.match(message, /keychain is locked/);
    assert.deepEqual(stage.credentials(), SECRETS);
    await stage.deploy(KEYCHAIN);
    stage.use();
    await stage.until('misconfigured', /keychain is locked/);
    assert.deepEqual([stage.credentials(), await stage.files()], [SECRETS, ['schwab-c1-login.json']]);
    await stage.deploy(NODE_RED);
    stage.use();
    await stage.until('live');
    assert.equal(stage.logins, 1);
  });

  it('to a keychain that forgets stay where they are', async () => {
    await inNodeRed();
    stage.keychain.mood = 'forgetful';
    assert.match((await move('keychain')).message, /does not give back/);
    assert.deepEqual([stage.credentials(), await stage.files()], [SECRETS, ['schwab-c1-login.json']]);
  });

  it('from a keychain that is locked stay in it, and come when it is open', async () => {
    await inKeychain();
    stage.keychain.mood = 'locked';
    const { message, status } = await move('node-red');
    assert.equal(status, 502);
    assert.match(message, /keychain is locked/);
    await stage.restart(NODE_RED);
    stage.use();
    await stage.until('misconfigured', /keychain is locked/);
    assert.deepEqual(stage.credentials(), {});
    stage.keychain.mood = 'open';
    await stage.probe();
    await stage.until('live');
    assert.deepEqual([stage.credentials(), stage.logins], [SECRETS, 1]);
  });

  it('entered in Node-RED after they have gone from the keychain are no reason to complain ever after', async () => {
    await inKeychain();
    stage.keychain.entries.clear();
    await stage.restart(NODE_RED, SECRETS);
    stage.use();
    await stage.until('login-required');
    await stage.logIn(NODE_RED);
    stage.logged.length = 0;
    await stage.restart(NODE_RED, SECRETS);
    stage.use();
    await stage.until('live', /^$/);
    assert.deepEqual(
      stage.logged.filter((line) => line.includes('keychain')),
      [],
    );
  });

  it('are told of the same way before and after', async () => {
    await inNodeRed();
    const isSet = async () => (await helper.request().get('/brokerage/schwab/c1/secrets')).body.isSet;
    assert.deepEqual(await isSet(), { appKey: false, appSecret: false });
    await move('keychain');
    assert.deepEqual(await isSet(), { appKey: true, appSecret: true });
  });
});
