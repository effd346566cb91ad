import assert from 'node:assert/strict';
import { needsSecondLook } from '../../src/sync/second-look.js';
import {
  account,
  accounts,
  after,
  balancesSnapshot,
  order,
  ordersSnapshot,
  position,
  positionsSnapshot,
} from '../support/builders.js';

describe('a second look', () => {
  it('is not needed while everything was named', () => {
    assert.equal(needsSecondLook(after([])), false);
    assert.equal(needsSecondLook(after([positionsSnapshot([position()]), ordersSnapshot([order()])])), false);
  });

  it('is needed while a position or an open order of any account is missing', () => {
    const both = [accounts(account(), account({ key: 'b' })), positionsSnapshot([])];
    const other = { account: 'b' };
    const position1 = [positionsSnapshot([position()], other), positionsSnapshot([], other)];
    const order1 = [ordersSnapshot([order()], other), ordersSnapshot([], other)];
    assert.equal(needsSecondLook(after([...both, ...position1])), true);
    assert.equal(needsSecondLook(after([...both, ...order1])), true);
  });

  it('is not needed for an order that has ended', () => {
    const done = order({ status: 'filled' });
    assert.equal(needsSecondLook(after([ordersSnapshot([done]), ordersSnapshot([])])), false);
  });

  it('is needed while the last image was refused', () => {
    const doubled = positionsSnapshot([position(), position()]);
    const suspect = [balancesSnapshot({ netLiquidation: 1_000, totalCash: 0 }), positionsSnapshot([])];
    assert.equal(needsSecondLook(after([doubled])), true);
    assert.equal(needsSecondLook(after(suspect)), true);
    assert.equal(needsSecondLook(after([...suspect, positionsSnapshot([position()])])), false);
  });
});
