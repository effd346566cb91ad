import assert from 'node:assert/strict';
import { LoginRequired } from '../../src/errors.js';
import { knownSecrets, rememberCode, remembering } from '../../src/node-red/known-secrets.js';
import {
  said,
  saidAnswer,
  saidError,
  saidIfAny,
  saidInLog,
  saidIssues,
  saidOrders,
} from '../../src/node-red/said.js';
import { memorySecret } from '../../src/secrets/memory.js';

/** Values that no other test of this process uses: what is known stays known. */
const fresh = (() => {
  let count = 0;
  return (what: string) => `${what}-number-${(count += 1)}-of-these-tests`;
})();

describe('a secret that was read', () => {
  it('is known before it is written, whatever it is called', async () => {
    const [access, refresh] = [fresh('access'), fresh('refresh')];
    const store = remembering({
      ...memorySecret(),
      write: async () => {
        throw new Error(said(`the disk is full: ${access}`));
      },
    });
    await assert.rejects(store.write(JSON.stringify({ v: 1, deep: [{ access }], refresh })), {
      message: 'the disk is full: …',
    });
    assert.equal(said(refresh), '…');
  });

  it('is known when it comes from the disk, also where it is no JSON', async () => {
    const [token, text] = [fresh('token'), fresh('text')];
    const [one, other] = [memorySecret(), memorySecret()];
    await one.write(JSON.stringify({ token }));
    await other.write(text);
    assert.equal(said(token), token);
    await remembering(one).read();
    await remembering(other).read();
    assert.equal(said(`${token} ${text}`), '… …');
  });

  it('does what the store behind it does', async () => {
    const store = remembering(memorySecret());
    assert.equal(await store.read(), null);
    await store.write('"text-that-is-kept"');
    assert.equal(await store.read(), '"text-that-is-kept"');
    assert.equal(await store.exclusively(async () => 7), 7);
    await store.remove();
    assert.equal(await store.read(), null);
  });

  for (const [how, pasted] of [
    ['an address', (code: string) => `https://127.0.0.1/?code=${encodeURIComponent(code)}&session=1`],
    ['a query', (code: string) => `code=${encodeURIComponent(code)}`],
    ['lines that a mail program broke', (code: string) => ` ${code.slice(0, 12)}\n${code.slice(12)} `],
    ['a bare code that is still encoded', (code: string) => encodeURIComponent(code)],
  ] as const)
    it(`is known when it was pasted as ${how}`, () => {
      const code = `C0.${fresh('code')}@`;
      rememberCode(pasted(code));
      assert.equal(said(`(${code})`), '(…)');
    });

  it('does not make a secret of an address without a code', () => {
    rememberCode('https://127.0.0.1/callback-of-this-test');
    assert.equal(said('https://127.0.0.1/callback-of-this-test'), 'https://127.0.0.1/callback-of-this-test');
  });
});

describe('what is said', () => {
  const secret = fresh('secret');
  before(() => {
    knownSecrets.secret(secret);
    knownSecrets.accountNumber('U48150042');
  });

  it('keeps what Catch nodes read of an error, and leaves its cause behind', () => {
    const cause = new Error(`Bearer ${secret}`);
    const error = new LoginRequired(`Refused ${secret} of U48150042.`, {
      broker: 'schwab',
      code: 'refused',
      cause,
    });
    const { message, name, stack } = saidError(error);
    assert.equal(message, 'Refused … of …0042.');
    assert.equal(name, 'LoginRequired');
    assert.match(stack ?? '', /said\.test/);
    assert.ok(!(stack ?? '').includes(secret));
    assert.ok(!('cause' in saidError(error)));
    assert.equal(Reflect.get(saidError(error), 'code'), 'refused');
    assert.equal(saidError(`thrown ${secret}`).message, 'thrown …');
  });

  it('begins no line of a log and speaks to no terminal, whoever wrote it', () => {
    const forged = `odd\r\n28 Nov 10:00:00 - [error] all sold\u2028\u001b[2J\u009b31m\u202eMOC`;
    const line = 'odd 28 Nov 10:00:00 - [error] all sold [2J 31mMOC';
    const written: string[] = [];
    const write = (text: string) => void written.push(text);
    const log = saidInLog({ log: { info: write, warn: write, error: write } });
    for (const say of [log.info, log.warn, log.error]) say(forged);
    assert.deepEqual(written, [line, line, line]);
    const error = saidError(new Error(forged));
    assert.equal(error.message, line);
    const [first, second] = (error.stack ?? '').split('\n');
    assert.equal(first, `Error: ${line}`);
    assert.match(second ?? '', /^ +at /);
    assert.equal(saidIfAny(forged), line);
    assert.equal(saidIssues([{ code: 'BAD_RESPONSE', severity: 'info', message: forged }])[0]?.message, line);
  });

  it('touches only the sentences of an answer', () => {
    const url = `https://api.schwabapi.com/v1/oauth/authorize?client_id=${secret}`;
    const label = 'U48150042';
    const answer = { url, ok: true, result: { message: `not ${secret}`, accounts: [{ label, type: null }] } };
    assert.deepEqual(saidAnswer(answer), {
      ...answer,
      result: { message: 'not …', accounts: [{ label, type: null }] },
    });
  });

  it('touches only the words of an order', () => {
    const order = {
      key: secret,
      limitPrice: 48150042,
      rejectReason: 'Account U48150042 has no cash',
      tag: null,
    };
    assert.deepEqual(saidOrders([order]), [{ ...order, rejectReason: 'Account …0042 has no cash' }]);
  });
});
