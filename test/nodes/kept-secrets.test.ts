import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findConnection } from '../../src/node-red/connections.js';
import { eventually } from '../support/clocks.js';
import { KeptSecretsStage, SECRETS, VALUES } from '../support/kept-secrets-stage.js';
import { helper } from '../support/nodes.js';

const KEYCHAIN = { secretStore: 'keychain' };

describe('secrets in the system keychain', () => {
  const stage = new KeptSecretsStage();

  it('are entered in the dialog, and all works without any in Node-RED, also after a restart', async () => {
    await stage.load(KEYCHAIN);
    stage.use();
    await stage.until('misconfigured', /app key .* is missing/);
    await stage.enter();
    assert.match(stage.entry() ?? '', new RegExp(SECRETS.appSecret));
    await stage.until('login-required');
    await stage.logIn();
    await stage.until('live');
    assert.match(stage.entry() ?? '', /refresh-token/);
    assert.deepEqual(await stage.files(), ['schwab-c1-keychain.json']);
    await stage.restart(KEYCHAIN);
    stage.use();
    await stage.until('live');
    assert.deepEqual([stage.credentials(), stage.logins], [{}, 1]);
  });

  it('can be entered, and the login made, before the first deploy', async () => {
    await stage.load(KEYCHAIN);
    await stage.deploy(null);
    await stage.enter();
    await stage.logIn();
    assert.match(stage.entry() ?? '', /refresh-token/);
    await stage.deploy(KEYCHAIN);
    stage.use();
    await stage.until('live');
  });

  it('that came with a deploy past the dialog move there, and out of Node-RED', async () => {
    await stage.load(KEYCHAIN, SECRETS);
    await eventually(() => Object.keys(stage.credentials()).length === 0);
    assert.match(stage.entry() ?? '', new RegExp(SECRETS.appSecret));
    assert.match(stage.logged.join('\n'), /secrets of c1 were moved to the system keychain/);
    stage.use();
    await stage.until('login-required');
  });

  it('that came with a deploy stay in Node-RED while the keychain is locked', async () => {
    stage.keychain.mood = 'locked';
    await stage.load(KEYCHAIN, SECRETS);
    stage.use();
    await stage.until('misconfigured', /keychain is locked/);
    assert.deepEqual(stage.credentials(), SECRETS);
    stage.keychain.mood = 'open';
    await stage.probe();
    await stage.until('login-required');
    assert.deepEqual(stage.credentials(), {});
  });

  it('that are not entered with another one stay where they are, whatever becomes of the dialog', async () => {
    await stage.load({}, SECRETS);
    await stage.enter({ appSecret: 'another-secret' });
    await stage.deploy({});
    stage.use();
    await stage.until('login-required');
    assert.deepEqual(stage.credentials(), { ...SECRETS, appSecret: 'another-secret' });
    await stage.enter({ appSecret: SECRETS.appSecret });
    await stage.deploy(KEYCHAIN);
    stage.use();
    await stage.until('login-required');
    for (const secret of Object.values(SECRETS)) assert.ok(stage.entry()?.includes(secret));
    assert.deepEqual(stage.credentials(), {});
  });

  it('are not replaced at a restart by the old copy that an earlier move left in the file of Node-RED', async () => {
    await stage.load(KEYCHAIN, SECRETS);
    await eventually(() => Object.keys(stage.credentials()).length === 0);
    await stage.enter({ appSecret: 'a-newer-secret' });
    await stage.restart(KEYCHAIN, SECRETS);
    await eventually(() => Object.keys(stage.credentials()).length === 0);
    assert.match(stage.entry() ?? '', /a-newer-secret/);
    await stage.deploy({ ...KEYCHAIN, name: 'renamed' }, { appSecret: 'the-newest-secret' });
    await eventually(() => stage.entry()?.includes('the-newest-secret') === true);
    assert.ok(stage.entry()?.includes(SECRETS.appKey));
  });

  it('are told by name and never by value', async () => {
    await stage.load(KEYCHAIN);
    await stage.enter();
    await stage.logIn();
    const look = await helper.request().get('/brokerage/schwab/c1/secrets');
    assert.deepEqual(look.body, { isSet: { appKey: true, appSecret: true } });
    const entered = await stage.post('schwab/c1/secrets', SECRETS);
    assert.deepEqual(entered.body, {
      message: 'Kept in the system keychain, and read back.',
      isSet: { appKey: true, appSecret: true },
    });
    const answers = [
      look,
      entered,
      await helper.request().get('/brokerage/schwab/c1/login'),
      await stage.post('secrets/c1/probe', { store: 'keychain' }),
      await stage.post('schwab/c1/secrets/move', { store: 'node-red' }),
      await stage.post('schwab/c1/secrets/move', { store: 'keychain' }),
      await stage.post('schwab/c1/secrets', { appKey: '', appSecret: SECRETS.appSecret }),
    ];
    for (const value of VALUES) {
      for (const { text } of answers) assert.ok(!text.includes(value), text);
      assert.ok(!stage.logged.join('\n').includes(value));
    }
  });

  it('are refused where they are none', async () => {
    await stage.load(KEYCHAIN);
    for (const [body, message] of [
      [{ flexToken: 'x' }, /appKey and appSecret/],
      [{ appKey: ' ' }, /not blank/],
      [{ appKey: 1 }, /is text/],
      [{ appKey: 'x'.repeat(5_000) }, /./],
      [[], /by their names/],
    ] as const) {
      const answer = await stage.post('schwab/c1/secrets', body);
      assert.equal(answer.status, 400);
      assert.match(answer.body.error.message, message);
    }
    const foreign = await stage.post('schwab/c1/secrets', SECRETS).set('Origin', 'https://evil.example');
    assert.equal(foreign.status, 403);
    assert.equal(stage.entry(), null);
  });

  it('go with the node that is deleted, and stay with one that is only disabled', async () => {
    await stage.load(KEYCHAIN);
    await stage.enter();
    await stage.logIn();
    await stage.deploy({ ...KEYCHAIN, d: true });
    await eventually(() => findConnection('c1') === null);
    assert.match(stage.entry() ?? '', /refresh-token/);
    await stage.deploy(KEYCHAIN);
    stage.use();
    await stage.until('live');
    await stage.deploy(null);
    await eventually(() => stage.entry() === null);
    assert.deepEqual(await stage.files(), []);
  });
});

describe('a secret in a file that the environment names', () => {
  const stage = new KeptSecretsStage();
  const credentials = { appKey: '${TEST_APP_KEY}', appSecret: '${TEST_APP_SECRET}' };
  afterEach(() => {
    for (const name of ['TEST_APP_KEY', 'TEST_APP_KEY_FILE', 'TEST_APP_SECRET_FILE'])
      delete process.env[name];
  });

  it('is read from there, as Docker gives secrets', async () => {
    await writeFile(join(stage.folder(), 'secret'), `${SECRETS.appSecret}\n`);
    process.env['TEST_APP_KEY'] = SECRETS.appKey;
    process.env['TEST_APP_SECRET_FILE'] = join(stage.folder(), 'secret');
    await stage.load({}, credentials);
    await stage.logIn({});
    stage.use();
    await stage.until('live');
    const asked = stage.schwab.requests.find(({ path }) => path === '/v1/oauth/token');
    const basic = Buffer.from(`${SECRETS.appKey}:${SECRETS.appSecret}`).toString('base64');
    assert.equal(asked?.headers.authorization, `Basic ${basic}`);
  });

  it('is said to be unreadable where it is', async () => {
    process.env['TEST_APP_KEY_FILE'] = join(stage.folder(), 'missing');
    await stage.load({}, credentials);
    stage.use();
    await stage.until('misconfigured', /^TEST_APP_KEY_FILE is .*missing, which cannot be read: ENOENT/);
    await writeFile(join(stage.folder(), 'missing'), SECRETS.appKey);
    stage.clock.advance(60_000);
    await stage.until('misconfigured', /no environment variable TEST_APP_SECRET is set/);
  });
});
