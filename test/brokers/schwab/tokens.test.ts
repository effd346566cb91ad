import assert from 'node:assert/strict';
import { Tokens } from '../../../src/brokers/schwab/tokens.js';
import type { TokenSet } from '../../../src/brokers/schwab/token-set.js';
import { ConnectionLost, LoginRequired } from '../../../src/errors.js';
import { FakeClock } from '../../support/clocks.js';
import { MemoryLogger, settled } from '../../support/memory-broker.js';
import {
  ACCESS_LASTS_MS,
  LOGIN_LASTS_MS,
  MemoryEndpoint,
  MemoryStore,
  tokenSet,
} from '../../support/schwab-tokens.js';

const DETAILS = { broker: 'schwab', code: 'x' };

async function setUp(kept: TokenSet | null = null) {
  const clock = new FakeClock();
  const endpoint = new MemoryEndpoint(clock);
  const store = new MemoryStore();
  const logger = new MemoryLogger();
  if (kept !== null) await store.write(JSON.stringify(kept));
  const make = () => new Tokens({ store, endpoint, clock, logger });
  const told: (number | null)[] = [];
  const tokens = make();
  tokens.onChange(() => told.push(tokens.expiresAt));
  return { clock, endpoint, logger, make, store, told, tokens };
}

async function loggedIn() {
  const now = new FakeClock().now();
  const given = await setUp(tokenSet(now));
  await given.tokens.load();
  return { ...given, issuedAt: now };
}

describe('the tokens of a login', () => {
  it('are not there before the first login, and say what to do', async () => {
    const { endpoint, tokens } = await setUp();
    await assert.rejects(tokens.access(), { name: 'LoginRequired', message: /press “Log in at Schwab”/ });
    assert.equal(tokens.expiresAt, null);
    assert.deepEqual(endpoint.asked, []);
  });

  it('are used as they were kept while they last', async () => {
    const { endpoint, issuedAt, tokens } = await loggedIn();
    assert.equal(await tokens.access(), 'access-0');
    assert.equal(tokens.expiresAt, issuedAt + LOGIN_LASTS_MS);
    assert.deepEqual(endpoint.asked, []);
  });

  it('are renewed five minutes before they end', async () => {
    const { clock, tokens } = await loggedIn();
    clock.advance(ACCESS_LASTS_MS - 5 * 60_000 - 1);
    assert.equal(await tokens.access(), 'access-0');
    clock.advance(1);
    assert.equal(await tokens.access(), 'access-1');
  });

  it('are renewed once for twenty callers at a time', async () => {
    const { clock, endpoint, tokens } = await loggedIn();
    clock.advance(ACCESS_LASTS_MS);
    const given = await Promise.all(Array.from({ length: 20 }, () => tokens.access()));
    assert.deepEqual([...new Set(given)], ['access-1']);
    assert.deepEqual(endpoint.asked, ['refresh-0']);
  });

  it('are written before anybody uses them', async () => {
    const { clock, store, tokens } = await loggedIn();
    clock.advance(ACCESS_LASTS_MS);
    const access = await tokens.access();
    assert.match(store.written.at(-1) ?? '', new RegExp(`"accessToken":"${access}"`));
    assert.match(store.written.at(-1) ?? '', /"refreshToken":"refresh-1"/);
  });

  it('end seven days after the login, however often they are renewed', async () => {
    const { clock, endpoint, issuedAt, make, tokens } = await loggedIn();
    for (let count = 0; count < 50; count += 1) {
      clock.advance(ACCESS_LASTS_MS);
      await tokens.access();
    }
    assert.equal(endpoint.asked.length, 50);
    assert.equal(tokens.expiresAt, issuedAt + LOGIN_LASTS_MS);
    const restarted = make();
    await restarted.load();
    assert.equal(restarted.expiresAt, issuedAt + LOGIN_LASTS_MS);
  });

  it('are not asked for a second time once Schwab has said that the login is over', async () => {
    const { clock, endpoint, told, tokens } = await loggedIn();
    clock.advance(ACCESS_LASTS_MS);
    endpoint.failure = new LoginRequired('It has ended.', DETAILS);
    for (let count = 0; count < 5; count += 1) await assert.rejects(tokens.access(), /It has ended/);
    await assert.rejects(tokens.accessInsteadOf('access-0'), /It has ended/);
    assert.equal(endpoint.asked.length, 1);
    assert.equal(tokens.expiresAt, null);
    assert.equal(tokens.hasEnded, true);
    assert.deepEqual(told.at(-1), null);
  });

  it('go on being asked for when Schwab was only out of reach', async () => {
    const { clock, endpoint, tokens } = await loggedIn();
    clock.advance(ACCESS_LASTS_MS);
    endpoint.failure = new ConnectionLost('Not reachable.', DETAILS);
    await assert.rejects(tokens.access(), ConnectionLost);
    endpoint.failure = null;
    assert.equal(await tokens.access(), 'access-2');
    assert.deepEqual(endpoint.asked, ['refresh-0', 'refresh-0']);
  });

  it('of a new login are kept, used at once, and last seven days again', async () => {
    const { clock, endpoint, store, told, tokens } = await loggedIn();
    clock.advance(ACCESS_LASTS_MS);
    endpoint.failure = new LoginRequired('It has ended.', DETAILS);
    await assert.rejects(tokens.access());
    await tokens.adopt(tokenSet(clock.now(), { accessToken: 'new', refreshToken: 'new-refresh' }));
    assert.equal(await tokens.access(), 'new');
    assert.equal(tokens.hasEnded, false);
    assert.deepEqual(told.slice(-2), [null, clock.now() + LOGIN_LASTS_MS]);
    assert.match(store.written.at(-1) ?? '', /new-refresh/);
  });

  it('are replaced once when Schwab refuses one that should be good', async () => {
    const { endpoint, tokens } = await loggedIn();
    const [first, second] = await Promise.all([
      tokens.accessInsteadOf('access-0'),
      tokens.accessInsteadOf('access-0'),
    ]);
    assert.deepEqual([first, second], ['access-1', 'access-1']);
    assert.equal(await tokens.accessInsteadOf('access-0'), 'access-1');
    assert.equal(endpoint.asked.length, 1);
  });

  it('are not renewed again and again while Schwab refuses even new ones', async () => {
    const { clock, endpoint, tokens } = await loggedIn();
    const renewed = await tokens.accessInsteadOf('access-0');
    assert.equal(await tokens.accessInsteadOf(renewed), renewed);
    assert.equal(endpoint.asked.length, 1);
    clock.advance(5 * 60_000);
    assert.equal(await tokens.accessInsteadOf(renewed), 'access-2');
  });

  it('of another process are taken instead of asking', async () => {
    const { clock, endpoint, make, tokens } = await loggedIn();
    const other = make();
    await other.load();
    clock.advance(ACCESS_LASTS_MS);
    const [a, b] = await Promise.all([tokens.access(), other.access()]);
    assert.deepEqual([a, b], ['access-1', 'access-1']);
    assert.deepEqual(endpoint.asked, ['refresh-0']);
  });

  it('that another process has renewed are renewed from there, not from what was known', async () => {
    const { clock, endpoint, make, tokens } = await loggedIn();
    const other = make();
    clock.advance(ACCESS_LASTS_MS);
    await other.access();
    clock.advance(ACCESS_LASTS_MS);
    await tokens.access();
    assert.deepEqual(endpoint.asked, ['refresh-0', 'refresh-1']);
  });

  it('are used, and saved later, when the disk is full', async () => {
    const { clock, endpoint, logger, store, tokens } = await loggedIn();
    clock.advance(ACCESS_LASTS_MS);
    store.writeFailure = new Error('ENOSPC: no space left on device');
    assert.equal(await tokens.access(), 'access-1');
    assert.match(logger.lines.join(), /error The Schwab login cannot be saved \(ENOSPC/);
    clock.advance(ACCESS_LASTS_MS);
    assert.equal(await tokens.access(), 'access-2');
    assert.deepEqual(endpoint.asked, ['refresh-0', 'refresh-1']);
    store.writeFailure = null;
    assert.equal(await tokens.access(), 'access-2');
    assert.match(store.written.at(-1) ?? '', /refresh-2/);
  });

  it('are not taken for missing when they cannot be read', async () => {
    const { store, tokens } = await setUp(tokenSet(new FakeClock().now()));
    store.readFailure = new Error('EACCES: permission denied');
    await assert.rejects(tokens.access(), (error: unknown) => {
      assert.ok(error instanceof Error && !(error instanceof LoginRequired));
      return /EACCES/.test(error.message);
    });
    store.readFailure = null;
    assert.equal(await tokens.access(), 'access-0');
  });

  it('that are no tokens at all are taken for none', async () => {
    const { store, tokens } = await setUp();
    for (const text of ['', '{}', '[]', '{"v":1,"accessToken":""}']) {
      await store.write(text);
      await assert.rejects(tokens.access(), LoginRequired);
    }
  });

  it('are asked for to the end although nobody waits any more', async () => {
    const { clock, endpoint, store, tokens } = await loggedIn();
    clock.advance(ACCESS_LASTS_MS);
    let open = (): void => {};
    endpoint.gate = new Promise((resolve) => (open = resolve));
    const asked = tokens.access();
    await settled();
    open();
    await asked;
    assert.match(store.written.at(-1) ?? '', /refresh-1/);
  });
});
