import assert from 'node:assert/strict';
import { knownSecrets } from '../../src/node-red/known-secrets.js';
import { messagesFor, statusMessage } from '../../src/node-red/messages.js';
import { after, order, ordersSnapshot, stateOf, T0 } from '../support/builders.js';

const SECRET = 'secret-of-a-message';
const ISSUE = { code: 'BAD_RESPONSE', severity: 'warning', message: `It said ${SECRET}.` } as const;
const SAID = { ...ISSUE, message: 'It said ….' };
const FRESHNESS = {
  asOf: null,
  receivedAt: T0,
  quality: 'live',
  complete: true,
  stale: false,
  staleSeconds: 0,
  via: 'tws',
  issues: [ISSUE],
} as const;

describe('a message', () => {
  before(() => knownSecrets.secret(SECRET));

  it('has no known secret in what a broker says of an order, and keeps label and figures as they are', () => {
    const rejected = order({ key: SECRET, rejectReason: `Rejected: ${SECRET}`, limitPrice: 95 });
    const state = stateOf(after([ordersSnapshot([rejected])]));
    const changes = [
      { of: 'orders', change: 'opened', eventId: '0123456789abcdef', before: null, after: rejected },
    ] as const;
    for (const emit of ['snapshots', 'changes'] as const) {
      const [message] = messagesFor(
        { kind: 'orders', state, changes, freshness: FRESHNESS, sequence: 1 },
        { label: SECRET, connection: { key: 'c1', label: 'TWS' }, emit },
      );
      const said = { ...rejected, rejectReason: 'Rejected: …' };
      assert.deepEqual(message?.payload, emit === 'snapshots' ? [said] : said);
      const { of: _of, ...change } = changes[0];
      assert.deepEqual(message?.changes, [{ ...change, after: said }]);
      assert.deepEqual(message?.sync.issues, [SAID]);
      assert.equal(message?.account?.label, SECRET);
    }
  });

  it('has none in what is wrong with a connection', () => {
    const status = {
      state: 'degraded',
      reason: null,
      since: T0,
      nextAttemptAt: null,
      lostSince: null,
      loginExpiresAt: null,
      quietUntil: null,
      via: 'tws',
    } as const;
    const { sync } = statusMessage({
      status,
      state: 'degraded',
      reason: null,
      broker: 'ibkr',
      connection: { key: 'c1', label: 'TWS' },
      sequence: 1,
      at: T0,
      issues: [ISSUE],
    });
    assert.deepEqual(sync.issues, [SAID]);
  });
});
