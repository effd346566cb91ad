import assert from 'node:assert/strict';
import { ConfigError } from '../../src/errors.js';
import type { BrokerCounters } from '../../src/ports.js';
import { LateBroker } from '../../src/runtime/late-broker.js';
import { MemoryBroker, settled } from '../support/memory-broker.js';
import { MemoryLogin } from '../support/memory-login.js';

const locked = new ConfigError('It is locked.', { broker: 'keychain', code: 'x', retrySlowly: true });
const NOTHING_ASKED: BrokerCounters = {
  requests: 0,
  failures: 0,
  recent: { requests: 0, failures: 0 },
  retries: 0,
  breaker: 'closed',
  nextTrialAt: null,
};
const events = { update: () => {}, ended: () => {} };
const { signal } = new AbortController();

function setUp() {
  const made: (MemoryBroker & { readonly login: MemoryLogin })[] = [];
  const secrets: { failure: Error | null; expiresAt: number; gate: Promise<void> } = {
    failure: null,
    expiresAt: 1,
    gate: Promise.resolve(),
  };
  const late = new LateBroker({
    name: 'ibkr',
    via: 'tws',
    address: 'example:1',
    make: async () => {
      const { expiresAt, failure, gate } = secrets;
      await gate;
      if (failure !== null) throw failure;
      const broker = Object.assign(new MemoryBroker(), {
        login: new MemoryLogin(expiresAt),
        counters: () => ({ ...NOTHING_ASKED, requests: made.indexOf(broker) + 1 }),
      });
      made.push(broker);
      return broker;
    },
  });
  const told: (number | null)[] = [];
  late.login.onChange(() => told.push(late.login.expiresAt));
  return { late, made, secrets, told };
}

describe('a broker that is made when its secrets can be read', () => {
  it('is made once, however many ask for it', async () => {
    const { late, made } = setUp();
    assert.deepEqual([made.length, late.address, late.login.expiresAt], [0, 'example:1', null]);
    const [first, second] = await Promise.all([late.prepare(), late.prepare()]);
    assert.equal(first, second);
    const opening = late.open(events, signal);
    await settled();
    await made[0]?.accept();
    await opening;
    assert.equal(made.length, 1);
  });

  it('is tried again after its secrets could not be read', async () => {
    const { late, made, secrets } = setUp();
    secrets.failure = locked;
    await assert.rejects(late.open(events, signal), locked);
    await assert.rejects(late.prepare(), locked);
    secrets.failure = null;
    await late.prepare();
    assert.equal(made.length, 1);
  });

  it('counts what the broker counts that was made last, and nothing before', async () => {
    const { late } = setUp();
    assert.equal(late.counters(), null);
    await late.prepare();
    assert.equal(late.counters()?.requests, 1);
    late.forget();
    await late.prepare();
    assert.equal(late.counters()?.requests, 2);
  });

  it('has the login of what was made, and tells of its changes', async () => {
    const { late, made, told } = setUp();
    await late.prepare();
    made[0]?.login.become(2);
    made[0]?.login.become(null);
    assert.deepEqual(told, [1, 2, null]);
  });

  it('is made anew after what it was made of has changed, and follows the new login alone', async () => {
    const { late, made, secrets, told } = setUp();
    await late.prepare();
    late.forget();
    secrets.expiresAt = 10;
    await late.prepare();
    assert.equal(made.length, 2);
    made[0]?.login.become(3);
    made[1]?.login.become(11);
    assert.deepEqual(told, [1, 10, 11]);
    assert.equal(made[0]?.login.listeners.size, 0);
  });

  it('forgets also what is being made at that moment', async () => {
    const { late, made, secrets } = setUp();
    let open = (): void => {};
    secrets.gate = new Promise((resolve) => (open = resolve));
    const first = late.prepare();
    late.forget();
    Object.assign(secrets, { expiresAt: 10, gate: Promise.resolve() });
    await late.prepare();
    open();
    await first;
    assert.equal(made.length, 2);
    assert.equal(late.login.expiresAt, 10);
    await late.prepare();
    assert.equal(made.length, 2);
  });

  it('does not lose what was made anew when what was forgotten fails', async () => {
    const { late, made, secrets } = setUp();
    secrets.failure = locked;
    const first = late.prepare();
    late.forget();
    secrets.failure = null;
    await Promise.all([assert.rejects(first, locked), late.prepare()]);
    await late.prepare();
    assert.equal(made.length, 1);
  });
});
