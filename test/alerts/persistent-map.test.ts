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
});
