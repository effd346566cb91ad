import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { registerWith } from '../../nodes/schwab-config/schwab-config.js';
import { findConnection } from '../../src/node-red/connections.js';
import { said } from '../../src/node-red/said.js';
import { eventually, FakeClock } from '../support/clocks.js';
import { folderForEachTest } from '../support/folders.js';
import { marked } from '../support/leak-watch.js';
import { MemoryKeychain } from '../support/memory-keychain.js';
import { helper, startRuntime, stopRuntime } from '../support/nodes.js';
import { json, startScriptedHttp, type ScriptedHttp } from '../support/scripted-http.js';

const KEY = marked('app key of a dialog', 'a-key-of-thirty-two-characters-x');
const SECRET = marked('app secret of a dialog', 'a-secret-of-16-c');
const CODE = marked(
  'code of a sign-in',
  'C0.b2F1dGgyLmJkYy5zY2h3YWIuY29t.Qz3xV-7_kLmN0pQrStUvWxYz0123456789abcdefghi@',
);
const ACCESS = marked('access token of a sign-in', 'I0.access-token-of-a-sign-in@');
const REFRESH = marked('refresh token of a sign-in', 'refresh-token-of-a-sign-in@');
const ACCOUNT = marked('account number behind a sign-in', '73125678');
const Begun = z.object({ url: z.url(), expiresAt: z.iso.datetime() });

/** The fields that hold an account together; all invented. */
const account = (accountNumber: string, type = 'MARGIN') => ({
  securitiesAccount: {
    accountNumber,
    type,
    currentBalances: {
      liquidationValue: 100,
      cashBalance: 100,
      moneyMarketFund: 0,
      marginBalance: 0,
      longMarketValue: 0,
      shortMarketValue: 0,
      longOptionMarketValue: 0,
      shortOptionMarketValue: 0,
    },
  },
});

describe('logging in at Schwab from the editor', () => {
  const folder = folderForEachTest();
  let schwab: ScriptedHttp;
  let clock: FakeClock;
  let tokens: (answer: Parameters<typeof json>[0]) => void;
  let logged: string[];

  before(startRuntime);
  after(stopRuntime);
  beforeEach(async () => {
    schwab = await startScriptedHttp();
    clock = new FakeClock();
    logged = [];
    tokens = (response) =>
      json(response, {
        access_token: ACCESS,
        refresh_token: REFRESH,
        expires_in: 1800,
        token_type: 'Bearer',
      });
    schwab.answer(({ path }, response) => {
      if (path === '/v1/oauth/token') tokens(response);
      else if (path.includes('accountNumbers'))
        json(response, [{ accountNumber: ACCOUNT, hashValue: 'A'.repeat(64) }]);
      else if (path.startsWith('/trader/v1/accounts?'))
        json(response, [account(ACCOUNT), account('00001234', 'CASH')]);
      else json(response, []);
    });
  });
  afterEach(async () => {
    await helper.unload();
    await schwab.close();
  });

  const values = (given: object = {}) => ({
    appKey: KEY,
    appSecret: SECRET,
    callbackUrl: 'https://127.0.0.1',
    apiUrl: schwab.url,
    accounts: '',
    ...given,
  });
  const load = async (deployed = false, given: object = {}) => {
    const plugIn = (RED: NodeAPI): void =>
      registerWith(
        {
          ...RED,
          settings: { ...RED.settings, userDir: folder() },
          log: {
            ...RED.log,
            warn: (message: unknown) => logged.push(String(message)),
            error: (message: unknown) => logged.push(String(message)),
          },
        },
        { clock, chance: () => 0, keychain: new MemoryKeychain(clock).keychain },
      );
    const { appKey, appSecret, ...saved } = values(given);
    const flow = deployed ? [{ id: 'c1', type: 'schwab-config', name: 'Schwab', ...saved }] : [];
    await helper.load(plugIn, flow, { c1: { appKey, appSecret } });
  };
  const post = (path: string, body: object) =>
    helper.request().post(`/brokerage/schwab/c1/login/${path}`).send(body);
  const look = async () => (await helper.request().get('/brokerage/schwab/c1/login')).body;
  const begin = async (body: object = values()) => {
    const answer = await post('begin', body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return new URL(Begun.parse(answer.body).url);
  };
  const redirect = (url: URL, more = '') =>
    `${url.searchParams.get('redirect_uri')}/?code=${encodeURIComponent(CODE)}&session=s&state=${url.searchParams.get('state')}${more}`;
  const files = async () =>
    (await readdir(join(folder(), 'brokerage'))).filter((name) => name.startsWith('schwab-'));

  it('works before the first deploy, from the button to the accounts', async () => {
    await load();
    const url = await begin();
    assert.equal(url.origin + url.pathname, `${schwab.url}/v1/oauth/authorize`);
    assert.equal(url.searchParams.get('client_id'), KEY);
    const { body, status } = await post('complete', { pasted: ` ${redirect(url)}\n` });
    assert.equal(status, 200);
    assert.deepEqual(body, {
      ok: true,
      message: 'Logged in at Schwab; 2 accounts found.',
      accounts: [
        { label: '…5678', type: 'margin' },
        { label: '…1234', type: 'cash' },
      ],
      loginExpiresAt: new Date(clock.now() + 7 * 86_400_000).toISOString(),
    });
    const asked = schwab.requests.find(({ path }) => path === '/v1/oauth/token');
    assert.equal(asked?.method, 'POST');
    assert.equal(asked?.headers.authorization, `Basic ${Buffer.from(`${KEY}:${SECRET}`).toString('base64')}`);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(asked?.body)), {
      grant_type: 'authorization_code',
      code: CODE,
      redirect_uri: 'https://127.0.0.1',
    });
  });

  it('says neither code nor tokens from then on, nor key and secret', async () => {
    await load();
    await post('complete', { pasted: redirect(await begin()) });
    assert.equal(said([CODE, ACCESS, REFRESH, KEY, SECRET].join(' ')), '… … … … …');
  });

  it('keeps the login encrypted, for nobody else to read', async () => {
    await load();
    await post('complete', { pasted: redirect(await begin()) });
    const [file = ''] = await files();
    const path = join(folder(), 'brokerage', file);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const text = await readFile(path, 'utf8');
    for (const secret of [REFRESH, ACCESS, SECRET, KEY]) assert.ok(!text.includes(secret));
  });

  it('shows how the login stands, and what became of the last one', async () => {
    await load();
    assert.deepEqual(await look(), { state: 'none', loginExpiresAt: null, pending: false, result: null });
    const url = await begin();
    assert.equal((await look()).pending, true);
    await post('complete', { pasted: redirect(url) });
    const valid = await look();
    assert.deepEqual([valid.state, valid.pending, valid.result.ok], ['valid', false, true]);
    clock.advance(5 * 86_400_000 + 1);
    assert.equal((await look()).state, 'expiring');
    clock.advance(2 * 86_400_000);
    assert.equal((await look()).state, 'ended');
  });

  it('says in words what Schwab refuses, and leaves the attempt to be made again', async () => {
    await load();
    const refusals = [
      [
        400,
        '{"error":"unsupported_token_type","error_description":"400 Bad Request: \\"{\\"error_description\\":\\"Bad authorization code: AuthorizationCode has expired,expiration=1,now=2 \\",\\"error\\":\\"invalid_request\\"}\\""}',
        /Too slow/,
      ],
      [401, '{"error":"invalid_client","error_description":"Unauthorized"}', /app key and secret/],
      [200, '{"access_token":"x","expires_in":1800}', /no refresh token/],
      [403, '<HTML><TITLE>Access Denied</TITLE>', /blocked|not reachable/],
    ] as const;
    for (const [status, text, sentence] of refusals) {
      tokens = (response) => void response.writeHead(status).end(text);
      clock.advance(16 * 60_000);
      const { body } = await post('complete', { pasted: redirect(await begin()) });
      assert.equal(body.ok, false);
      assert.match(body.message, sentence);
      assert.ok(!body.message.includes(SECRET));
    }
    assert.deepEqual(await files(), []);
  });

  it('keeps a login whose accounts cannot be read yet', async () => {
    await load();
    const url = await begin();
    schwab.answer(({ path }, response) =>
      path === '/v1/oauth/token' ? tokens(response) : response.writeHead(503).end(''),
    );
    const { body } = await post('complete', { pasted: redirect(url) });
    assert.equal(body.ok, true);
    assert.match(body.message, /Logged in, but the accounts cannot be read yet/);
    assert.equal((await look()).state, 'valid');
  });

  it('takes an address once, and only its own', async () => {
    await load();
    const url = await begin();
    const forged = redirect(url).replace(/state=.*/, 'state=forged');
    assert.match((await post('complete', { pasted: forged })).body.message, /another attempt/);
    assert.match((await post('complete', { pasted: 'hello' })).body.message, /not the address/);
    assert.equal((await post('complete', { pasted: redirect(url) })).body.ok, true);
    assert.equal((await post('complete', { pasted: redirect(url) })).body.ok, false);
  });

  it('does not begin with values that cannot work', async () => {
    await load();
    const wrong = [
      [{ appKey: '' }, /app key .* is missing/],
      [{ appSecret: '' }, /app secret .* is missing/],
      [{ callbackUrl: 'http://127.0.0.1' }, /callbackUrl/],
      [{ callbackUrl: 'https://127.0.0.1/' }, /slash/],
      [{ callbackUrl: 'https://localhost' }, /localhost/],
      [{ apiUrl: 'https://evil.example' }, /apiUrl/],
      [{ apiUrl: 'http://api.schwabapi.com' }, /apiUrl/],
      [{ apiUrl: 'https://api.schwabapi.com.evil.example' }, /apiUrl/],
      [{ apiUrl: 'https://x@api.schwabapi.com' }, /apiUrl/],
    ] as const;
    for (const [given, sentence] of wrong) {
      clock.advance(60_000);
      const { body, status } = await post('begin', values(given));
      assert.equal(status, 400);
      assert.match(body.error.message, sentence);
      assert.ok(!JSON.stringify(body).includes(SECRET));
    }
  });

  it('comes back by the callback route, whose only key is the one-time state', async () => {
    await load();
    const callbackUrl = 'https://nodered.example/brokerage/schwab/callback';
    const url = await begin(values({ callbackUrl }));
    const query = `?code=${encodeURIComponent(CODE)}&session=s&state=${url.searchParams.get('state')}`;
    const route = '/brokerage/schwab/callback';
    const forged = await helper.request().get(`${route}?code=${encodeURIComponent(CODE)}&state=forged`);
    assert.match(forged.text, /Not logged in/);
    const page = await helper.request().get(route + query);
    assert.equal(page.status, 200);
    assert.match(page.text, /Logged in at Schwab; 2 accounts found/);
    assert.ok(!page.text.includes(ACCESS) && !page.text.includes(CODE));
    assert.equal(page.headers['cache-control'], 'no-store');
    assert.match(String(page.headers['content-security-policy']), /default-src 'none'/);
    assert.match((await helper.request().get(route + query)).text, /Not logged in/);
    assert.equal((await look()).result.ok, true);
    const asked = schwab.requests.find(({ path }) => path === '/v1/oauth/token');
    assert.equal(new URLSearchParams(asked?.body).get('redirect_uri'), callbackUrl);
  });

  it('shows foreign text on that page as text', async () => {
    await load();
    const url = await begin();
    tokens = (response) => json(response, { error: '<script>alert(1)</script>' }, 400);
    const state = url.searchParams.get('state');
    const page = await helper
      .request()
      .get(`/brokerage/schwab/callback?code=${encodeURIComponent(CODE)}&state=${state}`);
    assert.match(page.text, /&lt;script&gt;/);
    assert.ok(!page.text.includes('<script>'));
  });

  it('refuses other pages and other kinds of body', async () => {
    await load();
    const foreign = await post('begin', values()).set('Origin', 'https://evil.example');
    assert.equal(foreign.status, 403);
    const form = await helper
      .request()
      .post('/brokerage/schwab/c1/login/complete')
      .type('form')
      .send({ pasted: CODE });
    assert.equal(form.status, 415);
  });

  describe('of a deployed connection', () => {
    const state = () => {
      const offer = findConnection('c1');
      return offer?.kind === 'ready' ? offer.ways.first.status : null;
    };
    const use = () => {
      const offer = findConnection('c1');
      assert.ok(offer?.kind === 'ready');
      return offer.join({ pollMs: 60_000 });
    };

    it('wakes it from "login required" to live, without another deploy', async () => {
      await load(true);
      use();
      await eventually(() => state()?.state === 'login-required');
      assert.match(state()?.reason ?? '', /press “Log in at Schwab”/);
      const url = await begin(values({ appKey: undefined, appSecret: undefined }));
      assert.equal(url.searchParams.get('client_id'), KEY);
      await post('complete', { pasted: redirect(url) });
      await eventually(() => state()?.state === 'live');
      assert.equal(state()?.loginExpiresAt, clock.now() + 7 * 86_400_000);
    });

    it('is there again after a restart of Node-RED', async () => {
      await load(true);
      await post('complete', { pasted: redirect(await begin()) });
      await helper.unload();
      await load(true);
      use();
      await eventually(() => state()?.state === 'live');
      assert.equal(schwab.requests.filter(({ path }) => path === '/v1/oauth/token').length, 1);
    });

    it('is not touched by a login with another app that is never deployed', async () => {
      await load(true);
      await post('complete', { pasted: redirect(await begin()) });
      await post('complete', { pasted: redirect(await begin(values({ appKey: 'another-key' }))) });
      assert.equal((await files()).length, 2);
      await helper.unload();
      await load(true);
      use();
      await eventually(() => state()?.state === 'live');
    });

    it('says what is missing where no secret was entered', async () => {
      await load(true, { appSecret: '' });
      use();
      await eventually(() => state()?.state === 'misconfigured');
      assert.match(state()?.reason ?? '', /app secret .* is missing/);
    });

    it('stays while the node is only disabled', async () => {
      await load(true);
      await post('complete', { pasted: redirect(await begin()) });
      const { appKey: _key, appSecret: _secret, ...saved } = values();
      const disabled = { d: true, ...saved };
      await helper.setFlows([{ id: 'c1', type: 'schwab-config', name: 'Schwab', ...disabled }], 'full');
      await eventually(() => findConnection('c1') === null);
      assert.equal((await files()).length, 1);
    });

    it('is forgotten with the node that is deleted', async () => {
      await load(true);
      await post('complete', { pasted: redirect(await begin()) });
      assert.equal((await files()).length, 1);
      await helper.setFlows([], 'full');
      await eventually(() => findConnection('c1') === null);
      assert.deepEqual(await files(), []);
    });
  });
});
