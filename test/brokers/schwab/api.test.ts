import assert from 'node:assert/strict';
import { SchwabApi } from '../../../src/brokers/schwab/api.js';
import { endpoints } from '../../../src/brokers/schwab/endpoints.js';
import { exchange } from '../../../src/brokers/schwab/exchange.js';
import { RateLimit } from '../../../src/brokers/schwab/rate-limit.js';
import {
  BrokerageError,
  ConfigError,
  ConnectionLost,
  ProtocolError,
  RateLimited,
  Rejected,
} from '../../../src/errors.js';
import { GuardedCalls } from '../../../src/resilience/guarded-calls.js';
import { fastClock } from '../../support/clocks.js';
import { json, startScriptedHttp, type ScriptedHttp } from '../../support/scripted-http.js';

const GO_ON = new AbortController().signal;
const HASH = 'A'.repeat(64);

describe('reading from Schwab', () => {
  let server: ScriptedHttp;
  /** Tokens that were refused, in order. */
  let refused: string[];

  beforeEach(async () => {
    server = await startScriptedHttp();
    refused = [];
  });
  afterEach(async () => await server.close());

  function api(next: (token: string) => string = (token) => `${token}+`, perMinute = 1_000) {
    const clock = fastClock(200);
    const tokens = {
      access: async () => 'token',
      accessInsteadOf: async (token: string) => {
        refused.push(token);
        return next(token);
      },
    };
    const limit = new RateLimit(clock, perMinute);
    const calls = new GuardedCalls({ broker: 'schwab', clock, chance: () => 0 });
    return new SchwabApi({ apiUrl: server.url, tokens, limit, calls, clock });
  }
  const get = async (given = api()) => await given.get(endpoints.accounts(), GO_ON);
  const answerWith = (status: number, body: string, headers: Record<string, string> = {}) =>
    server.answer((_request, response) => response.writeHead(status, headers).end(body));

  async function problem(status: number, body: string, headers: Record<string, string> = {}) {
    answerWith(status, body, headers);
    return await get().then(
      () => assert.fail('it was no problem'),
      (error: unknown) => {
        assert.ok(error instanceof BrokerageError, String(error));
        return error;
      },
    );
  }

  it('gives the value of the answer', async () => {
    answerWith(200, '[{"a":1}]');
    assert.deepEqual(await get(), [{ a: 1 }]);
    const [request] = server.requests;
    assert.equal(request?.method, 'GET');
    assert.equal(request?.path, '/trader/v1/accounts?fields=positions');
    assert.equal(request?.headers.authorization, 'Bearer token');
  });

  it('asks again once with another token when one is refused', async () => {
    server.answer((request, response) =>
      request.headers.authorization === 'Bearer token+'
        ? json(response, ['good'])
        : json(response, { errors: [{ status: 401, title: 'Unauthorized' }] }, 401),
    );
    assert.deepEqual(await get(), ['good']);
    assert.deepEqual(refused, ['token']);
  });

  it('says what to check at Schwab when a fresh token is refused, too', async () => {
    answerWith(
      401,
      '{"errors":[{"id":"x","status":401,"title":"Unauthorized","detail":"Client not authorized"}]}',
    );
    await assert.rejects(get(), (error: unknown) => {
      assert.ok(error instanceof ConfigError && error.retrySlowly);
      return /Client not authorized.*both API products/.test(error.message);
    });
    assert.equal(server.requests.length, 2);
  });

  it('does not ask a second time when there is no other token', async () => {
    answerWith(401, '{"message":"Unauthorized"}');
    await assert.rejects(get(api((token) => token)), ConfigError);
    assert.equal(server.requests.length, 1);
  });

  it('tries again what passes by itself, three times in all, each within the limit of the app key', async () => {
    server.answer((_request, response, index) =>
      index < 2 ? response.writeHead(503).end() : json(response, ['good']),
    );
    assert.deepEqual(await get(), ['good']);
    answerWith(503, '');
    await assert.rejects(get(), ConnectionLost);
    assert.equal(server.requests.length, 6);
    const limited = api((token) => token, 2);
    await assert.rejects(get(limited), ConnectionLost);
    assert.equal(server.requests.length, 8, 'a retry went out beyond the limit, or waited for a turn');
  });

  it('replaces a token within one attempt, and does not ask for another one because Schwab failed then', async () => {
    server.answer(({ headers }, response) =>
      response.writeHead(headers.authorization === 'Bearer token' ? 401 : 503).end(),
    );
    await assert.rejects(get(), ConnectionLost);
    assert.deepEqual(refused, ['token']);
    assert.deepEqual(
      server.requests.map(({ headers }) => headers.authorization),
      ['Bearer token', 'Bearer token+', 'Bearer token+', 'Bearer token+'],
    );
  });

  it('never asks for a token again because that failed', async () => {
    answerWith(401, '{"message":"Unauthorized"}');
    const failing = api(() => {
      throw new ConnectionLost('The login did not answer.', { broker: 'schwab', code: '503' });
    });
    await assert.rejects(get(failing), /The login did not answer/);
    assert.deepEqual(refused, ['token']);
    assert.equal(server.requests.length, 1);
  });

  it('takes an outage for one although it comes as 401', async () => {
    const said =
      '{"message":"Application encountered unexpected error that prevented fulfilling this request"}';
    assert.ok((await problem(401, said)) instanceof ConnectionLost);
    assert.deepEqual(refused, []);
  });

  it('takes what passes by itself for that', async () => {
    const passing = [
      [500, '{"message":"Application encountered unexpected error"}'],
      [502, '<html>'],
      [503, '{"errors":[{"status":"503","title":"Service Unavailable"}]}'],
      [504, ''],
      [408, ''],
      [404, "404 Not Found: Requested route ('traderapi-accounts.apigx-origin.schwab.com') does not exist."],
      [404, '{"message":"Resource not found"}'],
    ] as const;
    for (const [status, body] of passing)
      assert.ok((await problem(status, body)) instanceof ConnectionLost, `${status} ${body}`);
  });

  it('takes a 2xx without figures for an answer that failed, never for empty', async () => {
    for (const body of ['', '   ', '<html>Login</html>', '[{"securitiesAccount":', 'null null'])
      assert.ok((await problem(200, body)) instanceof ProtocolError, body);
    assert.ok((await problem(204, '')) instanceof ProtocolError);
  });

  it('reports what Schwab refuses, in its own words, with its reference', async () => {
    const error = await problem(400, '{"message":"\'x\' is not a valid value for fromEnteredTime"}', {
      'schwab-client-correlid': '0be22ae7-efdf-44d9-99f4-f138049d76ca',
    });
    assert.ok(error instanceof Rejected);
    assert.match(error.message, /GET \/trader\/v1\/accounts: 400 'x' is not a valid value.*0be22ae7/);
    for (const body of [
      '{"message":"Forbidden","errors":["Not your account."]}',
      '{"fault":{"faultstring":"Too big"}}',
    ])
      assert.ok((await problem(403, body)) instanceof Rejected);
  });

  it('knows a missing order from an outage', async () => {
    answerWith(404, '{"message":"Order not found"}');
    await assert.rejects(api().get(endpoints.order(HASH, '1'), GO_ON), Rejected);
  });

  it('waits as long as Schwab says, and a quarter of an hour when it is blocked', async () => {
    const waits = [
      [429, '{}', { 'retry-after': '7' }, 7_000],
      [429, '', {}, 60_000],
      [403, '<HTML><TITLE>Access Denied</TITLE></HTML>', {}, 900_000],
    ] as const;
    for (const [status, body, headers, wait] of waits) {
      const error = await problem(status, body, headers);
      assert.ok(error instanceof RateLimited);
      assert.equal(error.retryAfterMs, wait);
    }
  });

  it('sends nothing while it was told to wait', async () => {
    const own = api();
    answerWith(429, '', { 'retry-after': '300' });
    await assert.rejects(get(own), RateLimited);
    answerWith(200, '[]');
    await assert.rejects(get(own), RateLimited);
    assert.equal(server.requests.length, 1);
  });

  it('follows no redirect, and never sends the token along', async () => {
    const other = await startScriptedHttp();
    try {
      for (const status of [301, 302, 303, 307, 308])
        assert.match((await problem(status, '', { location: `${other.url}/steal` })).message, /redirect/);
      assert.deepEqual(other.requests, []);
    } finally {
      await other.close();
    }
  });

  it('gives up on an answer that does not come, and on one that does not end', async () => {
    server.answer(() => {});
    await assert.rejects(
      get(),
      (error: unknown) => error instanceof ConnectionLost && error.code === 'timeout',
    );
    server.answer((_request, response) => void response.writeHead(200).write('['));
    await assert.rejects(
      get(),
      (error: unknown) => error instanceof ConnectionLost && error.code === 'timeout',
    );
  });

  it('throws an answer away that was cut', async () => {
    server.answer((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('[{"securitiesAccount"');
      setImmediate(() => response.destroy());
    });
    await assert.rejects(get(), ConnectionLost);
  });

  it('says that Schwab cannot be reached when nobody listens', async () => {
    const own = api();
    await server.close();
    await assert.rejects(
      get(own),
      (error: unknown) => error instanceof ConnectionLost && /not reachable/.test(error.message),
    );
  });

  it('stops at once when it is told to', async () => {
    server.answer(() => {});
    const stop = new AbortController();
    const asked = api().get(endpoints.accounts(), stop.signal);
    setImmediate(() => stop.abort());
    await assert.rejects(
      asked,
      (error: unknown) => error instanceof ConnectionLost && error.code === 'closed',
    );
  });

  it('learns how far the clocks are apart', async () => {
    const own = api();
    const date = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000).toUTCString();
    answerWith(200, '[]', { date });
    await get(own);
    assert.ok(Math.abs(own.skewMs - 3_600_000) < 2_000);
  });

  it('puts neither tokens nor hashes nor account numbers into a sentence', async () => {
    const said = `{"message":"Account 12345678 (${HASH}) of token I0.${'x'.repeat(43)}@ is not allowed"}`;
    const { message } = await problem(403, said);
    for (const secret of ['12345678', HASH, 'x'.repeat(43), 'token+'])
      assert.ok(!message.includes(secret), message);
    assert.match(message, /…5678/);
    answerWith(500, '');
    await assert.rejects(api().get(endpoints.account(HASH), GO_ON), (error: unknown) => {
      assert.ok(error instanceof Error);
      return !error.message.includes(HASH);
    });
  });

  it('cannot be made to ask anything else', async () => {
    for (const path of [
      '/v1/oauth/token',
      '/trader/v2/accounts',
      '/marketdata/v1/quotes',
      '/trader/v1/accountsX',
      '/',
    ])
      await assert.rejects(
        exchange(server.url, { method: 'GET', path, bearer: 't' }, { clock: fastClock(1), signal: GO_ON }),
        TypeError,
      );
    assert.deepEqual(server.requests, []);
  });
});
