import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { PersistentMap } from '../../src/alerts/persistent-map.js';

const aStep = fc.record({ key: fc.string({ maxLength: 2 }), value: fc.option(fc.integer(), { nil: null }) });

describe('a persistent map', () => {
  it('holds what a Map holds, and leaves every map before it as it was', () =>
    fc.assert(
      fc.property(fc.array(aStep, { maxLength: 200, size: 'max' }), (steps) => {
        const model = new Map<string, number>();
        let map = PersistentMap.of<number>();
        const earlier: (readonly [PersistentMap<number>, ReadonlyMap<string, number>])[] = [];
        for (const { key, value } of steps) {
          earlier.push([map, new Map(model)]);
          map = value === null ? map.without(key) : map.with(key, value);
          if (value === null) model.delete(key);
          else model.set(key, value);
          assert.equal(map.get(key), model.get(key));
          assert.equal(map.size, model.size);
        }
        for (const [was, expected] of [...earlier, [map, model] as const])
          assert.deepEqual(new Map(was), expected);
      }),
      { numRuns: 200 },
    ));

  it('holds thousands, among them such as share a place, and gives each of them back and up', () => {
    const keys = Array.from({ length: 5_000 }, (_, index) => `position ${index}`);
    let map = PersistentMap.of(keys.map((key, index) => [key, index] as const));
    assert.equal(map.size, keys.length);
    assert.ok(keys.every((key, index) => map.get(key) === index && map.has(key)));
    assert.equal(map.get('position'), undefined);
    assert.equal(map.has('position 5000'), false);
    assert.equal(map.without('position 5000'), map);
    for (const [index, key] of keys.entries()) if (index % 10 > 0) map = map.without(key);
    assert.deepEqual(
      [...map].map(([, index]) => index).toSorted((a, b) => a - b),
      Array.from({ length: 500 }, (_, index) => index * 10),
    );
    assert.equal(map.with('position 0', 0), map);
    assert.equal(map.with('position 0', 1).size, 500);
    for (const [key] of map) map = map.without(key);
    assert.deepEqual([map.size, [...map]], [0, []]);
  });
});
