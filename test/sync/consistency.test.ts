import assert from 'node:assert/strict';
import { grossGap, navGap, navTolerance } from '../../src/sync/consistency.js';
import { balances, instrument, position } from '../support/builders.js';

/** A gap without the noise of adding cents. */
function gap(...[of, positions]: Parameters<typeof navGap>): number | null {
  const exact = navGap(of, positions);
  return exact === null ? null : Math.round(exact * 100) / 100;
}

describe('net liquidation', () => {
  const recorded = balances({
    netLiquidation: 1_040_992.61,
    totalCash: 1_038_472.36,
    accruedInterest: 2_520.25,
  });

  it('is cash and accrued interest where nothing is held, to the cent', () => {
    assert.equal(gap(recorded, []), 0);
  });

  it('is cash alone at a broker that does not count accrued interest', () => {
    // Eight real accounts of Schwab's add up to the cent without it.
    assert.equal(gap({ ...recorded, netLiquidation: 1_038_472.36 }, []), 0);
  });

  it('is short of a position by what that is worth in base currency', () => {
    const euro = position({ marketValue: 900, marketValueBase: 1_000 });
    const short = position({ key: 's', quantity: -3, marketValueBase: -300 });
    assert.equal(gap({ ...recorded, netLiquidation: 1_041_692.61 }, [euro, short]), 0);
    assert.equal(gap(recorded, [euro, short]), -700);
  });

  it('counts a future, a CFD, foreign cash and a cash equivalent by nothing', () => {
    const outside = (['future', 'cfd', 'forex', 'cash_equivalent'] as const).map((assetClass) =>
      position({ instrument: instrument({ assetClass }), marketValueBase: 250_000 }),
    );
    assert.equal(gap(recorded, outside), 0);
    const inside = (['stock', 'option', 'future_option', 'bond', 'mutual_fund', 'crypto'] as const).map(
      (assetClass) => position({ instrument: instrument({ assetClass }), marketValueBase: 1 }),
    );
    assert.equal(gap(recorded, inside), -6);
  });

  it('says nothing where a figure is not known', () => {
    assert.equal(gap(balances({ netLiquidation: 1 }), []), null);
    assert.equal(gap(balances({ totalCash: 1 }), []), null);
    assert.equal(gap(recorded, [position({ marketValueBase: null })]), null);
    assert.equal(gap(balances({ netLiquidation: 1, totalCash: 1 }), []), 0);
  });

  it('may differ from its parts by half a percent, and by five in small accounts', () => {
    assert.deepEqual(
      [null, 0, 900, 1_000, 100_000, -100_000].map((netLiquidation) =>
        navTolerance(balances({ netLiquidation })),
      ),
      [5, 5, 5, 5, 500, 500],
    );
  });
});

describe("the broker's value of all positions", () => {
  const told = balances({ grossPositionValue: 3_000 });
  const long = position({ quantity: 20 });
  const short = position({ key: 's', quantity: -10 });

  it('counts long and short alike, in base currency', () => {
    assert.equal(grossGap(told, [long, short]), 0);
    assert.equal(grossGap(told, [short]), 2_000);
    assert.equal(grossGap(told, [long, { ...short, marketValueBase: -1_500 }]), -500);
  });

  it('is not compared where it, or the value of a position, is not known', () => {
    assert.equal(grossGap(balances(), [long, short]), null);
    assert.equal(grossGap(told, [long, { ...short, marketValueBase: null }]), null);
  });
});
