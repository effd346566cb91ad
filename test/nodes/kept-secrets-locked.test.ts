import assert from 'node:assert/strict';
import { eventually } from '../support/clocks.js';
import { KeptSecretsStage, SECRETS, SERVICE } from '../support/kept-secrets-stage.js';

const KEYCHAIN = { secretStore: 'keychain' };
const LOCKED = /The system keychain is locked\. Unlock it/;
const MINUTE_MS = 60_000;

describe('a keychain that is locked', () => {
  const stage = new KeptSecretsStage();

  /** Logged in, with all secrets in the keychain. */
  const loggedIn = async () => {
    await stage.load(KEYCHAIN);
    await stage.enter();
    await stage.logIn();
  };
  const live = async () => {
    await loggedIn();
    stage.use();
    await stage.until('live');
  };

  for (const missing of ['keytar', '@napi-rs/keyring'] as const)
    describe(`when Node-RED starts (without ${missing})`, () => {
      /** What can put a question on somebody's screen: keytar's reads of a locked keychain do not. */
      const questions = () =>
        stage.keychain.asked.splice(0).filter(({ act, library }) => act !== 'read' || library !== 'keytar')
          .length;

      beforeEach(async () => {
        stage.keychain.installed.delete(missing);
        await loggedIn();
        stage.keychain.mood = 'locked';
        stage.keychain.asked.splice(0);
        await stage.restart(KEYCHAIN);
        stage.use();
        await stage.until('misconfigured', LOCKED);
      });

      it('is asked once in five minutes, and what works again by itself needs no login', async () => {
        await eventually(() => stage.status().nextAttemptAt !== null);
        assert.equal(questions(), 1);
        for (let minute = 1; minute < 5; minute += 1) await stage.nextAttempt();
        assert.equal(questions(), 0);
        await stage.nextAttempt();
        assert.equal(questions(), 1);
        stage.keychain.mood = 'open';
        for (let minute = 1; minute < 5; minute += 1) await stage.nextAttempt();
        await stage.until('misconfigured', LOCKED);
        assert.equal(questions(), 0);
        await stage.nextAttempt();
        await stage.until('live');
        assert.equal(stage.logins, 1);
      });

      it('is asked at once by the button, and what waits for it goes on', async () => {
        const locked = await stage.probe();
        assert.equal(locked.state, 'locked');
        assert.match(locked.message, LOCKED);
        stage.keychain.mood = 'open';
        assert.equal((await stage.probe()).state, 'available');
        await stage.until('live');
        assert.equal(stage.logins, 1);
      });

      it('takes neither secrets nor a login, and says why', async () => {
        const entered = await stage.post('schwab/c1/secrets', SECRETS);
        assert.equal(entered.status, 502);
        assert.match(entered.body.error.message, LOCKED);
        const begun = await stage.post('schwab/c1/login/begin', {
          ...KEYCHAIN,
          callbackUrl: 'https://127.0.0.1',
        });
        assert.equal(begun.status, 502);
        assert.match(begun.body.error.message, LOCKED);
      });
    });

  it('while all works is a sentence beside live data, until it is unlocked', async () => {
    await live();
    stage.keychain.mood = 'locked';
    await stage.pass(5 * MINUTE_MS);
    await stage.until('live', LOCKED);
    const asked = stage.keychain.asked.length;
    await stage.pass(4 * MINUTE_MS);
    assert.equal(stage.keychain.asked.length, asked);
    stage.keychain.mood = 'open';
    await stage.pass(MINUTE_MS);
    await eventually(() => stage.status().reason === null);
    assert.equal(stage.status().state, 'live');
  });

  it('while all works is forgotten at once when the button finds it open', async () => {
    await live();
    stage.keychain.mood = 'locked';
    await stage.pass(5 * MINUTE_MS);
    await stage.until('live', LOCKED);
    stage.keychain.mood = 'open';
    await stage.probe();
    await eventually(() => stage.status().reason === null);
  });

  it('does not keep the login from being renewed, and has it when it is open again', async () => {
    await live();
    stage.keychain.mood = 'locked';
    const errors = () => stage.logged.filter((line) => line.includes('login cannot be saved'));
    await stage.pass(31 * MINUTE_MS);
    await eventually(() => errors().length > 0, { what: 'the login was renewed' });
    await stage.until('live', LOCKED);
    const polls = stage.schwab.requests.length;
    await stage.pass(20 * MINUTE_MS);
    await eventually(() => stage.schwab.requests.length > polls, { what: 'data go on' });
    assert.equal(errors().length, 1, errors().join('\n'));
    assert.match(stage.entry() ?? '', /access@0/);
    stage.keychain.mood = 'open';
    const isKept = (): boolean => /access@[1-9]/.test(stage.entry() ?? '');
    // A real disk may be slower than this clock: time goes on until it has caught up.
    for (let minute = 0; minute < 120 && !isKept(); minute += 1) await stage.pass(MINUTE_MS);
    await eventually(isKept, { what: 'the renewed login is kept' });
    await stage.until('live', /^$/);
    assert.equal(stage.logins, 1);
  });

  it('that holds the secrets no more is said so beside live data; entered again, they are kept again', async () => {
    await live();
    stage.keychain.entries.clear();
    await stage.pass(5 * MINUTE_MS);
    await stage.until('live', new RegExp(`entry ${SERVICE}, c1 has gone`));
    await stage.enter();
    await eventually(() => stage.status().state === 'live' && stage.status().reason === null);
    await eventually(() => stage.entry()?.includes('refresh-token') === true, {
      what: 'the login is kept again',
    });
    await stage.restart(KEYCHAIN);
    stage.use();
    await stage.until('live');
    assert.equal(stage.logins, 1);
  });

  it('that holds the secrets no more at the start asks for them, and for the login that went with them', async () => {
    await loggedIn();
    stage.keychain.entries.clear();
    await stage.restart(KEYCHAIN);
    stage.use();
    await stage.until('misconfigured', /has gone from the system keychain\. Open the connection/);
    await stage.enter();
    await stage.until('login-required');
    await stage.logIn();
    await stage.until('live');
  });

  it('is nothing to a connection whose secrets are in Node-RED', async () => {
    stage.keychain.mood = 'locked';
    await stage.load({}, SECRETS);
    await stage.logIn({});
    stage.use();
    await stage.until('live');
    await stage.pass(10 * MINUTE_MS);
    assert.deepEqual([stage.status().reason, stage.keychain.asked], [null, []]);
  });
});
