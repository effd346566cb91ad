import type { Sample, SampledAccount, SampledStatus, Trust } from '../../src/alerts/sample.js';
import type { Balances } from '../../src/domain/balances.js';
import type { Order } from '../../src/domain/order.js';
import type { Position } from '../../src/domain/position.js';
import { Topics } from '../../src/feeds/topics.js';
import { sampledAccount, status, trust } from '../alerts/support.js';
import { balances, T0 } from '../support/builders.js';

export const TOPICS = new Topics({
  prefix: 'brokerage',
  discoveryPrefix: 'homeassistant',
  instance: 'nr-12345678',
});

interface About {
  readonly at?: number;
  readonly account?: SampledAccount;
  readonly trust?: Partial<Trust>;
}

function about({ account = sampledAccount(), at = T0, trust: given }: About) {
  return { at, account, trust: trust(given) };
}

export function toldBalances(given: Partial<Balances>, more: About = {}): Sample {
  return { of: 'balances', ...about(more), balances: balances(given) };
}

/** All positions of the account. */
export function toldPositions(positions: readonly Position[], more: About = {}): Sample {
  return { of: 'positions', ...about(more), positions, complete: true, changes: [] };
}

/** All orders of the account. */
export function toldOrders(orders: readonly Order[], more: About = {}): Sample {
  return { of: 'orders', ...about(more), orders, complete: true, changes: [] };
}

export function toldStatus(given: Partial<SampledStatus>, at = T0): Sample {
  return {
    of: 'connection',
    at,
    connection: { key: 'c1', label: 'my gateway', broker: 'ibkr' },
    status: status(given),
  };
}
