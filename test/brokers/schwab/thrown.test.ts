import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { exchange } from '../../../src/brokers/schwab/exchange.js';
import { jsonOf, problemOf } from '../../../src/brokers/schwab/problem.js';
import { RateLimit } from '../../../src/brokers/schwab/rate-limit.js';
import { tokenEndpoint } from '../../../src/brokers/schwab/token-endpoint.js';
import { systemClock } from '../../../src/runtime/system-clock.js';
import { startScriptedHttp, type ScriptedHttp } from '../../support/scripted-http.js';

const TOKEN = 'I0.thrown-access-token_0123456789@';
const SECRET = 'thrown-secret-16';
const CODE = 'C0.thrown.code-of-some-length@';
const CLOSED = 'http://127.0.0.1:1';

describe('what the Schwab adapter throws', () => {
  let http: ScriptedHttp;
  beforeEach(async () => void (http = await startScriptedHttp()));
  afterEach(async () => await http.close());

  const get = async (apiUrl: string, bearer = TOKEN): Promise<unknown> =>
    await exchange(
      apiUrl,
      { method: 'GET', path: '/trader/v1/accounts', bearer },
      { clock: systemClock, signal: new AbortController().signal },
    ).catch((error: unknown) => error);
  const logIn = async (apiUrl: string): Promise<unknown> =>
    await tokenEndpoint({
      app: { apiUrl, appKey: 'thrown-app-key', appSecret: SECRET },
      limit: new RateLimit(systemClock),
      clock: systemClock,
    })
      .login(CODE, 'https://127.0.0.1')
      .catch((error: unknown) => error);

  /** With stack and cause, as a log would print it. */
  const holdsNothing = (thrown: unknown): void => {
    assert.ok(thrown instanceof Error, inspect(thrown));
    const text = inspect(thrown, { depth: Infinity, showHidden: true });
    for (const secret of [
      TOKEN,
      TOKEN.slice(0, 12),
      SECRET,
      CODE,
      Buffer.from(SECRET).toString('base64').slice(0, 20),
    ])
      assert.ok(!text.includes(secret), text);
  };

  it('holds no token that fetch does not accept and repeats in its own error', async () => {
    holdsNothing(await get(http.url, `${TOKEN}\u0000`));
    holdsNothing(await get(http.url, `${TOKEN}\nx`));
  });

  it('holds no token, key or code where nobody answers, or the answer is cut', async () => {
    http.answer((_request, response) => void response.destroy());
    for (const url of [CLOSED, http.url]) {
      holdsNothing(await get(url));
      holdsNothing(await logIn(url));
    }
  });

  it('holds nothing of an answer to a login that cannot be read', async () => {
    http.answer((_request, response) => void response.end(`{"access_token":"${TOKEN}","refresh_token":`));
    holdsNothing(await logIn(http.url));
    http.answer(
      (_request, response) => void response.end(`{"access_token":"${TOKEN}","expires_in":"never"}`),
    );
    holdsNothing(await logIn(http.url));
  });

  it('holds nothing of figures that are damaged, and no token that is repeated', () => {
    const answer = { status: 200, retryAfter: null, serverTime: null, correlationId: null };
    const damaged = { ...answer, text: `{"a":"${TOKEN}` };
    assert.throws(
      () => jsonOf(damaged, 'GET /accounts'),
      (error) => {
        holdsNothing(error);
        return true;
      },
    );
    const problem = problemOf(
      { ...answer, status: 403, text: `{"message":"Bearer ${TOKEN}"}` },
      'GET /accounts',
      0,
    );
    assert.equal(problem.kind, 'failed');
    if (problem.kind === 'failed') holdsNothing(problem.error);
  });
});
