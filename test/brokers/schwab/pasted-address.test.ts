import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readPasted } from '../../../src/brokers/schwab/pasted-address.js';

// Form of the code: reference of the Trader API's sign-in (three public clients print it); the letters are invented.
const CODE = 'C0.b2F1dGgyLmJkYy5zY2h3YWIuY29t.Qz3xV-7_kLmN0pQrStUvWxYz0123456789abcdefghi@';
const ADDRESS = `https://127.0.0.1/?code=${encodeURIComponent(CODE)}&session=0be22ae7-efdf-44d9-99f4-f138049d76ca&state=s_1-2`;

describe('what is pasted after the sign-in', () => {
  it('is the whole address, its code decoded once', () => {
    assert.ok(ADDRESS.includes('%40'));
    assert.deepEqual(readPasted(ADDRESS), { kind: 'code', code: CODE, state: 's_1-2' });
  });

  it('may be broken into lines and have blanks around it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(ADDRESS.length), { maxLength: 6 }), (cuts) => {
        let text = ADDRESS;
        for (const cut of cuts) text = `${text.slice(0, cut)} \n${text.slice(cut)}`;
        assert.deepEqual(readPasted(`  ${text}\t`), { kind: 'code', code: CODE, state: 's_1-2' });
      }),
    );
  });

  it('may be the query alone, with or without its question mark, or the code alone', () => {
    const query = ADDRESS.slice(ADDRESS.indexOf('?') + 1);
    for (const text of [query, `?${query}`])
      assert.deepEqual(readPasted(text), { kind: 'code', code: CODE, state: 's_1-2' });
    for (const text of [CODE, CODE.replace('@', '%40')])
      assert.deepEqual(readPasted(text), { kind: 'code', code: CODE, state: null });
  });

  it('may come from a phone whose address bar has no https', () => {
    assert.equal(readPasted(ADDRESS.replace('https://', '')).kind, 'code');
  });

  it('is refused with a sentence that says what to copy', () => {
    const cases = [
      ['', /Nothing was pasted/],
      ['hello', /not the address/],
      ['https://127.0.0.1/', /not the address/],
      ['https://127.0.0.1/?session=1', /no code/],
      ['https://127.0.0.1/?error=access_denied', /access was denied/],
      ['https://127.0.0.1/?error=%3Cscript%3E', /did not finish/],
      ['https://api.schwabapi.com/v1/oauth/authorize?client_id=abc&redirect_uri=x', /sign-in page itself/],
    ] as const;
    for (const [text, sentence] of cases) {
      const read = readPasted(text);
      assert.ok(read.kind === 'wrong', text);
      assert.match(read.sentence, sentence);
    }
  });

  it('is never an exception, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl({ withQueryParameters: true })),
        (text) => {
          assert.ok(['code', 'wrong'].includes(readPasted(text).kind));
        },
      ),
    );
  });
});
