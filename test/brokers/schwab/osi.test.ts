import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseOsi } from '../../../src/brokers/schwab/osi.js';

describe('an option symbol', () => {
  it('says root, expiry, right and strike', () => {
    assert.deepEqual(parseOsi('META  250131P00510000'), {
      symbol: 'META  250131P00510000',
      root: 'META',
      expiry: '2025-01-31',
      right: 'put',
      strike: 510,
      isAdjusted: false,
    });
  });

  it('is the same however its root is padded', () => {
    const padded = 'WMT   260605C00121000';
    for (const text of [
      padded,
      'WMT 260605C00121000',
      'WMT260605C00121000',
      ` ${padded} `,
      'wmt 260605c00121000',
    ])
      assert.equal(parseOsi(text)?.symbol, padded, text);
  });

  it('may have a root of six letters, which leaves no blank', () => {
    const osi = parseOsi('ABCDEF260605C00121000');
    assert.deepEqual([osi?.root, osi?.symbol, osi?.strike], ['ABCDEF', 'ABCDEF260605C00121000', 121]);
  });

  it('has thousandths of a dollar in its strike', () => {
    assert.equal(parseOsi('CVS   240816C00057500')?.strike, 57.5);
    assert.equal(parseOsi('F     240816C00012345')?.strike, 12.345);
    assert.equal(parseOsi('NVR   240816C12345678')?.strike, 12345.678);
  });

  it('is of an adjusted contract when its root ends in a digit', () => {
    for (const text of ['AAPL1 250131P00510000', 'AAPL1250131P00510000']) {
      const osi = parseOsi(text);
      assert.deepEqual([osi?.root, osi?.expiry, osi?.isAdjusted], ['AAPL1', '2025-01-31', true]);
    }
  });

  it('is none when anything of it makes no sense', () => {
    for (const text of [
      '',
      'ABC',
      '   250131P00510000',
      'ABCDEFG250131P00510000',
      'META  250131X00510000',
      'META  251331P00510000',
      'META  250100P00510000',
      'META  250230P00510000',
      'META  250131P0051000',
      'META  250131P00000000',
      '/ESH25_P5050:XCME',
    ])
      assert.equal(parseOsi(text), null, text);
  });

  it('is read back from what it says', () => {
    const letters = fc.array(fc.constantFrom('A', 'B', 'C', 'X', 'Z'), { minLength: 1, maxLength: 6 });
    const day = fc.date({
      min: new Date('2000-01-01T00:00:00Z'),
      max: new Date('2099-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(letters, day, fc.integer({ min: 1, max: 99_999_999 }), (root, at, thousandths) => {
        const expiry = at.toISOString().slice(0, 10);
        const date = expiry.slice(2).replaceAll('-', '');
        const osi = parseOsi(`${root.join('').padEnd(6)}${date}C${String(thousandths).padStart(8, '0')}`);
        assert.deepEqual([osi?.root, osi?.expiry, osi?.strike], [root.join(''), expiry, thousandths / 1000]);
      }),
    );
  });
});
