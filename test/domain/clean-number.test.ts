import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { cleanExact, cleanMoney, cleanNumber, cleanSum } from '../../src/domain/clean-number.js';

/** The neighbouring doubles of a number, up to four steps away: what adding and dividing leave behind. */
function ulps(value: number, steps: number): number {
  if (value === 0) return 0;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + BigInt(steps));
  return view.getFloat64(0);
}

const noise = fc.integer({ min: -4, max: 4 });

describe('cleanNumber', () => {
  it('drops the noise of binary fractions and keeps the cents', () => {
    assert.deepEqual(
      [-273.900000000001, -1186.899999999999, 0.1 + 0.2, 1.005].map(cleanMoney),
      [-273.9, -1186.9, 0.3, 1.005],
    );
  });

  it('gives every amount of cents up to a thousand million back exactly, whatever the noise', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e11, max: 1e11 }), noise, (cents, steps) => {
        const amount = cents / 100;
        assert.equal(cleanMoney(ulps(amount, steps)), amount);
      }),
      { numRuns: 5_000 },
    );
  });

  it('keeps the hundredths of amounts in yen or won, where twelve digits would cut them', () => {
    assert.deepEqual(
      [12_345_678_901.23, 123_456_789_012.34, -10_000_000_000.01, 1_234_567_890_123.45].map(cleanMoney),
      [12_345_678_901.23, 123_456_789_012.34, -10_000_000_000.01, 1_234_567_890_123.45],
    );
    fc.assert(
      fc.property(fc.integer({ min: 1e12, max: 99_999_999_999_999 }), noise, (hundredths, steps) => {
        const amount = hundredths / 100;
        assert.equal(cleanMoney(ulps(amount, steps)), amount);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps eight decimals of a quantity of crypto', () => {
    assert.deepEqual(
      [12345.12345678, 0.00000001, -21.00000001].map(cleanExact),
      [12345.12345678, 0.00000001, -21.00000001],
    );
  });

  it('reads what is no number as not known', () => {
    const none = [
      NaN,
      Infinity,
      -Infinity,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      '12',
      '',
      null,
      undefined,
      {},
    ];
    for (const clean of [(value: unknown) => cleanNumber(value), cleanMoney, cleanExact])
      assert.deepEqual(
        none.map((value) => clean(value)),
        none.map(() => null),
      );
  });

  it('knows no negative zero', () => {
    for (const clean of [(value: unknown) => cleanNumber(value), cleanMoney, cleanExact])
      assert.ok(Object.is(clean(-0), 0));
  });

  it('never makes an infinity or a NaN, not even of the largest doubles', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        for (const clean of [(given: unknown) => cleanNumber(given), cleanMoney, cleanExact]) {
          const cleaned = clean(value);
          assert.ok(cleaned === null || Number.isFinite(cleaned), `${value} became ${cleaned}`);
        }
      }),
      { numRuns: 2_000, examples: [[1.7976931348623155e308]] },
    );
  });
});

describe('a sum of money', () => {
  it('has no noise of its summands, however small it is beside them', () => {
    assert.equal(cleanSum([45_000.1, -44_996.64]), 3.46);
    assert.equal(cleanSum([0.1, 0.2]), 0.3);
    assert.equal(cleanSum([]), 0);
    assert.equal(cleanSum([Number.MAX_VALUE, Number.MAX_VALUE]), null);
    assert.equal(cleanSum([Number.NaN]), null);
  });

  it('is exact to the cent for any amounts up to a hundred million', () => {
    const cents = fc.integer({ min: -1e10, max: 1e10 });
    fc.assert(
      fc.property(fc.array(cents, { minLength: 1, maxLength: 20, size: 'max' }), (amounts) => {
        const sum = amounts.reduce((total, amount) => total + amount, 0);
        assert.equal(cleanSum(amounts.map((amount) => amount / 100)), sum / 100 + 0);
      }),
      { numRuns: 2_000 },
    );
  });
});
