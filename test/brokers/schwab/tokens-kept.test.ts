import assert from 'node:assert/strict';
import { Tokens } from '../../../src/brokers/schwab/tokens.js';
import { ConfigError, LoginRequired } from '../../../src/errors.js';
import { movingSecret } from '../../../src/secrets/moving-secret.js';
import { turns } from '../../../src/secrets/turns.js';
import { FakeClock } from '../../support/clocks.js';
import { FlakySecret } from '../../support/flaky-secret.js';
import { MemoryLogger } from '../../support/memory-broker.js';
import { ACCESS_LASTS_MS, MemoryEndpoint, MemoryStore, tokenSet } from '../../support/schwab-tokens.js';

const locked = (sentence = 'The keychain is locked.') =>
  new ConfigError(sentence, { broker: 'keychain', code: 'keychain-locked', retrySlowly: true });

async function setUp() {
  const clock = new FakeClock();
  const endpoint = new MemoryEndpoint(clock);
  const store = new MemoryStore();
  const logger = new MemoryLogger();
  await store.write(JSON.stringify(tokenSet(clock.now())));
  const make = () => new Tokens({ store, endpoint, clock, logger });
  const lock = (failure: Error | null = locked()) => {
    store.readFailure = failure;
    store.writeFailure = failure;
  };
  return { clock, endpoint, lock, logger, make, store, tokens: make() };
}

describe('the tokens of a login whose store is locked', () => {
  it('are not "not logged in" at the start, and there when the store is open again', async () => {
    const { endpoint, lock, make, store } = await setUp();
    lock();
    const tokens = make();
    for (let look = 0; look < 2; look += 1)
      await assert.rejects(tokens.access(), { name: 'ConfigError', message: 'The keychain is locked.' });
    assert.equal(tokens.hasEnded, false);
    lock(null);
    assert.equal(await tokens.access(), 'access-0');
    assert.deepEqual([endpoint.asked, store.written.length], [[], 1]);
  });

  it('go on working from memory, are renewed, and saved when it is open again', async () => {
    const { clock, lock, store, tokens } = await setUp();
    await tokens.access();
    lock();
    for (const expected of ['access-1', 'access-2', 'access-3']) {
      clock.advance(ACCESS_LASTS_MS);
      assert.equal(await tokens.access(), expected);
    }
    assert.equal(store.written.length, 1);
    lock(null);
    assert.equal(await tokens.access(), 'access-3');
    assert.match(store.written.at(-1) ?? '', /refresh-3/);
    await tokens.access();
    assert.equal(store.written.length, 2);
  });

  it('are told of once for each sentence, not at each request', async () => {
    const { clock, lock, logger, tokens } = await setUp();
    await tokens.access();
    for (const sentence of ['It is locked.', 'It is late.', 'It is locked.']) {
      lock(locked(sentence));
      clock.advance(ACCESS_LASTS_MS);
      for (let poll = 0; poll < 20; poll += 1) await tokens.access();
    }
    lock(null);
    await tokens.access();
    lock();
    clock.advance(ACCESS_LASTS_MS);
    await tokens.access();
    const errors = logger.lines.filter((line) => line.startsWith('error'));
    assert.deepEqual(
      errors.map((line) => /\((.*)\)/.exec(line)?.[1]),
      ['It is locked.', 'It is late.', 'It is locked.', 'The keychain is locked.'],
    );
    const warnings = logger.lines.filter((line) => line.startsWith('warn'));
    assert.equal(warnings.length, 4, warnings.join('\n'));
  });

  it('of a new login that cannot be kept are not used, and that is said', async () => {
    const { clock, lock, store, tokens } = await setUp();
    await tokens.access();
    lock();
    await assert.rejects(tokens.adopt(tokenSet(clock.now(), { accessToken: 'new' })), /locked/);
    assert.equal(await tokens.access(), 'access-0');
    lock(null);
    assert.equal(await tokens.access(), 'access-0');
    assert.match((await store.read()) ?? '', /access-0/);
  });

  it('never take the place of a new login, though they could not be saved before', async () => {
    const { clock, lock, store, tokens } = await setUp();
    await tokens.access();
    clock.advance(ACCESS_LASTS_MS);
    lock();
    await tokens.access();
    lock(null);
    await Promise.all([tokens.adopt(tokenSet(clock.now(), { accessToken: 'new' })), tokens.access()]);
    assert.equal(await tokens.access(), 'new');
    assert.match((await store.read()) ?? '', /"new"/);
  });
});

describe('the tokens of a login', () => {
  it('are kept again where they were lost, and left alone where they are kept', async () => {
    const { store, tokens } = await setUp();
    await tokens.keep();
    await tokens.access();
    await tokens.keep();
    assert.equal(store.written.length, 1);
    await store.remove();
    await tokens.keep();
    assert.match((await store.read()) ?? '', /refresh-0/);
  });

  it('are not kept again once Schwab has said that the login is over', async () => {
    const { clock, endpoint, store, tokens } = await setUp();
    await tokens.access();
    clock.advance(ACCESS_LASTS_MS);
    endpoint.failure = new LoginRequired('It has ended.', { broker: 'schwab', code: 'x' });
    await assert.rejects(tokens.access());
    await store.remove();
    await tokens.keep();
    assert.equal(await store.read(), null);
  });

  it('are found by all who ask while they are being moved', async () => {
    const { clock, endpoint, logger } = await setUp();
    const places = { from: new FlakySecret(), to: new FlakySecret() };
    places.from.text = JSON.stringify(tokenSet(clock.now()));
    const exclusively = turns();
    const isUsed = async () => true;
    const make = () =>
      new Tokens({
        store: movingSecret<'from' | 'to'>({
          places: { from: { store: places.from, isUsed }, to: { store: places.to, isUsed } },
          wanted: () => 'to',
          exclusively,
          warn: assert.fail,
        }),
        endpoint,
        clock,
        logger,
      });
    const one = make();
    const other = make();
    assert.deepEqual(await Promise.all([one.access(), one.access(), other.access()]), [
      'access-0',
      'access-0',
      'access-0',
    ]);
    assert.equal(places.from.text, null);
  });
});
