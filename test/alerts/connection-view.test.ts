import assert from 'node:assert/strict';
import { withStatus } from '../../src/alerts/connection-view.js';
import type { ConnectionView } from '../../src/alerts/views.js';
import { status } from './support.js';

const START: ConnectionView = {
  key: 'c1',
  label: 'TWS',
  broker: 'ibkr',
  status: null,
  downSince: null,
  quietSince: null,
};

function after(...told: readonly Parameters<typeof status>[0][]): ConnectionView {
  return told.reduce<ConnectionView>((view, given) => withStatus(view, status(given)), START);
}
const since = (...told: readonly Parameters<typeof status>[0][]) => {
  const { downSince, quietSince } = after(...told);
  return [downSince, quietSince];
};

describe('a connection', () => {
  it('is out of reach since it first was, until it is back', () => {
    for (const state of ['connecting', 'login-required', 'misconfigured', 'down'] as const)
      assert.deepEqual(since({ state: 'live', since: 1 }, { state, since: 5 }), [5, null], state);
    assert.deepEqual(since({ state: 'connecting', since: 5 }, { state: 'down', since: 9 }), [5, null]);
    for (const state of ['live', 'degraded'] as const)
      assert.deepEqual(since({ state: 'down', since: 5 }, { state, since: 9 }), [null, null], state);
  });

  it('is neither in reach nor out of it because figures are old', () => {
    assert.deepEqual(since({ state: 'live', since: 1 }, { state: 'stale', since: 5 }), [null, null]);
    assert.deepEqual(since({ state: 'down', since: 1 }, { state: 'stale', since: 5, lostSince: 1 }), [
      1,
      null,
    ]);
    assert.deepEqual(after({ state: 'stale', since: 5 }).status, status({ state: 'stale', since: 5 }));
  });

  it('is not out of reach during maintenance, and has been since its beginning when it does not come back', () => {
    const quiet = { state: 'connecting', quietUntil: 100 } as const;
    assert.deepEqual(since({ ...quiet, since: 5 }), [null, 5]);
    assert.deepEqual(since({ ...quiet, since: 5 }, { ...quiet, since: 7 }), [null, 5]);
    assert.deepEqual(since({ state: 'down', since: 2 }, { ...quiet, since: 5 }), [null, 2]);
    assert.deepEqual(since({ ...quiet, since: 5 }, { state: 'down', since: 101 }), [5, null]);
    assert.deepEqual(since({ ...quiet, since: 5 }, { state: 'live', since: 50 }), [null, null]);
  });
});
