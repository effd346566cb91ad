import type { Sample, SampledAccount, Trust } from '../../src/alerts/index.js';
import type { Order } from '../../src/domain/order.js';
import type { Position } from '../../src/domain/position.js';
import { instrument, position } from '../support/builders.js';
import { balancesSample, sampledAccount, status, trust } from './support.js';

interface More {
  readonly account?: SampledAccount;
  readonly trust?: Trust;
  readonly complete?: boolean;
}

/** A sample of the moment at which it comes. */
export type Coming = (at: number) => Sample;

export const cushionOf =
  (cushion: number | null, more: Pick<More, 'account' | 'trust'> = {}): Coming =>
  (at) =>
    balancesSample(at, { cushion }, more);

export const heldNow =
  (positions: readonly Position[], more: More = {}): Coming =>
  (at) => ({
    of: 'positions',
    at,
    account: sampledAccount(),
    trust: trust(),
    complete: true,
    ...more,
    positions,
    changes: [],
  });

export const openNow =
  (orders: readonly Order[], more: More = {}): Coming =>
  (at) => ({
    of: 'orders',
    at,
    account: sampledAccount(),
    trust: trust(),
    complete: true,
    ...more,
    orders,
    changes: [],
  });

export const connectionIs =
  (
    given: Parameters<typeof status>[0],
    named: { readonly key?: string; readonly broker?: string } = {},
  ): Coming =>
  (at) => ({
    of: 'connection',
    at,
    connection: { key: 'c1', label: 'TWS', broker: 'ibkr', ...named },
    status: status({ since: at, ...given }),
  });

/** A stock worth `marketPrice`, in US dollars unless the test says otherwise. */
export function stockAt(symbol: string, marketPrice: number | null, given: Partial<Position> = {}): Position {
  return position({ key: symbol, marketPrice, instrument: instrument({ key: symbol, symbol }), ...given });
}
