import assert from 'node:assert/strict';
import fc from 'fast-check';
import { troubleIn } from '../../src/secrets/keychain/trouble.js';

const failed = (said: string) => troubleIn({ kind: 'failed', said });

/** What the libraries said on a real machine, or what the system's headers say that they say. */
const SEEN = [
  ['locked', /is locked/, 'Cannot create an item in a locked collection'],
  ['locked', /is locked/, "Couldn't access platform storage: Secret Service: unlock prompt was dismissed"],
  ['locked', /is locked/, 'User interaction is not allowed.'],
  ['denied', /refuses Node-RED/, 'User canceled the operation.'],
  ['denied', /refuses Node-RED/, 'The user name or passphrase you entered is not correct.'],
  ['denied', /refuses Node-RED/, 'org.freedesktop.DBus.Error.AccessDenied'],
  ['absent', /no D-Bus/, 'Cannot autolaunch D-Bus without X11 $DISPLAY'],
  ['absent', /no D-Bus/, 'Platform failure: DBus error: No such file or directory (os error 2)'],
  ['absent', /no D-Bus/, 'Could not connect: Connection refused'],
  [
    'absent',
    /No keychain service/,
    'The name org.freedesktop.secrets was not provided by any .service files',
  ],
  [
    'absent',
    /No keychain service/,
    'Platform failure: DBus error: The name org.freedesktop.secrets was not provided by any .service files',
  ],
] as const;

describe('what is wrong with the keychain', () => {
  for (const [kind, sentence, said] of SEEN)
    it(`is "${kind}" where its library says: ${said}`, () => {
      const trouble = failed(said);
      assert.equal(trouble?.kind, kind);
      assert.match(trouble?.sentence ?? '', sentence);
    });

  it('is nothing where it answered', () => {
    assert.equal(troubleIn({ kind: 'done', text: null }), null);
    assert.equal(troubleIn({ kind: 'done', text: 'a secret' }), null);
  });

  it('is said where it does not answer, and where no library is there', () => {
    assert.equal(troubleIn({ kind: 'late' })?.kind, 'late');
    const missing = troubleIn({ kind: 'not-installed', said: "Cannot find package 'keytar'" });
    assert.equal(missing?.kind, 'not-installed');
    assert.match(missing?.sentence ?? '', /keytar or @napi-rs\/keyring/);
  });

  it('is quoted where nobody knows what it means, short and on one line', () => {
    assert.deepEqual(failed(' out of\n\t cheese \n'), {
      kind: 'other',
      sentence: 'The system keychain failed: out of cheese',
    });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (said) => {
        const { sentence } = failed(said) ?? { sentence: '' };
        assert.ok(sentence.startsWith('The system keychain failed: ') || failed(said)?.kind !== 'other');
        assert.ok(sentence.length < 220, `${sentence.length} characters`);
        assert.ok(!/[\n\r\t]/.test(sentence));
      }),
      { numRuns: 300 },
    );
  });
});
