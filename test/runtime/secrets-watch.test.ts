import assert from 'node:assert/strict';
import { SecretsWatch } from '../../src/runtime/secrets-watch.js';
import { FakeClock } from '../support/clocks.js';
import { settled } from '../support/memory-broker.js';

const EVERY_MS = 5 * 60_000;

function setUp() {
  const clock = new FakeClock();
  const keychain: { failure: Error | null; looks: number } = { failure: null, looks: 0 };
  let heard: (trouble: string | null) => void = () => {};
  const watch = new SecretsWatch({
    clock,
    listen: (listener) => {
      heard = listener;
      return () => (heard = () => {});
    },
    look: async () => {
      keychain.looks += 1;
      if (keychain.failure !== null) throw keychain.failure;
    },
  });
  const told: (string | null)[] = [];
  const leave = watch.onChange(() => told.push(watch.sentence));
  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settled();
  };
  return { advance, clock, hear: (trouble: string | null) => heard(trouble), keychain, leave, told, watch };
}

describe('the watch over kept secrets', () => {
  it('looks every five minutes, and has nothing to say while all is well', async () => {
    const { advance, keychain, told, watch } = setUp();
    await advance(EVERY_MS - 1);
    assert.equal(keychain.looks, 0);
    await advance(1);
    for (let look = 0; look < 4; look += 1) await advance(EVERY_MS);
    assert.deepEqual([keychain.looks, told, watch.sentence], [5, [], null]);
  });

  it('says what is wrong once, and once that it is over', async () => {
    const { advance, keychain, told } = setUp();
    keychain.failure = new Error('It is locked.');
    await advance(EVERY_MS);
    await advance(EVERY_MS);
    keychain.failure = new Error('It has gone.');
    await advance(EVERY_MS);
    keychain.failure = null;
    await advance(EVERY_MS);
    assert.deepEqual(told, ['It is locked.', 'It has gone.', null]);
  });

  it('looks at once where it is asked to, and goes on at its own pace', async () => {
    const { advance, keychain, told, watch } = setUp();
    keychain.failure = new Error('It is locked.');
    await watch.look();
    assert.deepEqual([keychain.looks, told], [1, ['It is locked.']]);
    await advance(EVERY_MS);
    assert.equal(keychain.looks, 2);
  });

  it('passes on what others meet in between, at once', () => {
    const { hear, told, watch } = setUp();
    hear('It is locked.');
    hear(null);
    assert.deepEqual(told, ['It is locked.', null]);
    watch.close();
    hear('It is locked.');
    assert.equal(told.length, 2);
  });

  it('tells nobody who has left', async () => {
    const { advance, keychain, leave, told } = setUp();
    leave();
    keychain.failure = new Error('It is locked.');
    await advance(EVERY_MS);
    assert.deepEqual(told, []);
  });

  it('leaves no timer when it is closed, not even after a look that was under way', async () => {
    const { clock, keychain, told, watch } = setUp();
    keychain.failure = new Error('It is locked.');
    clock.advance(EVERY_MS);
    watch.close();
    watch.close();
    await settled();
    assert.deepEqual([clock.pending, told], [0, []]);
  });
});
