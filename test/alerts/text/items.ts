import type { Item } from '../../../src/alerts/schema/item.js';
import { T0 } from '../../support/builders.js';

/** A margin cushion of 4.2 % below its limit of 5 %, since T0, unless the test says otherwise. */
export function item(given: Partial<Item> = {}): Item {
  return {
    id: 'id1',
    ruleId: 'r1',
    key: 'r1|a||',
    state: 'firing',
    severity: 'warning',
    name: '',
    metric: 'cushion',
    operator: '<',
    threshold: 0.05,
    unit: 'fraction',
    value: 0.042,
    account: { key: 'a', label: 'IBKR main', currency: 'USD' },
    instrument: null,
    connection: null,
    startedAt: T0,
    resolvedAt: null,
    asOf: T0,
    stale: false,
    reason: null,
    text: '',
    template: '',
    before: null,
    ...given,
  };
}

export function stock(symbol: string): NonNullable<Item['instrument']> {
  return { key: symbol.toLowerCase(), symbol, assetClass: 'stock', currency: 'EUR' };
}
