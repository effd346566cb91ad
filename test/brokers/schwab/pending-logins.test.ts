import assert from 'node:assert/strict';
import { authorizeUrl, PendingLogins } from '../../../src/brokers/schwab/pending-logins.js';
import { FakeClock } from '../../support/clocks.js';

const VALUES = {
  apiUrl: 'https://api.schwabapi.com',
  appKey: 'key with + and /',
  appSecret: 'the-app-secret',
  callbackUrl: 'https://127.0.0.1',
  accounts: [],
};

describe('a login that has begun', () => {
  const setUp = () => {
    const clock = new FakeClock();
    return { clock, logins: new PendingLogins(clock) };
  };

  it('opens an address that names the app and the callback, and never the secret', () => {
    const { logins } = setUp();
    const pending = logins.begin('node', VALUES);
    const url = new URL(authorizeUrl(pending));
    assert.equal(url.origin + url.pathname, 'https://api.schwabapi.com/v1/oauth/authorize');
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      response_type: 'code',
      client_id: VALUES.appKey,
      redirect_uri: VALUES.callbackUrl,
      state: pending.state,
    });
    assert.ok(!url.href.includes(VALUES.appSecret));
    assert.ok(Buffer.from(pending.state, 'base64url').length >= 16);
  });

  it('comes back once', () => {
    const { logins } = setUp();
    const { state } = logins.begin('node', VALUES);
    assert.equal(logins.take('node', state)?.state, state);
    assert.equal(logins.take('node', state), null);
    assert.equal(logins.takeByState(state), null);
  });

  it('comes back without its state only to the node that began it', () => {
    const { logins } = setUp();
    logins.begin('node', VALUES);
    assert.equal(logins.take('other', null), null);
    assert.equal(logins.take('node', null)?.nodeId, 'node');
  });

  it('is not used up by an answer that belongs to another', () => {
    const { logins } = setUp();
    const { state } = logins.begin('node', VALUES);
    assert.equal(logins.take('node', 'x'.repeat(state.length)), null);
    assert.equal(logins.take('node', ''), null);
    assert.equal(logins.takeByState('forged'), null);
    assert.equal(logins.isPending('node'), true);
  });

  it('is found by its state alone', () => {
    const { logins } = setUp();
    logins.begin('a', VALUES);
    const { state } = logins.begin('b', VALUES);
    assert.equal(logins.takeByState(state)?.nodeId, 'b');
    assert.equal(logins.isPending('a'), true);
  });

  it('gives way to the next one of the same node', () => {
    const { logins } = setUp();
    const first = logins.begin('node', VALUES);
    const second = logins.begin('node', VALUES);
    assert.notEqual(first.state, second.state);
    assert.equal(logins.takeByState(first.state), null);
    assert.equal(logins.takeByState(second.state)?.nodeId, 'node');
  });

  it('is forgotten after ten minutes', () => {
    const { clock, logins } = setUp();
    const { state } = logins.begin('node', VALUES);
    clock.advance(10 * 60_000 - 1);
    assert.equal(logins.isPending('node'), true);
    clock.advance(1);
    assert.equal(logins.isPending('node'), false);
    assert.equal(logins.takeByState(state), null);
    assert.equal(logins.take('node', null), null);
  });

  it('does not pile up', () => {
    const { logins } = setUp();
    const states = Array.from({ length: 30 }, (_, index) => logins.begin(`node ${index}`, VALUES).state);
    assert.equal(states.filter((state) => logins.takeByState(state) !== null).length, 20);
  });
});
