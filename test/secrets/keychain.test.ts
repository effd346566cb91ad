import assert from 'node:assert/strict';
import type { Ask } from '../../src/secrets/keychain/ask.js';
import { Keychain } from '../../src/secrets/keychain/keychain.js';
import type { KeychainRequest } from '../../src/secrets/keychain/protocol.js';
import { FakeClock } from '../support/clocks.js';
import { settled } from '../support/memory-broker.js';
import { MemoryKeychain } from '../support/memory-keychain.js';

const REST_MS = 5 * 60_000;
const place = { service: 'TradingHelperBot_Test', account: 'a' } as const;
const read = { act: 'read', library: 'keytar', ...place } as const;

function setUp() {
  const clock = new FakeClock();
  const memory = new MemoryKeychain(clock);
  const { keychain } = memory;
  /** Which library was asked to do what since the last look. */
  const asked = () => memory.asked.splice(0).map(({ act, library }) => `${library} ${act}`);
  return { asked, clock, keychain, memory };
}

describe('the system keychain', () => {
  it('gives what was written, and null where nothing is', async () => {
    const { keychain } = setUp();
    assert.deepEqual(await keychain.do(read), { ok: true, text: null });
    await keychain.do({ ...read, act: 'write', text: 'a secret' });
    assert.deepEqual(await keychain.do(read), { ok: true, text: 'a secret' });
    await keychain.do({ ...read, act: 'remove' });
    assert.deepEqual(await keychain.do(read), { ok: true, text: null });
  });

  it('is asked one thing at a time, in the order in which it was wanted', async () => {
    const waiting: { readonly request: KeychainRequest; readonly answer: () => void }[] = [];
    const ask: Ask = async (request) =>
      await new Promise((resolve) =>
        waiting.push({ request, answer: () => resolve({ kind: 'done', text: request.account }) }),
      );
    const keychain = new Keychain({ ask, clock: new FakeClock() });
    const texts = Promise.all(
      ['a', 'b', 'c'].map(async (account) => await keychain.do({ ...read, account })),
    );
    for (const account of ['a', 'b', 'c']) {
      await settled();
      assert.deepEqual(
        waiting.map(({ request }) => request.account),
        [account],
      );
      waiting.pop()?.answer();
    }
    assert.deepEqual(
      (await texts).map((outcome) => outcome.ok && outcome.text),
      ['a', 'b', 'c'],
    );
  });

  it('says what is wrong instead of throwing, whatever becomes of the question', async () => {
    const keychain = new Keychain({
      clock: new FakeClock(),
      ask: async () => {
        throw new Error('spawn ENOMEM');
      },
    });
    const expected = {
      ok: false,
      trouble: { kind: 'other', sentence: 'The system keychain failed: spawn ENOMEM' },
    };
    assert.deepEqual(await keychain.do(read), expected);
    assert.deepEqual(await keychain.probe(), expected);
  });

  for (const mood of ['locked', 'late', 'no bus'] as const)
    it(`is left alone for five minutes after a refusal (${mood})`, async () => {
      const { asked, clock, keychain, memory } = setUp();
      memory.mood = mood;
      const write = { ...read, act: 'write', text: 'x' } as const;
      const refused = await keychain.do(write);
      assert.equal(refused.ok, false);
      assert.deepEqual(asked(), ['keytar write']);
      memory.mood = 'open';
      clock.advance(REST_MS - 1);
      assert.deepEqual(await keychain.do(write), refused);
      assert.deepEqual(await keychain.do(read), refused);
      assert.deepEqual(asked(), []);
      clock.advance(1);
      assert.deepEqual(await keychain.do(write), { ok: true, text: null });
      assert.deepEqual(asked(), ['keytar write']);
    });

  it('is asked through the other library while one of them rests', async () => {
    const { asked, keychain, memory } = setUp();
    memory.mood = 'late';
    await keychain.do(read);
    memory.mood = 'open';
    const other = { ...read, library: '@napi-rs/keyring' } as const;
    assert.deepEqual(await keychain.do(other), { ok: true, text: null });
    assert.deepEqual(asked(), ['keytar read', '@napi-rs/keyring read']);
  });

  describe('that is probed', () => {
    it('works through keytar, and nothing of the probe is left', async () => {
      const { asked, keychain, memory } = setUp();
      assert.deepEqual(await keychain.probe(), { ok: true, library: 'keytar' });
      assert.deepEqual(asked(), ['keytar write', 'keytar read', 'keytar remove']);
      assert.equal(memory.entries.size, 0);
    });

    it('works through the other library where keytar is not installed', async () => {
      const { keychain, memory } = setUp();
      memory.installed.delete('keytar');
      assert.deepEqual(await keychain.probe(), { ok: true, library: '@napi-rs/keyring' });
      assert.equal(memory.entries.size, 0);
    });

    it('works through the other library where keytar does not work', async () => {
      const { keychain, memory } = setUp();
      memory.broken.add('keytar');
      assert.deepEqual(await keychain.probe(), { ok: true, library: '@napi-rs/keyring' });
    });

    it('is asked through one library only where that is wanted', async () => {
      const { asked, keychain, memory } = setUp();
      memory.installed.delete('keytar');
      const probe = await keychain.probe('keytar');
      assert.equal(!probe.ok && probe.trouble.kind, 'not-installed');
      assert.deepEqual(asked(), ['keytar write']);
    });

    it('is called locked although the other library is not installed', async () => {
      for (const missing of ['keytar', '@napi-rs/keyring'] as const) {
        const { keychain, memory } = setUp();
        memory.installed.delete(missing);
        memory.mood = 'locked';
        const probe = await keychain.probe();
        assert.equal(!probe.ok && probe.trouble.kind, 'locked');
      }
    });

    it('is asked although it refused just now, also by something that is still under way', async () => {
      const { asked, keychain, memory } = setUp();
      memory.mood = 'locked';
      await keychain.do({ ...read, act: 'write', text: 'x' });
      const first = keychain.do({ ...read, library: '@napi-rs/keyring', act: 'write', text: 'x' });
      const probe = keychain.probe();
      await first;
      assert.equal((await probe).ok, false);
      assert.deepEqual(asked().slice(2), ['keytar write', '@napi-rs/keyring write']);
      memory.mood = 'open';
      assert.equal((await keychain.usable()).ok, false);
      assert.deepEqual(asked(), []);
      assert.deepEqual(await keychain.probe(), { ok: true, library: 'keytar' });
      assert.equal((await keychain.do(read)).ok, true);
    });

    it('is not usable where it does not give back what was written', async () => {
      const { keychain, memory } = setUp();
      memory.mood = 'forgetful';
      const probe = await keychain.probe();
      assert.match(probe.ok ? '' : probe.trouble.sentence, /does not give back/);
    });

    it('keeps nothing of the probe where it was locked in the middle of it', async () => {
      const { keychain, memory } = setUp();
      memory.installed.delete('@napi-rs/keyring');
      memory.onAsk = ({ act }) => {
        if (act === 'read') memory.mood = 'late';
        if (act === 'remove') memory.mood = 'open';
      };
      const probe = await keychain.probe();
      assert.equal(!probe.ok && probe.trouble.kind, 'late');
      assert.equal(memory.entries.size, 0);
    });
  });
});
