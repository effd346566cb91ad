import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { canonical } from '../../src/sync/canonical.js';
import { equal } from '../../src/sync/equal.js';

/** The same value with the keys of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe('canonical', () => {
  it('writes the keys in order, at every depth', () => {
    assert.equal(
      canonical({ b: [1, { d: null, c: 'x"y' }], a: true, '10': 1, '9': 2 }),
      String.raw`{"10":1,"9":2,"a":true,"b":[1,{"c":"x\"y","d":null}]}`,
    );
  });

  it('writes what JSON does not know as null, like JSON does in a list', () => {
    assert.equal(canonical([undefined, () => 1]), '[null,null]');
    assert.equal(canonical({ a: undefined }), '{"a":null}');
  });

  it('gives equal values equal text, and different values different text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        assert.equal(canonical(reversed(a)), canonical(a));
        assert.deepEqual(JSON.parse(canonical(a)), JSON.parse(JSON.stringify(a)));
        assert.equal(equal(reversed(a), a), true);
        assert.equal(canonical(a) === canonical(b), equal(a, b));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('equal', () => {
  it('compares plain data field by field, whatever the order of the keys', () => {
    assert.equal(equal({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] }), true);
    const different: readonly (readonly [unknown, unknown])[] = [
      [{ a: 1 }, { a: 2 }],
      [{ a: 1 }, { a: 1, b: undefined }],
      [{ a: null }, { b: null }],
      [[1, 2], [1]],
      [[], {}],
      [null, {}],
      [0, null],
      ['1', 1],
    ];
    for (const [a, b] of different) {
      assert.equal(equal(a, b), false, JSON.stringify([a, b]));
      assert.equal(equal(b, a), false, JSON.stringify([b, a]));
    }
  });
});
