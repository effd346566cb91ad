import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seal, unseal } from '../../src/secrets/seal.js';

describe('a sealed text', () => {
  it('is read again with its secret, and with no other', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ minLength: 1 }),
        fc.string({ minLength: 1 }),
        (text, secret, other) => {
          const sealed = seal(text, secret);
          assert.equal(unseal(sealed, secret), Buffer.from(text).toString());
          if (other !== secret) assert.equal(unseal(sealed, other), null);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('shows nothing of the text, and is another each time', () => {
    const [first, second] = [seal('refresh-token-1', 'secret'), seal('refresh-token-1', 'secret')];
    assert.notEqual(first, second);
    for (const sealed of [first, second]) {
      assert.ok(!sealed.includes('refresh'));
      assert.ok(!sealed.includes(Buffer.from('refresh-token-1').toString('base64').slice(0, 12)));
    }
  });

  it('is nothing when a single character of it was changed', () => {
    const sealed = seal('refresh-token-1', 'secret');
    fc.assert(
      fc.property(fc.nat(sealed.length - 2), fc.constantFrom('A', 'b', '7', '"', '}'), (at, character) => {
        fc.pre(sealed[at] !== character);
        const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
        const read = unseal(changed, 'secret');
        // Base64 has spare bits at its end: another spelling of the same bytes is no damage.
        assert.ok(read === null || read === 'refresh-token-1');
      }),
      { numRuns: 500 },
    );
  });

  it('is nothing when it is no sealed text at all', () => {
    for (const text of [
      '',
      'null',
      '{}',
      '{"v":2}',
      '<html>',
      '{"v":1,"salt":"","iv":"","tag":"","data":""}',
    ])
      assert.equal(unseal(text, 'secret'), null);
  });
});
