import assert from 'node:assert/strict';
import { SCHWAB_FAULT_NAMES, type SchwabSimulator } from '../../../simulators/index.js';
import { eventually } from '../support/simulator.js';
import { DAY_MS, NOW, PlainClient, SchwabBench } from './support/client.js';

describe('a fault of the simulated Schwab', () => {
  const bench = new SchwabBench();
  const tried = new Set<string>();
  let schwab: SchwabSimulator;
  let client: PlainClient;
  beforeEach(async () => {
    schwab = await bench.start();
    client = await PlainClient.loggedIn(schwab);
  });
  afterEach(() => bench.close());

  const fault = (name: string, argument?: string): { clear(): void } => {
    tried.add(name);
    return schwab.fault(name, argument);
  };
  const answer = async (): Promise<readonly [number, string]> => {
    const response = await client.get('/accounts', { fields: 'positions' });
    return [response.status, await response.text()];
  };

  it('answers with a status as often as it is told to, and then as always', async () => {
    fault('schwab-status', '503x2');
    const statuses = [await answer(), await answer(), await answer()].map(([status]) => status);
    assert.deepEqual(statuses, [503, 503, 200]);
    assert.deepEqual(
      schwab.requests.filter(({ path }) => path.includes('/accounts')).map(({ status }) => status),
      [503, 503, 200],
    );
  });

  for (const [name, argument, status, body] of [
    ['schwab-401-gateway', '', 401, /Client not authorized/],
    ['schwab-401-trader', '', 401, /^\{"message":"Unauthorized"\}$/],
    ['schwab-401-transient-text', '', 401, /Application encountered unexpected error/],
    ['schwab-404-text', '', 404, /^404 Not Found: Requested route/],
    ['schwab-html-200', '', 200, /^<html>/],
    ['schwab-html-block', '', 403, /Access Denied/],
    ['schwab-empty-body', '', 200, /^$/],
    ['schwab-plain-204', '', 204, /^$/],
    ['schwab-429-bare', '', 429, /Too many/],
  ] as const) {
    it(`${name} answers ${status}`, async () => {
      fault(name, argument);
      const [got, text] = await answer();
      assert.equal(got, status);
      assert.match(text, body);
    });
  }

  it('asks to wait for seconds, or until a time, or without saying how long', async () => {
    const waits = async (name: string, argument?: string): Promise<string | null> => {
      const on = fault(name, argument);
      const { headers } = await client.get('/accounts');
      on.clear();
      return headers.get('retry-after');
    };
    assert.equal(await waits('schwab-429', '40'), '40');
    assert.equal(await waits('schwab-429-bare'), null);
    assert.equal(await waits('schwab-429-date', '5'), new Date(NOW + 5_000).toUTCString());
  });

  it('cuts JSON in two, under a good status', async () => {
    fault('schwab-truncated-json');
    const [status, text] = await answer();
    assert.equal(status, 200);
    assert.throws(() => {
      JSON.parse(text);
    }, SyntaxError);
  });

  it('loses the connection within the answer', async () => {
    fault('schwab-cut', '50');
    const response = await client.get('/accounts', { fields: 'positions' });
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
    await assert.rejects(response.text());
  });

  it('packs an answer and sends half of it, as if it were the whole', async () => {
    fault('schwab-truncated-gzip');
    const response = await client.get('/accounts', { fields: 'positions' });
    assert.deepEqual([response.status, response.headers.get('content-encoding')], [200, 'gzip']);
    await assert.rejects(async () => {
      JSON.parse(await response.text());
    });
  });

  it('takes the positions away, and leaves the money that says there are some', async () => {
    fault('schwab-no-positions');
    const [status, text] = await answer();
    assert.equal(status, 200);
    assert.ok(!text.includes('"positions"'));
    assert.match(text, /"longMarketValue":\d{4}/);
  });

  it('sends an empty list of positions beside the money that says there are some', async () => {
    fault('schwab-empty-positions');
    const [, text] = await answer();
    assert.match(text, /"positions":\s*\[\]/);
    assert.match(text, /"longMarketValue":\s*\d{4}/);
  });

  it('sends orders of a status that nobody knows', async () => {
    fault('schwab-unknown-status');
    const [account = ''] = schwab.book.accounts;
    const response = await client.get(`/accounts/${schwab.book.state(account).hashValue}/orders`, {
      fromEnteredTime: new Date(NOW - DAY_MS).toISOString(),
      toEnteredTime: new Date(NOW).toISOString(),
    });
    const statuses = [...(await response.text()).matchAll(/"status":\s*"(\w+)"/g)].map(
      ([, word = '']) => word,
    );
    assert.ok(statuses.length > 0 && statuses.every((word) => word.startsWith('NEW_')), statuses.join());
  });

  it('sends the number of an account as a number, without the zero at its beginning', async () => {
    fault('schwab-numeric-accounts');
    assert.equal(schwab.book.accounts[0], '01234567');
    assert.match((await answer())[1], /"accountNumber":\s*1234567\b/);
  });

  it('ends a login in each of the words that were seen, and leaves a new one alone', async () => {
    for (const [word, text] of [
      ['ended', /refresh_token_authentication_error/],
      ['invalid', /refresh_token_invalid/],
      ['missing', /Invalid refresh token: null/],
    ] as const) {
      const on = fault('schwab-token-ended', word);
      const refused = await client.refresh();
      assert.equal(refused.status, 400);
      assert.match(await refused.text(), text);
      await client.logIn();
      on.clear();
    }
    assert.throws(() => schwab.fault('schwab-token-ended', 'so what'), /one of ended, invalid, missing/);
  });

  it('sends the app secret elsewhere', async () => {
    fault('schwab-token-redirect', 'http://127.0.0.1:9/');
    const tokens = { grant_type: 'refresh_token', refresh_token: client.refreshToken };
    const response = await client.token(tokens, schwab.appSecret, { redirect: 'manual' });
    assert.deepEqual([response.status, response.headers.get('location')], [307, 'http://127.0.0.1:9/']);
  });

  it('sends words that nobody knows, and nulls', async () => {
    const unknown = fault('schwab-unknown-enums');
    assert.match((await answer())[1], /"assetType":"NEW_EQUITY"/);
    unknown.clear();
    fault('schwab-nulls');
    assert.match((await answer())[1], /"currentDayProfitLoss":null/);
  });

  it('sends the client elsewhere', async () => {
    fault('schwab-redirect', 'http://127.0.0.1:9/');
    const response = await client.get('/accounts');
    assert.deepEqual([response.status, response.headers.get('location')], [302, 'http://127.0.0.1:9/']);
  });

  it('lets the client wait for ever, until it is cleared', async () => {
    const hang = fault('schwab-hang');
    const stop = new AbortController();
    const waiting = client.get('/accounts', {}, { signal: stop.signal });
    await eventually(() => schwab.inFlight === 1);
    stop.abort();
    await assert.rejects(waiting);
    await eventually(() => schwab.inFlight === 0);
    hang.clear();
    assert.equal((await answer())[0], 200);
  });

  it('sends an answer drop by drop', async () => {
    fault('schwab-slow', '1000');
    const response = await client.get('/accounts/accountNumbers');
    const reader = response.body?.getReader();
    const first = await reader?.read();
    assert.ok((first?.value?.length ?? 0) <= 20);
    await reader?.cancel();
  });

  it('shows the accounts of a manager, but neither orders nor transactions', async () => {
    fault('schwab-managed');
    assert.equal((await answer())[0], 200);
    assert.equal((await client.get('/orders')).status, 403);
    assert.equal((await client.get('/accounts/x/transactions')).status, 403);
  });

  it('repeats what it was sent, as a gateway does that is set to debug', async () => {
    fault('schwab-echo', '500');
    const [status, text] = await answer();
    assert.equal(status, 500);
    for (const sent of [client.accessToken, ...schwab.book.accounts]) assert.ok(text.includes(sent));
    fault('schwab-token-echo');
    const said = await (await client.refresh()).text();
    for (const sent of [client.refreshToken, schwab.appKey, schwab.appSecret])
      assert.ok(said.includes(sent) || said.includes(encodeURIComponent(sent)));
  });

  it('loses the new token after the old one was taken back', async () => {
    schwab = await bench.start({ rotation: 'strict' });
    client = await PlainClient.loggedIn(schwab);
    const lost = fault('schwab-token-lost');
    const response = await client.refresh();
    await assert.rejects(response.text());
    lost.clear();
    assert.equal((await client.refresh()).status, 400);
    assert.deepEqual(
      schwab.tokenRequests.map(({ status }) => status),
      [200, 200, 400],
    );
  });

  it('answers for tokens with a status, or without a refresh token', async () => {
    const status = fault('schwab-token-status', '500');
    assert.equal((await client.refresh()).status, 500);
    status.clear();
    fault('schwab-no-refresh-token');
    client.take(await (await client.refresh()).text());
    assert.equal(client.refreshToken, '');
  });

  it('lets the clock of Schwab go wrong', async () => {
    fault('schwab-skewed-date', '-90');
    const { headers } = await client.get('/accounts');
    assert.equal(headers.get('date'), new Date(NOW - 90_000).toUTCString());
  });

  it('touches only the paths that it is told to', async () => {
    fault('schwab-status', '500@/orders');
    assert.equal((await answer())[0], 200);
    assert.equal((await client.get('/orders')).status, 500);
  });

  it('has a name that is known, or is refused with all that are', () => {
    assert.throws(() => schwab.fault('schwab-melt'), /there is no fault "schwab-melt", only .*schwab-hang/);
  });

  it('ends with all others when the test says so', async () => {
    fault('schwab-status', '500');
    fault('schwab-empty-body');
    schwab.clearFaults();
    const [status, text] = await answer();
    assert.ok(status === 200 && text !== '');
  });

  it('can be that nobody listens for a while', async () => {
    const { url } = schwab;
    await schwab.stopListening();
    await assert.rejects(client.get('/accounts'));
    await schwab.startListening();
    assert.equal(schwab.url, url);
    assert.equal((await answer())[0], 200);
  });

  it('is tried here, whatever its name, or with the streamer', () => {
    assert.deepEqual(
      SCHWAB_FAULT_NAMES.filter((name) => !tried.has(name)),
      ['schwab-stream-code', 'schwab-stream-silence', 'schwab-stream-bad-json'],
    );
  });
});
