import type { Node } from 'node-red';
import { z } from 'zod';
import { testMessage } from '../../src/node-red/alert/test-message.js';
import { balances, KEY, position, T0 } from './builders.js';

/** As much of a node as a feed uses. */
export class Desk {
  readonly errors: string[] = [];
  readonly words: string[] = [];
  status = '';
  readonly node = z
    .custom<Node>(() => true)
    .parse({
      id: 'feed',
      error: (text: string) => this.errors.push(text),
      warn: (text: string) => this.words.push(text),
      log: (text: string) => this.words.push(text),
      status: ({ text }: { text: string }) => (this.status = text),
    });
}

export const iso = new Date(T0).toISOString();
const sync = (kind: string, more: object = {}) => ({
  kind,
  sequence: 1,
  asOf: null,
  receivedAt: iso,
  quality: 'live',
  complete: true,
  stale: false,
  staleSeconds: 0,
  via: 'tws',
  issues: [],
  ...more,
});
export const ACCOUNT = { key: KEY, label: 'Main', broker: 'ibkr', type: 'margin', currency: 'USD' };
const connection = { key: 'c1', label: 'TWS' };
export const balancesMessage = (netLiquidation: number, of = ACCOUNT) => ({
  topic: 'ibkr/Main/balances',
  account: of,
  connection,
  sync: sync('balances'),
  payload: balances({ netLiquidation }),
  changes: [],
});
export const positionsMessage = (keys: readonly string[], of = ACCOUNT) => ({
  topic: 'ibkr/Main/positions',
  account: of,
  connection,
  sync: sync('positions'),
  payload: keys.map((key) => position({ key })),
  changes: [],
});
export const statusMessage = (state: string) => ({
  topic: 'ibkr/TWS/status',
  account: null,
  connection,
  sync: sync('status'),
  payload: {
    state,
    reason: null,
    since: iso,
    nextAttemptAt: null,
    lostSince: null,
    loginExpiresAt: null,
    quietUntil: null,
  },
  changes: [],
});

/** An alert about the account. */
export const alertOf = (label: string) => {
  const message = testMessage(null, T0);
  return { ...message, alert: { ...message.alert, account: { key: KEY, label } } };
};

/** What is due in this turn of the event loop, and what follows from it. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
}
