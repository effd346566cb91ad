import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { oneLine, plainText } from '../../../src/alerts/text/inert.js';

describe('foreign text', () => {
  it('is one line with single spaces, of visible characters that are no tag', () => {
    const cases = [
      ['a\r\nBcc: b', 'a Bcc: b'],
      ['  a \t\t b  ', 'a b'],
      ['a\u2028b\u2029c\u0000\u001bd', 'a b c d'],
      ['zero\u200Bwidth\u202E', 'zerowidth'],
      ['\ud800 alone', '\ufffd alone'],
      ['<b>', '\u2039b>'],
      ['a < b', 'a < b'],
      ['<<b', '\u2039\u2039b'],
    ] as const;
    for (const [text, line] of cases) assert.equal(oneLine(text), line);
  });

  it('keeps its lines where lines are allowed, and only these', () => {
    assert.equal(plainText('a\r\nb\rc\u2028d\u2029e\n\nf', 100), 'a\nb\nc\nd\ne\n\nf');
    assert.equal(plainText('a\u0000\u0007b\n\tc', 100), 'a b\n c');
  });

  it('is as long as it may be, counted in characters, and says that it was cut', () => {
    for (const cut of [oneLine, plainText]) {
      assert.equal(cut('abcde', 5), 'abcde');
      assert.equal(cut('abcdef', 5), 'abcd…');
      assert.equal(cut('😀😀😀😀😀', 5), '😀😀😀😀😀');
      assert.equal(cut('😀😀😀😀😀😀', 5), '😀😀😀😀…');
    }
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (text, longest) => {
          const whole = oneLine(text, 1_000);
          const line = oneLine(text, longest);
          assert.ok(Array.from(line).length <= longest);
          if (Array.from(whole).length <= longest) assert.equal(line, whole);
          else assert.ok(line.endsWith('…') && whole.startsWith(line.slice(0, -1)));
          assert.equal(oneLine(line, longest), line.trim());
        },
      ),
      { numRuns: 200 },
    );
  });
});
