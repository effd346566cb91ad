import assert from 'node:assert/strict';
import fc from 'fast-check';
import { movingSecret } from '../../src/secrets/moving-secret.js';
import { turns } from '../../src/secrets/turns.js';
import { FlakySecret, type Act } from '../support/flaky-secret.js';

type Name = 'file' | 'keychain';

function setUp(first: Name = 'file') {
  const places = { file: new FlakySecret(), keychain: new FlakySecret() };
  const choice = { wanted: first };
  const warnings: string[] = [];
  /** As after a restart. */
  const make = (isUsed = async () => true) =>
    movingSecret<Name>({
      places: {
        file: { store: places.file, isUsed },
        keychain: { store: places.keychain, isUsed },
      },
      wanted: () => choice.wanted,
      exclusively: turns(),
      warn: (message) => warnings.push(message),
    });
  const texts = () => [places.file.text, places.keychain.text];
  return { ...places, choice, make, texts, warnings };
}

describe('a secret that follows where its user wants it', () => {
  it('is moved by the first look, and the old copy goes', async () => {
    const { choice, make, texts, warnings } = setUp();
    await make().write('one');
    assert.deepEqual(texts(), ['one', null]);
    for (const [wanted, expected] of [
      ['keychain', [null, 'one']],
      ['file', ['one', null]],
    ] as const) {
      choice.wanted = wanted;
      assert.equal(await make().read(), 'one');
      assert.deepEqual(texts(), expected);
    }
    assert.deepEqual(warnings, []);
  });

  it('is moved while it is in use, too', async () => {
    const { choice, make, texts } = setUp();
    const secret = make();
    await secret.write('one');
    choice.wanted = 'keychain';
    assert.equal(await secret.read(), 'one');
    choice.wanted = 'file';
    assert.equal(await secret.read(), 'one');
    assert.deepEqual(texts(), ['one', null]);
  });

  it('is none where it is nowhere', async () => {
    assert.equal(await setUp().make().read(), null);
  });

  it('is not looked for elsewhere once it has arrived', async () => {
    const { keychain, make } = setUp();
    const secret = make();
    await secret.read();
    keychain.done.length = 0;
    await secret.read();
    await secret.write('one');
    assert.deepEqual(keychain.done, []);
  });

  for (const act of ['read', 'write'] as const)
    it(`stays where it was when the other place fails (${act})`, async () => {
      const { choice, keychain, make, texts } = setUp();
      await make().write('one');
      choice.wanted = 'keychain';
      keychain.fails = (other) => other === act;
      await assert.rejects(make().read(), /locked/);
      assert.deepEqual(texts(), ['one', null]);
      keychain.fails = () => false;
      assert.equal(await make().read(), 'one');
      assert.deepEqual(texts(), [null, 'one']);
    });

  it('is unreadable, not nothing, while the place that it is still in is locked', async () => {
    const { choice, keychain, make } = setUp('keychain');
    await make().write('one');
    choice.wanted = 'file';
    keychain.fails = () => true;
    await assert.rejects(make().read(), /locked/);
    keychain.fails = () => false;
    assert.equal(await make().read(), 'one');
  });

  it('keeps its old copy where the new place gives another text back, and that one is not taken for it', async () => {
    const { choice, keychain, make, texts } = setUp();
    await make().write('one');
    choice.wanted = 'keychain';
    keychain.forgets = () => true;
    await assert.rejects(make().read(), /cannot be read back/);
    assert.deepEqual(texts(), ['one', null]);
    keychain.fails = (act) => act === 'remove';
    const secret = make();
    for (let look = 0; look < 2; look += 1) await assert.rejects(secret.read(), /locked/);
    assert.deepEqual(texts(), ['one', 'o']);
    keychain.forgets = keychain.fails = () => false;
    assert.equal(await secret.read(), 'one');
    choice.wanted = 'file';
    assert.equal(await make().read(), 'one');
    choice.wanted = 'keychain';
    assert.equal(await make().read(), 'one');
  });

  it('is written to where it is wanted although the old place is locked, and says what stays there', async () => {
    const { choice, keychain, make, texts, warnings } = setUp('keychain');
    await make().write('one');
    choice.wanted = 'file';
    keychain.fails = () => true;
    const secret = make();
    await secret.write('two');
    await secret.write('three');
    assert.deepEqual(texts(), ['three', 'one']);
    assert.deepEqual(warnings, [
      'A secret was moved, and its old copy cannot be removed: The place is locked (remove).',
    ]);
    keychain.fails = () => false;
    await secret.write('four');
    assert.deepEqual(texts(), ['four', null]);
  });

  it('does not become an old copy that could not be removed when it is wanted there again', async () => {
    const { choice, keychain, make, texts } = setUp('keychain');
    const secret = make();
    await secret.write('one');
    choice.wanted = 'file';
    keychain.fails = () => true;
    await secret.write('two');
    keychain.fails = () => false;
    choice.wanted = 'keychain';
    assert.equal(await secret.read(), 'two');
    assert.deepEqual(texts(), [null, 'two']);
  });

  it('that is in the wanted place already is never overwritten by another', async () => {
    const { choice, file, make, texts } = setUp('keychain');
    await make().write('wanted');
    file.text = 'other';
    choice.wanted = 'keychain';
    assert.equal(await make().read(), 'wanted');
    assert.deepEqual(texts(), [null, 'wanted']);
  });

  it('is found when somebody else moves it at the same moment', async () => {
    const { choice, make, texts } = setUp();
    await make().write('one');
    choice.wanted = 'keychain';
    const other = make();
    const secret = make(async () => {
      await other.read();
      return true;
    });
    assert.equal(await secret.read(), 'one');
    assert.deepEqual(texts(), [null, 'one']);
  });

  it('is removed from everywhere', async () => {
    const { file, keychain, make, texts } = setUp();
    file.text = 'one';
    keychain.text = 'two';
    await make().remove();
    await make().remove();
    assert.deepEqual(texts(), [null, null]);
  });

  it('is in one of the places, whatever fails and whenever', async () => {
    const fails = fc.infiniteStream(fc.constantFrom(false, true, false));
    const step = fc.constantFrom('read', 'write', 'choose file', 'choose keychain');
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 30 }),
        fails,
        fails,
        async (steps, failing, forgetting) => {
          const { choice, file, keychain, make, texts } = setUp();
          const secret = make();
          await secret.write('text 0');
          for (const store of [file, keychain]) {
            store.fails = (_act: Act) => failing.next().value === true;
            store.forgets = () => forgetting.next().value === true;
          }
          let last = 'text 0';
          for (const [index, does] of steps.entries()) {
            if (does === 'choose file') choice.wanted = 'file';
            else if (does === 'choose keychain') choice.wanted = 'keychain';
            else if (does === 'read') {
              const read = await secret.read().catch(() => last);
              assert.equal(read, last);
            } else {
              // What a single place does with a write is the business of that place.
              const { forgets } = file;
              file.forgets = keychain.forgets = () => false;
              await secret.write(`text ${index}`).then(
                () => (last = `text ${index}`),
                () => {},
              );
              file.forgets = keychain.forgets = forgets;
            }
            assert.ok(texts().includes(last), `${last} is in neither: ${texts().join(', ')}`);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
