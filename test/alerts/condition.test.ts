import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { defaultClearAt, holds, isSafeSide } from '../../src/alerts/machine/condition.js';

const OPERATORS = ['<', '>', '<=', '>=', 'outside'] as const;

describe('a condition', () => {
  it('holds beyond its limit, and at it only where the operator says so', () => {
    const at = (...values: readonly number[]) =>
      Object.fromEntries(
        OPERATORS.map((operator) => [operator, values.map((value) => holds(operator, value, 5))]),
      );
    assert.deepEqual(at(4, 5, 6), {
      '<': [true, false, false],
      '>': [false, false, true],
      '<=': [true, true, false],
      '>=': [false, true, true],
      outside: [false, false, true],
    });
    assert.deepEqual(
      [-6, -5, 0].map((value) => holds('outside', value, 5)),
      [true, false, false],
    );
  });

  it('clears on the safe side of its threshold, which everything is that it does not hold for', () => {
    const figure = fc.integer({ min: -1_000, max: 1_000 });
    fc.assert(
      fc.property(fc.constantFrom(...OPERATORS), figure, figure, figure, (operator, size, clearAt, value) => {
        const threshold = operator === 'outside' ? Math.abs(size) : size;
        assert.ok(isSafeSide({ operator, threshold, clearAt: defaultClearAt({ operator, threshold }) }));
        if (isSafeSide({ operator, threshold, clearAt }) && holds(operator, value, threshold))
          assert.ok(holds(operator, value, clearAt));
      }),
      { numRuns: 1_000 },
    );
  });

  it('may clear at its threshold, and not on the other side of it', () => {
    const safe = (operator: (typeof OPERATORS)[number], ...places: readonly number[]) =>
      places.map((clearAt) => isSafeSide({ operator, threshold: 5, clearAt }));
    assert.deepEqual(safe('<', 4, 5, 6), [false, true, true]);
    assert.deepEqual(safe('<=', 4, 5, 6), [false, true, true]);
    assert.deepEqual(safe('>', 4, 5, 6), [true, true, false]);
    assert.deepEqual(safe('>=', 4, 5, 6), [true, true, false]);
    assert.deepEqual(safe('outside', -1, 0, 5, 6), [false, true, true, false]);
    assert.deepEqual(safe('>', -1), [true]);
  });
});
