import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { isBad, wireExact, wireMoney, wireNumber } from '../../../src/brokers/ibkr/numbers.js';

/** Every way in which TWS says that there is no number (ibkr.md 1.7). */
const UNSET = [
  '',
  ' ',
  '1.7976931348623157E308',
  '1.7976931348623157e+308',
  '-1.7976931348623157E308',
  '2147483647',
  '9223372036854775807',
  '-9223372036854775808',
  '170141183460469231731687303715884105727',
  'Infinity',
  '-Infinity',
];

const NO_NUMBERS = [
  'abc',
  'NaN',
  'None',
  '?',
  '1.2.3',
  '12 34',
  'true',
  ',',
  ',,',
  '1,5',
  '1.234,5',
  '12,34,567',
];

const READERS = { wireNumber, wireMoney, wireExact };

describe('numbers on the IBKR wire', () => {
  for (const [name, read] of Object.entries(READERS)) {
    for (const text of UNSET) {
      it(`${name} reads ${JSON.stringify(text)} as no value`, () => assert.equal(read(text), null));
    }

    for (const text of NO_NUMBERS) {
      it(`${name} reads ${JSON.stringify(text)} as no value`, () => assert.equal(read(text), null));
    }

    it(`${name} gives a finite number or null for any text`, () => {
      fc.assert(
        fc.property(fc.string(), (text) => {
          const value = read(text);
          assert.ok(value === null || Number.isFinite(value));
        }),
      );
    });

    it(`${name} gives a finite number or null for any text of digits and signs`, () => {
      const letters = fc.constantFrom(...'0123456789.,-+eE xInfity'.split(''));
      fc.assert(
        fc.property(fc.string({ unit: letters, maxLength: 40 }), (text) => {
          const value = read(text);
          assert.ok(value === null || (Number.isFinite(value) && !Object.is(value, -0)));
        }),
      );
    });

    it(`${name} never gives what a double cannot hold exactly as an integer`, () => {
      fc.assert(
        fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 130n }), (value) => {
          assert.equal(read(String(value)), null);
          assert.equal(read(String(-value)), null);
        }),
      );
    });
  }

  it('reads money and prices as they are written', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (cents) => {
        const value = cents / 100;
        assert.equal(wireMoney(value.toFixed(2)), value);
        assert.equal(wireExact(value.toFixed(2)), value);
      }),
    );
  });

  it('takes commas between thousands out', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (value) => {
        assert.equal(wireNumber(value.toLocaleString('en-US')), value);
      }),
    );
    assert.equal(wireNumber('1,234.5'), 1234.5);
    assert.equal(wireNumber('-12,345,678.25'), -12_345_678.25);
  });

  it('reads exponents, signs and blanks around a number', () => {
    assert.equal(wireNumber('1.5E2'), 150);
    assert.equal(wireNumber(' 12.5 '), 12.5);
    assert.equal(wireExact('1E-8'), 1e-8);
    assert.equal(wireNumber('-110'), -110);
  });

  it('has no minus zero', () => {
    for (const read of [wireNumber, wireMoney, wireExact])
      for (const text of ['-0', '-0.0', '-0E5', '-1E-400']) assert.ok(Object.is(read(text), 0), text);
  });

  it('drops the noise of binary fractions and keeps eight decimals of a quantity', () => {
    assert.equal(wireMoney('0.30000000000000004'), 0.3);
    assert.equal(wireExact('0.12345678'), 0.12345678);
    assert.equal(wireExact('123456.12345678'), 123_456.12345678);
  });

  it('keeps the neighbours of the unset integer', () => {
    assert.equal(wireNumber('2147483646'), 2_147_483_646);
    assert.equal(wireNumber('2147483648'), 2_147_483_648);
    assert.equal(wireNumber('2147483647.5'), 2_147_483_647.5);
  });

  it('calls bad what is neither a number nor a way to say that there is none', () => {
    for (const text of NO_NUMBERS) assert.equal(isBad(text), true, text);
  });

  it('does not call bad what means that there is no value', () => {
    for (const text of UNSET) assert.equal(isBad(text), false, text);
  });

  it('calls bad nothing that it reads as a number', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.,-+eE '.split('')) }), (text) => {
        if (wireNumber(text) !== null) assert.equal(isBad(text), false);
      }),
    );
  });
});
